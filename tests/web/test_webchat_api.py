"""The web chat's JSON: sessions, one turn a message, what is turned away."""

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from starlette.applications import Starlette

from bot.conversation.inbound import ButtonPressed, Text
from bot.conversation.new_chats import NoNewChat
from bot.conversation.outbound import StatusSnapshot
from bot.handlers.rest.channel import Rest
from bot.handlers.webchat.stream import MOST_LINES
from bot.web.flood import FloodRules
from tests.kit.rows import each_row
from tests.web.house import House
from values.channel import Channel

OURS = {"okienko-chat": "1", "content-type": "application/json"}


async def send(client: httpx.AsyncClient, text: str, message_id: str = "m1", **headers: str) -> httpx.Response:
    """One message as the page sends it."""
    body = json.dumps({"text": text, "message_id": message_id})
    return await client.post("/webchat/messages", content=body, headers={**OURS, **headers})


def browser_of(house: House, base: str = "http://testserver") -> httpx.AsyncClient:
    """Another visitor."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(house.app(), client=("203.0.113.9", 1)), base_url=base)


async def test_the_address_is_the_hash_of_the_cookie_s_token(client: httpx.AsyncClient, house: House) -> None:
    page = await client.get("/chat")
    assert "HttpOnly; SameSite=Lax" in page.headers["set-cookie"]
    assert "Secure" not in page.headers["set-cookie"]
    token = client.cookies["okienko"]
    assert len(token) == 43
    assert (await send(client, "/start")).status_code == 200
    (inbound,) = house.desk.turns
    assert inbound.channel is Channel.WEB
    assert inbound.address == hashlib.sha256(token.encode()).hexdigest()
    assert inbound.body == Text("/start")
    assert "set-cookie" not in (await client.get("/chat")).headers


async def test_over_https_the_cookie_is_bound_to_the_host() -> None:
    house = House(url="https://desk.example")
    async with browser_of(house, house.url) as client:
        cookie = (await client.get("/chat")).headers["set-cookie"]
        framed = {"sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site"}
        partitioned = (await client.get("/chat?embed=1", headers=framed)).headers["set-cookie"]
    assert cookie.startswith("__Host-okienko=")
    assert cookie.endswith("; HttpOnly; SameSite=Lax; Secure")
    assert partitioned.startswith("__Host-okienko_frame=")
    assert partitioned.endswith("; HttpOnly; SameSite=None; Secure; Partitioned")


async def test_without_cookies_the_page_is_given_a_token_for_the_header(house: House) -> None:
    async with browser_of(house) as client:
        token = (await client.post("/webchat/session", content="{}", headers=OURS)).json()["token"]
        again = await client.post("/webchat/session", content="{}", headers={**OURS, "okienko-session": token})
        assert again.json() == {"token": None}
        assert (await send(client, "/start")).status_code == 401
        assert (await send(client, "/start", **{"okienko-session": token})).status_code == 200
    assert house.desk.turns[0].address == hashlib.sha256(token.encode()).hexdigest()


@pytest.mark.parametrize("token", ["short", "x" * 42 + "!", "x" * 44, ""])
async def test_a_session_of_another_form_is_none(house: House, token: str) -> None:
    async with browser_of(house) as client:
        assert (await send(client, "hello", **{"okienko-session": token})).status_code == 401
    assert house.desk.brought == []


async def test_the_address_never_comes_from_json(visitor: httpx.AsyncClient, house: House) -> None:
    body = json.dumps({"text": "x", "message_id": "1", "address": "stolen", "sender": "stolen"})
    await visitor.post("/webchat/messages", content=body, headers=OURS)
    assert house.desk.turns[0].address != "stolen"


async def test_a_message_is_answered_with_the_line_as_it_was_stored(client: httpx.AsyncClient, house: House) -> None:
    house.desk.redact = lambda text: text.replace("4242 4242 4242 4242", "[karta]")
    await client.get("/chat")
    answer = (await send(client, "karta 4242 4242 4242 4242")).json()
    assert (answer["line"]["text"], answer["line"]["author"]) == ("karta [karta]", "customer")
    assert answer["repeated"] is False


async def test_the_same_message_twice_is_one_turn(visitor: httpx.AsyncClient, house: House) -> None:
    first = (await send(visitor, "hello", "same")).json()
    again = (await send(visitor, "hello", "same")).json()
    assert (again["repeated"], again["line"]) == (True, first["line"])
    assert (await send(visitor, "other words", "same")).status_code == 409
    assert len(house.desk.turns) == 1


async def test_the_token_of_a_start_link_stands_in_no_key(visitor: httpx.AsyncClient, house: House) -> None:
    first = (await send(visitor, "/start kanarek77x", "start:kanarek77x")).json()
    assert (await send(visitor, "/start kanarek77x", "start:kanarek77x")).json()["line"] == first["line"]
    [inbound] = house.desk.turns
    assert "kanarek" not in inbound.key


async def test_two_visitors_may_use_the_same_message_id(house: House) -> None:
    for _ in range(2):
        async with browser_of(house) as client:
            await client.get("/chat")
            assert (await send(client, "/start", "start")).json()["repeated"] is False
    assert len({inbound.key for inbound in house.desk.turns}) == 2


async def test_a_press_says_which_message_carried_the_button(visitor: httpx.AsyncClient, house: House) -> None:
    body = {"payload": "start:buy", "asked_at": 1, "message_id": "p1"}
    assert (await visitor.post("/webchat/press", content=json.dumps(body), headers=OURS)).status_code == 200
    assert house.desk.turns[0].body == ButtonPressed("start:buy", 1)


async def test_a_text_says_which_message_was_seen_last(visitor: httpx.AsyncClient, house: House) -> None:
    for number, seen in enumerate(({}, {"seen": None}, {"seen": 4}, {"seen": "4"}, {"seen": -1}, {"seen": True})):
        body = {"text": "tak", "message_id": f"s{number}", **seen}
        answer = await visitor.post("/webchat/messages", content=json.dumps(body), headers=OURS)
        assert answer.status_code == (200 if number < 3 else 400)
    assert [inbound.seen for inbound in house.desk.turns] == [None, None, 4]


async def test_while_nothing_can_be_committed_the_answer_is_503(visitor: httpx.AsyncClient, house: House) -> None:
    house.desk.down = True
    answer = await send(visitor, "hello")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    house.desk.down = False
    assert (await send(visitor, "hello")).json()["repeated"] is False


BAD_BODIES: list[tuple[Any, int]] = [
    ("not json", 400),
    ("[]", 400),
    ('{"text": 1, "message_id": "1"}', 400),
    ('{"text": "x"}', 400),
    ('{"text": "x", "message_id": ""}', 400),
    ('{"text": "x", "message_id": "' + "i" * 201 + '"}', 400),
    ("[" * 60_000, 400),
    ('{"text": "' + "x" * 70_000 + '", "message_id": "1"}', 413),
    (b"\xff\xfe", 400),
]


@pytest.mark.parametrize(("body", "status"), BAD_BODIES)
async def test_what_is_no_message_is_turned_away(
    visitor: httpx.AsyncClient, house: House, body: Any, status: int
) -> None:
    assert (await visitor.post("/webchat/messages", content=body, headers=OURS)).status_code == status
    assert house.desk.brought == []


async def test_an_odd_start_link_is_a_message_as_any(visitor: httpx.AsyncClient, house: House) -> None:
    body = '{"text": "/start x", "message_id": "start:\\ud800"}'
    assert (await visitor.post("/webchat/messages", content=body, headers=OURS)).status_code == 200
    assert len(house.desk.brought) == 1


async def test_odd_signs_reach_the_desk_as_they_came(visitor: httpx.AsyncClient, house: House) -> None:
    body = '{"text": "\\ud800 \\u0000 \\u202e", "message_id": "odd"}'
    assert (await visitor.post("/webchat/messages", content=body, headers=OURS)).status_code == 200
    assert house.desk.turns[0].body == Text("\ud800 \x00 \u202e")


@each_row
async def test_only_our_own_page_is_let_in(visitor: httpx.AsyncClient, house: House, foreign: dict[str, str]) -> None:
    assert (await send(visitor, "hello", **foreign)).status_code == 403
    assert (await visitor.get("/webchat/history", headers={**OURS, **foreign})).status_code == 403
    assert house.desk.brought == []
    assert (await send(visitor, "hello", origin="http://testserver")).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_form_can_not_post_a_message(visitor: httpx.AsyncClient, kind: str) -> None:
    assert (await send(visitor, "hello", **{"content-type": kind})).status_code == 415


async def test_history_tells_everything_and_where_it_stands(visitor: httpx.AsyncClient) -> None:
    empty = (await visitor.get("/webchat/history", headers=OURS)).json()
    assert empty == {"lines": [], "standing": None, "cursor": "0.0"}
    await send(visitor, "/start")
    told = (await visitor.get("/webchat/history", headers=OURS)).json()
    assert [line["author"] for line in told["lines"]] == ["customer", "bot"]
    assert (told["standing"]["expects"], told["cursor"]) == ("choice", "2.1")
    assert told["lines"][1]["buttons"][0] == {"title": "Kup teraz", "payload": "start:buy"}


async def test_a_history_erased_while_it_is_read_is_none(house: House, visitor: httpx.AsyncClient) -> None:
    empty = (await visitor.get("/webchat/history", headers=OURS)).json()
    await send(visitor, "/start")
    house.desk.erased.update(house.desk.by_id)

    assert (await visitor.get("/webchat/history", headers=OURS)).json() == empty


@pytest.mark.parametrize("page", ["history", "speech?line=2"])
async def test_what_another_session_holds_by_now_is_shown_to_nobody(
    house: House, visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    await send(visitor, "/start")
    assert (await visitor.get(f"/webchat/{page}", headers=OURS)).status_code == 200
    standing = house.desk.standing

    async def taken_over(*asked: Any, **how: Any) -> StatusSnapshot:
        return replace(await standing(*asked, **how), holder="another")

    monkeypatch.setattr(house.desk, "standing", taken_over)
    answer = await visitor.get(f"/webchat/{page}", headers=OURS)
    assert (answer.status_code, answer.json()) == (401, {"error": "no_session"})


async def test_a_flood_is_slowed_down_per_session() -> None:
    async with browser_of(House(flood=FloodRules(session="3/minute", address="100/minute"))) as client:
        await client.get("/chat")
        assert [(await send(client, "x", f"m{n}")).status_code for n in range(5)] == [200, 200, 200, 429, 429]
        assert int((await send(client, "x", "m9")).headers["retry-after"]) in range(1, 61)


async def test_a_flood_from_one_address_is_slowed_down_whatever_its_sessions() -> None:
    app = House(flood=FloodRules(session="100/minute", address="2/minute")).app()
    statuses: list[int] = []
    for _ in range(3):
        transport = httpx.ASGITransport(app, client=("203.0.113.9", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            await client.get("/chat")
            statuses.append((await send(client, "x")).status_code)
    assert statuses == [200, 200, 429]


async def test_loopback_counts_as_no_address() -> None:
    app = House(flood=FloodRules(session="100/minute", address="1/minute")).app()
    for _ in range(3):
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            await client.get("/chat")
            assert (await send(client, "x")).status_code == 200


async def test_a_malformed_body_counts_like_a_message() -> None:
    async with browser_of(House(flood=FloodRules(session="3/minute", address="100/minute"))) as client:
        await client.get("/chat")
        tries = [await client.post("/webchat/messages", content=b"no JSON", headers=OURS) for _ in range(4)]
    assert [answer.status_code for answer in tries] == [400, 400, 400, 429]
    assert int(tries[-1].headers["retry-after"]) > 0


@pytest.mark.parametrize("asked", ["/webchat/history", "/webchat/events"])
async def test_looks_at_the_transcript_are_slowed_down_per_session_and_address(
    asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(reads=FloodRules(session="3/minute", address="5/minute"))
    app = house.app()
    monkeypatch.setattr(house.streams, "events", ended)

    async def looks(n: int) -> list[int]:
        transport = httpx.ASGITransport(app, client=("203.0.113.9", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            await client.get("/chat")
            await send(client, "/start")
            return [(await client.get(asked, headers=OURS)).status_code for _ in range(n)]

    assert await looks(5) == [200, 200, 200, 429, 429]
    assert await looks(3) == [200, 200, 429]


async def ended(*_args: Any) -> AsyncIterator[str]:
    """A stream that tells nothing."""
    yield ": the end\n\n"


async def test_a_look_at_a_long_talk_reads_its_last_lines(house: House, visitor: httpx.AsyncClient) -> None:
    for n in range(MOST_LINES):
        await send(visitor, f"line {n}", f"m{n}")
    told = (await visitor.get("/webchat/history", headers=OURS)).json()
    assert len(told["lines"]) == MOST_LINES
    everything = await house.desk.messages(next(iter(house.desk.by_id)), with_customer=True)
    assert len(everything) > MOST_LINES
    assert told["lines"][-1]["id"] == everything[-1].id


async def test_a_chat_that_may_not_begin_is_told_when(client: httpx.AsyncClient, house: House) -> None:
    house.desk.refuses = NoNewChat(1500)
    house.desk.refuses.words = "Spróbuj, proszę, za 25 minut."
    await client.get("/chat")
    answer = await send(client, "/start")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1500")
    assert answer.json() == {"error": "too_many_chats", "text": "Spróbuj, proszę, za 25 minut."}
    app = Starlette(routes=Rest(house.desk, "pl").routes())  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as bot:
        said = await bot.post("/webhooks/rest/webhook", json={"sender": "a-sender-of-16-signs", "message": "hej"})
    assert (said.status_code, said.headers["retry-after"]) == (200, "1500"), "every message gets a sentence"
    assert said.json()[0]["text"] == "Spróbuj, proszę, za 25 minut."
    assert said.json()[-1]["custom"]["seq"] == 0
