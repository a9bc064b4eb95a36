"""The REST channel over HTTP, against a desk in memory."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request

from bot.conversation.identity import conversation_id, hashed_address
from bot.conversation.inbound import Text, UnsupportedMedia
from bot.conversation.outbound import Button, Card, CardChoice, CardRow, Reply, ReplyLink, StatusSnapshot
from bot.conversation.port import Given
from bot.handlers.rest.channel import MAX_BODY_BYTES, Rest, RestRefusal, answer, is_guessable, read_inbound, read_sender
from bot.web.flood import Flood, FloodRules
from bot.web.guard import LIMIT, LargeBodies, RequestTurnedAway
from tests.bot.handlers.scripted_desk import Draft, ScriptedDesk
from values.channel import Channel

SENDER = "sender-0123456789"
ADDRESS = hashed_address("rest", SENDER)


def client(rest: Rest) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=rest.routes())), base_url="http://desk")


@pytest.fixture
def desk() -> ScriptedDesk:
    return ScriptedDesk()


@pytest.fixture
async def http(desk: ScriptedDesk) -> AsyncIterator[httpx.AsyncClient]:
    async with client(Rest(desk, "pl")) as found:
        yield found


async def say(http: httpx.AsyncClient, message: object, **metadata: object) -> httpx.Response:
    body = {"sender": SENDER, "message": message, "metadata": metadata}
    return await http.post("/webhooks/rest/webhook", content=json.dumps(body))


async def test_messages_come_one_item_each_and_custom_last_and_alone(
    desk: ScriptedDesk, http: httpx.AsyncClient
) -> None:
    desk.answers = lambda inbound: [Draft("Dzień dobry."), Draft("Co robimy?", (Button("Kupuję", "start:buy"),))]
    desk.links = (
        ReplyLink("payment", "http://desk/p/1", "Zapłać", id="a1"),
        ReplyLink("login", "https://sklep.pl", "Zaloguj"),
    )
    answer = await say(http, "Kup teraz")
    assert answer.status_code == 200
    assert answer.json() == [
        {"recipient_id": SENDER, "text": "Dzień dobry."},
        {"recipient_id": SENDER, "text": "Co robimy?", "buttons": [{"title": "Kupuję", "payload": "start:buy"}]},
        {
            "recipient_id": SENDER,
            "custom": {
                "dialog": "account",
                "step": "start",
                "expects": "choice",
                "progress": {"done": 1, "of": 8},
                "links": [
                    {"rel": "payment", "href": "http://desk/p/1", "id": "a1"},
                    {"rel": "login", "href": "https://sklep.pl"},
                ],
                "locale": "pl",
                "mode": "bot",
                "seq": 2,
            },
        },
    ]


async def test_a_repeat_is_answered_again_and_done_once(desk: ScriptedDesk, http: httpx.AsyncClient) -> None:
    first = await say(http, "tak", message_id="m1", locale="it")
    await say(http, "nie", message_id="m2")
    again = await say(http, "tak", message_id="m1")
    assert again.json()[0] == first.json()[0]
    assert again.json()[-1]["custom"]["seq"] == 2, "custom is as it is now"
    assert [inbound.key for inbound in desk.received] == [f"{ADDRESS}:m1", f"{ADDRESS}:m2"]
    assert desk.received[0].locale_hint == "it"


async def test_the_same_mark_with_other_words_is_a_conflict(http: httpx.AsyncClient) -> None:
    await say(http, "tak", message_id="m1")
    assert (await say(http, "nie", message_id="m1")).status_code == 409


async def test_without_a_mark_every_message_counts(desk: ScriptedDesk, http: httpx.AsyncClient) -> None:
    await say(http, "tak")
    await say(http, "tak")
    assert len(desk.received) == 2


@pytest.mark.parametrize(
    "sender",
    [None, "", "a" * 15, 12345678901234567, "a" * 20 + "\n", "a" * 20 + "\x00", "a" * 20 + "\ud800", "x" * 300],
)
async def test_a_sender_that_is_no_capability_is_refused(
    sender: object, desk: ScriptedDesk, http: httpx.AsyncClient
) -> None:
    answer = await http.post("/webhooks/rest/webhook", content=json.dumps({"sender": sender, "message": "hej"}))
    assert answer.status_code == 400
    assert "sender" in answer.json()["error"]
    assert not desk.received


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b"1" * 6000])
async def test_what_is_no_json_object_is_refused(body: bytes, http: httpx.AsyncClient) -> None:
    assert (await http.post("/webhooks/rest/webhook", content=body)).status_code == 400


@pytest.mark.parametrize("message", ["", "ż" * 1_000_000, "\ud800\x00\u202e", None, 7, True, 1.5, [], {"a": 1}])
async def test_every_message_gets_a_sentence(message: object, http: httpx.AsyncClient) -> None:
    answer = await say(http, message)
    assert answer.status_code == 200
    assert answer.json()[0]["text"].startswith("heard")


async def test_while_nothing_can_be_committed_it_says_so(desk: ScriptedDesk, http: httpx.AsyncClient) -> None:
    desk.unavailable = 1
    assert (await say(http, "hej", message_id="m")).status_code == 503
    assert (await say(http, "hej", message_id="m")).status_code == 200
    desk.unavailable = 1
    assert (await http.get("/webhooks/rest/events", params={"sender": SENDER})).status_code == 503


async def test_what_takes_longer_than_answer_waits_comes_by_events(desk: ScriptedDesk, http: httpx.AsyncClient) -> None:
    desk.unsettled.add("r0")
    assert (await say(http, "1234563218")).json()[-1]["custom"]["expects"] == "wait"
    desk.unsettled.clear()
    desk.say(desk.talk("rest", ADDRESS), Draft("Pracownia Bursztyn?"), root="r0")
    news = (await http.get("/webhooks/rest/events", params={"sender": SENDER})).json()
    assert [item.get("text") for item in news] == ["Pracownia Bursztyn?", None]
    assert news[-1]["custom"] | {"expects": "choice", "seq": 2} == news[-1]["custom"]


async def test_events_are_carried_once_unless_asked_by_number(desk: ScriptedDesk, http: httpx.AsyncClient) -> None:
    await say(http, "hej")
    desk.say(desk.talk("rest", ADDRESS), Draft("Zapłacono."))

    async def events(**params: str | int) -> list[str | None]:
        answer = await http.get("/webhooks/rest/events", params={"sender": SENDER, **params})
        assert answer.json()[-1]["custom"]["seq"] == 2
        return [item.get("text") for item in answer.json()]

    assert await events() == ["Zapłacono.", None]
    assert await events() == [None]
    assert await events(after=1) == ["Zapłacono.", None]
    assert await events(after=0) == ["heard: hej", "Zapłacono.", None]
    assert await events(after=2) == [None]


async def test_conversation_erased_meanwhile_is_one_that_never_was(desk: ScriptedDesk, http: httpx.AsyncClient) -> None:
    unknown = (await http.get("/webhooks/rest/events", params={"sender": SENDER})).json()
    desk.erasing = True

    said = await say(http, "hej")
    desk.talk("rest", ADDRESS)
    asked = await http.get("/webhooks/rest/events", params={"sender": SENDER})

    assert (said.status_code, said.json()) == (200, unknown)
    assert (asked.status_code, asked.json()) == (200, unknown)


async def test_events_of_a_sender_who_never_wrote(http: httpx.AsyncClient) -> None:
    answer = await http.get("/webhooks/rest/events", params={"sender": SENDER})
    assert answer.status_code == 200
    [only] = answer.json()
    assert (only["recipient_id"], only["custom"]["seq"], only["custom"]["locale"]) == (SENDER, 0, "pl")


@pytest.mark.parametrize(
    "params", [{}, {"sender": "short"}, {"sender": SENDER, "after": "x"}, {"sender": SENDER, "after": "-1"}]
)
async def test_events_want_a_sender_and_a_number(params: dict[str, str], http: httpx.AsyncClient) -> None:
    assert (await http.get("/webhooks/rest/events", params=params)).status_code == 400


async def test_the_terminal_is_a_channel_of_its_own(desk: ScriptedDesk, http: httpx.AsyncClient) -> None:
    await say(http, "hej", channel="terminal")
    assert desk.received[0].channel is Channel.TERMINAL
    desk.say(desk.talk("terminal", hashed_address("terminal", SENDER)), Draft("Jeszcze coś?"))
    assert (await http.get("/webhooks/rest/events", params={"sender": SENDER})).json()[0]["text"] == "Jeszcze coś?"


async def test_health(http: httpx.AsyncClient) -> None:
    assert (await http.get("/webhooks/rest/")).json() == {"status": "ok"}


async def test_with_a_token_set_none_comes_in_without_it(desk: ScriptedDesk) -> None:
    async with client(Rest(desk, "pl", tokens=(SecretStr("neu"), SecretStr("geheim")))) as http:
        for headers in ({}, {"Authorization": "Bearer geheimer"}, {"Authorization": "Basic geheim"}):
            http.headers = httpx.Headers(headers)
            assert (await say(http, "hej")).status_code == 401
            assert (await http.get("/webhooks/rest/events", params={"sender": SENDER})).status_code == 401
        http.headers = httpx.Headers({"Authorization": "Bearer geheim"})
        assert (await say(http, "hej")).status_code == 200
    assert len(desk.received) == 1


async def test_a_flood_is_told_when_to_come_again(desk: ScriptedDesk) -> None:
    async with client(Rest(desk, "pl", flood=Flood(FloodRules(session="3/minute", address="100/minute")))) as http:
        answers = [await say(http, str(n)) for n in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert len(desk.received) == 3


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    message=json_values,
    metadata=json_values,
    mark=json_values,
    extra=st.dictionaries(st.text(max_size=5), json_values, max_size=2),
)
def test_any_json_is_either_refused_or_a_message_that_can_be_stored(
    message: object, metadata: object, mark: object, extra: dict[str, object]
) -> None:
    if isinstance(metadata, dict):
        metadata["message_id"] = mark
    inbound = read_inbound(SENDER, {**extra, "message": message, "metadata": metadata})
    assert isinstance(inbound.body, Text | UnsupportedMedia)
    assert len(inbound.key) < 300
    assert inbound.key.isprintable()
    inbound.key.encode()


@given(json_values | st.text(min_size=14, max_size=30))
def test_any_sender_is_refused_or_kept_as_it_is(value: object) -> None:
    if isinstance(value, str) and 16 <= len(value) <= 255 and value.isprintable():
        assert read_sender(value) == value
    else:
        with pytest.raises(RestRefusal, match="sender"):
            read_sender(value)


def test_the_desk_never_hears_the_sender() -> None:
    inbound = read_inbound(SENDER, {"message": "x", "metadata": {"message_id": "m1"}})

    assert SENDER not in repr((inbound.address, inbound.key))
    assert inbound.key == f"{inbound.address}:m1"
    # Conversations of earlier releases were named by the sender itself.
    assert conversation_id("rest", inbound.address) == conversation_id("rest", SENDER)


@pytest.mark.parametrize(
    "sender", ["a" * 16, "abababababababab", "1234567890123456", "abcdefghijklmnopq", "0000000000000001"]
)
async def test_a_sender_that_anybody_could_guess_is_taken_in_the_sandbox_only(desk: ScriptedDesk, sender: str) -> None:
    body = json.dumps({"sender": sender, "message": "x"})
    async with client(Rest(desk, "pl")) as sandboxed, client(Rest(desk, "pl", guessable=False)) as live:
        assert (await sandboxed.post("/webhooks/rest/webhook", content=body)).status_code == 200
        refused = await live.post("/webhooks/rest/webhook", content=body)
        looked = await live.get("/webhooks/rest/events", params={"sender": sender})

    assert (refused.status_code, looked.status_code) == (400, 400)
    assert "anybody could guess it" in refused.json()["error"]


async def test_whoever_shows_the_token_answers_for_the_senders(desk: ScriptedDesk) -> None:
    body = json.dumps({"sender": "a" * 16, "message": "x"})
    async with client(Rest(desk, "pl", tokens=(SecretStr("t" * 32),), guessable=False)) as live:
        answer = await live.post(
            "/webhooks/rest/webhook", content=body, headers={"authorization": f"Bearer {'t' * 32}"}
        )

    assert answer.status_code == 200


@given(st.uuids().map(lambda one: one.hex[:16]) | st.uuids().map(str))
def test_a_random_sender_is_never_refused(sender: str) -> None:
    assert not is_guessable(sender)


def test_a_card_stands_in_custom_and_in_the_text_unless_the_client_draws_it() -> None:
    rows = (
        CardRow("bought", "Usługa", "Standard", edit="edit:addons"),
        CardRow("both", "Oba", "", choices=(CardChoice("Oba", "both:withdraw", chosen=True),), covers=("terms",)),
        CardRow("terms", "Regulamin", "Akceptuję", choices=(CardChoice("Tak", "terms:accept"),), document="terms"),
    )
    order = Card("order", "order", "Zamówienie", rows, total="367,77 zł", total_label="Razem")
    said = Reply(1, 1, "bot", "Akceptujesz?", (), (), datetime(2026, 11, 22, tzinfo=UTC), card=order)
    standing = StatusSnapshot("c", "order", "terms", "choice", 1, 2, "", (), "pl", "bot", 1)
    handed = Given([said], 1, standing)

    plain, custom = answer("sender", handed)
    drawn, _custom = answer("sender", handed, cards=True)

    assert plain["text"] == "Zamówienie\nUsługa: Standard\n☐ Akceptuję\nRazem: 367,77 zł\n\nAkceptujesz?"
    assert drawn["text"] == "Akceptujesz?"
    assert custom["custom"]["card"] == {
        "kind": "order",
        "title": "Zamówienie",
        "rows": [
            {"name": "bought", "label": "Usługa", "value": "Standard", "edit": "edit:addons"},
            {
                "name": "both",
                "label": "Oba",
                "value": "",
                "choices": [{"title": "Oba", "payload": "both:withdraw", "chosen": True}],
                "covers": ["terms"],
            },
            {
                "name": "terms",
                "label": "Regulamin",
                "value": "Akceptuję",
                "document": "terms",
                "choices": [{"title": "Tak", "payload": "terms:accept", "chosen": False}],
            },
        ],
        "total": "367,77 zł",
    }


# --- what a request of the REST channel costs its sender before anything of it is read or parsed ---


WAY = "/webhooks/rest/webhook"
RULES = FloodRules(session="100/minute", address="20/minute")


def stranger(address: str = "203.0.113.9", token: str | None = None) -> httpx.AsyncClient:
    """A client of a channel whose flood's clock stands still."""
    shown = SecretStr(token) if token is not None else None
    rest = Rest(ScriptedDesk(), "pl", tokens=(shown,) if shown is not None else (), flood=Flood(RULES, now=lambda: 0.0))
    app = Starlette(routes=rest.routes())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 1)), base_url="http://desk")


def message(text: str, sender: str = "sender-0123456789") -> bytes:
    return json.dumps({"sender": sender, "message": text}).encode()


@pytest.mark.parametrize(("body", "status"), [(b"no JSON", 400), (b"[]", 400), (b'{"sender": "short"}', 400)])
async def test_a_malformed_body_counts_for_its_network(body: bytes, status: int) -> None:
    async with stranger() as http:
        assert [(await http.post(WAY, content=body)).status_code for _ in range(21)] == [status] * 20 + [429]


async def test_a_wrong_token_counts_for_its_network() -> None:
    async with stranger(token="t" * 32) as http:
        tries = [
            await http.post(WAY, content=message("x"), headers={"authorization": f"Bearer {n}"}) for n in range(21)
        ]
        assert [answer.status_code for answer in tries] == [401] * 20 + [429]


async def test_a_large_body_counts_by_its_size_and_is_left_unread_beyond_it() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(MAX_BODY_BYTES // LIMIT):
            read += LIMIT
            yield b"x" * LIMIT

    async with stranger() as http:
        assert (await http.post(WAY, content=endless())).status_code == 429
        assert read <= 21 * LIMIT


async def test_a_message_of_a_million_characters_is_answered() -> None:
    for text in ("x" * 1_000_000, "ą" * 100_000, '"' * 300_000, "\\" * 300_000):
        async with stranger() as http:
            assert (await http.post(WAY, content=message(text))).status_code == 200


@pytest.mark.parametrize(
    "piece",
    [b"1.5,", b"{},", b'"",', b'"\\\\",', b"[", b'{"a":'],
    ids=["numbers", "objects", "texts", "marks", "deep", "nested"],
)
async def test_a_large_body_of_small_values_is_refused_before_it_is_parsed(piece: bytes) -> None:
    async with stranger() as http:  # it never ends: whoever parsed it would find no JSON
        answer = await http.post(WAY, content=b'{"sender": "sender-0123456789", "message": [' + piece * 100_000)
    assert (answer.status_code, answer.json()) == (400, {"error": "the request has too many values"})


async def test_two_big_bodies_are_held_at_once() -> None:
    bodies, held, may_end = LargeBodies(MAX_BODY_BYTES), 0, asyncio.Event()

    async def receive_slowly(n: list[int]) -> dict[str, object]:
        nonlocal held
        n[0] += 1
        if n[0] == 1:
            return {"type": "http.request", "body": b'"' + b"x" * 300_000, "more_body": True}
        held += 1
        await may_end.wait()
        return {"type": "http.request", "body": b'"', "more_body": False}

    async def read() -> int:
        count = [0]
        request = Request({"type": "http", "method": "POST", "headers": []}, lambda: receive_slowly(count))  # pyright: ignore[reportArgumentType]
        return len(await bodies.read(request, lambda: None))

    reading = [asyncio.ensure_future(read()) for _ in range(4)]
    await asyncio.sleep(0.05)
    assert held == 2
    may_end.set()
    assert await asyncio.gather(*reading) == [300_002] * 4


async def test_beyond_the_largest_it_is_refused() -> None:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"x" * 600_000, "more_body": True}

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)  # pyright: ignore[reportArgumentType]
    with pytest.raises(RequestTurnedAway) as turned:
        await LargeBodies(1_000_000).read(request, lambda: None)
    assert turned.value.status == 413
