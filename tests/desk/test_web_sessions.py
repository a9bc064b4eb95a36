"""The web chat takes only sessions that it issued, and turns them when the conversation becomes an account's."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from bot.conversation.identity import conversation_id
from bot.web.guard import MARK
from services.store import conversations
from tests.desk.databases import on_each_database
from tests.desk.replicas import replicas
from tests.desk.running import Running, http_client
from tests.desk.scripted import PASSWORD, digits_on, until
from tests.desk.test_renewal_unasked import OURS
from tests.desk.test_two_digits import owner_of

HEADER = "okienko-session"


async def history(desk: Running, token: str) -> httpx.Response:
    return await desk.http.get("/webchat/history", headers={MARK: "1", HEADER: token})


async def say(desk: Running, token: str, text: str, message_id: str) -> httpx.Response:
    body = json.dumps({"text": text, "message_id": message_id})
    return await desk.http.post("/webchat/messages", content=body, headers={**OURS, HEADER: token})


async def begun(desk: Running, way: str = "start:log_in") -> str:
    """A token for the header, of a chat that asks to log in."""
    token: str = (await desk.http.post("/webchat/session", json={}, headers={MARK: "1"})).json()["token"]
    assert (await say(desk, token, way, "m1")).status_code == 200
    return token


async def standing(desk: Running, token: str) -> dict[str, Any]:
    return (await history(desk, token)).json()["standing"]


async def at(desk: Running, token: str, step: str) -> None:
    async def is_there() -> bool:
        return (await standing(desk, token))["step"] == step

    await until(is_there)


async def page_of(desk: Running, token: str) -> str:
    await at(desk, token, "secure_page")
    return next(link["href"] for link in (await standing(desk, token))["links"] if link["rel"] == "secure_page")


async def test_a_value_is_judged_in_its_chat_alone_and_kept_nowhere(desk: Running) -> None:
    async def judged(**headers: str) -> httpx.Response:
        fields = {"name": "email", "value": "kanarek@gmial.com"}
        return await desk.http.post("/webchat/field", json=fields, headers=headers)

    token, other = await begun(desk, "start:buy"), await begun(desk)
    chat = {MARK: "1", HEADER: token}
    assert (await judged(**{**chat, HEADER: other})).status_code == 404
    before = (await history(desk, token)).json()
    with structlog.testing.capture_logs() as lines:
        assert (await judged(**chat)).json() == {"better": "kanarek@gmail.com", "offered": "gmail.com?"}
    assert (await history(desk, token)).json() == before
    assert "kanarek" not in str(lines)
    assert (await judged(**{HEADER: token})).status_code == 403
    assert (await judged(**{**chat, HEADER: "x" * 43})).status_code == 401


@on_each_database
@pytest.mark.replicated
async def test_a_session_that_was_never_issued_begins_nothing(desk: Running) -> None:
    issued: str = (await desk.http.post("/webchat/session", json={}, headers={MARK: "1"})).json()["token"]
    changed = ("B" if issued[0] == "A" else "A") + issued[1:]
    stolen = "A" * 43 + issued
    for made_up in ("A" * 43, "A" * 86, changed, stolen):
        assert (await say(desk, made_up, "/start", "m1")).status_code == 401
        assert (await history(desk, made_up)).status_code == 401
        fresh = (await desk.http.post("/webchat/session", json={}, headers={MARK: "1", HEADER: made_up})).json()[
            "token"
        ]
        assert fresh not in (None, made_up)
        planted = await desk.http.get("/chat", headers={"cookie": f"okienko={made_up}"})
        assert planted.headers["set-cookie"].startswith("okienko=")
        assert made_up not in planted.headers["set-cookie"]
        address = hashlib.sha256(made_up.encode()).hexdigest()
        assert await desk.installation.deps.store.read(lambda c, of=address: conversations.find(c, "web", of)) is None
    assert (await say(desk, issued, "/start", "m1")).status_code == 200


async def test_a_session_of_an_earlier_release_goes_on(desk: Running) -> None:
    token = "k" * 43
    address = hashlib.sha256(token.encode()).hexdigest()
    clock, known = desk.installation.deps.clock, conversation_id("web", address)
    await desk.installation.deps.store.write(
        lambda c: conversations.open_talk(c, "web", address, "pl", clock.now(), known)
    )
    assert (await say(desk, token, "/start", "m1")).status_code == 200
    assert "set-cookie" not in (await desk.http.get("/chat", headers={"cookie": f"okienko={token}"})).headers


@on_each_database
@pytest.mark.replicated
async def test_digits_turn_the_session_and_the_one_before_is_dead(desk: Running) -> None:
    email, old = await owner_of(desk), await begun(desk)
    shown = await desk.http.post(await page_of(desk, old), data={"login": email, "password": PASSWORD})
    await at(desk, old, "log_in_digits")
    told = await say(desk, old, digits_on(shown), "m2")
    new: str = told.json()["token"]
    assert new not in (None, old)

    for dead in (await history(desk, old), await say(desk, old, "zone:my_data", "m3")):
        assert (dead.status_code, email in dead.text) == (401, False)
    assert (await desk.http.get("/webchat/events", headers={MARK: "1", HEADER: old})).status_code in (401, 404)
    assert email in (await history(desk, new)).text, "the same conversation"
    assert (await say(desk, new, "/help", "m3")).json().get("token") is None

    again = await say(desk, old, digits_on(shown), "m2")
    assert (again.status_code, again.json()["token"], again.json()["repeated"]) == (200, new, True), "a lost answer"
    assert (await say(desk, old, digits_on(shown), "m4")).status_code == 401


async def test_a_log_in_in_the_chats_own_browser_turns_its_cookie(desk: Running) -> None:
    email = await owner_of(desk)
    async with http_client(desk.url) as browser:
        await browser.get("/chat")
        old = browser.cookies["okienko"]
        body = json.dumps({"text": "start:log_in", "message_id": "m1"})
        assert (await browser.post("/webchat/messages", content=body, headers=OURS)).status_code == 200
        page = await page_of(desk, old)
        async with desk.http.stream("GET", "/webchat/events", headers={MARK: "1", HEADER: old}) as stream:
            done = await browser.post(page, data={"login": email, "password": PASSWORD})
            assert (done.status_code, digits_on(done)) == (200, "")
            heard = "".join([line async for line in stream.aiter_lines()])
        assert email not in heard, "a stream of the session before ends, and tells nothing more"
        new = browser.cookies["okienko"]
        assert new != old
        assert (await history(desk, old)).status_code == 401
        assert email in (await browser.get("/webchat/history", headers={MARK: "1"})).text

        browser.cookies.set("okienko", old, domain="127.0.0.1")
        lost = await browser.post(page, data={"login": email, "password": PASSWORD})
        assert f"okienko={new};" in lost.headers.get("set-cookie", ""), "the form sent once more gives it again"
        wrong = await browser.post(page, data={"login": email, "password": "not-the-password"})
        assert (wrong.status_code, "set-cookie" in wrong.headers) == (410, False)


async def test_right_digits_said_at_once_in_three_processes_are_one_log_in_and_one_new_session(
    tmp_path: Path, postgres: str
) -> None:
    async with replicas(tmp_path, postgres, 3) as desks:
        email, old = await owner_of(desks.all), await begun(desks.all)
        form = {"login": email, "password": PASSWORD}
        page = await page_of(desks.all, old)
        shown = await asyncio.gather(*(desk.http.post(page, data=form) for desk in desks.each))
        (digits,) = {digits_on(one) for one in shown}
        assert len(digits) == 2, "the form sent in three at once shows the same ones"
        await at(desks.all, old, "log_in_digits")
        told = await asyncio.gather(
            *(say(desk, old, digits, f"at-once-{n}") for n, desk in enumerate((*desks.each, *desks.each)))
        )
        assert {one.status_code for one in told} <= {200, 401}
        (new,) = {one.json().get("token") for one in told if one.status_code == 200} - {None}
        assert (await history(desks.all, old)).status_code == 401
        assert (await history(desks.all, new)).text.count(f"Zalogowano jako {email}") == 1
        assert len((await desks.all.card(email))["conversations"]) == 2


async def test_wrong_digits_said_at_once_in_three_processes_are_one_try(tmp_path: Path, postgres: str) -> None:
    async with replicas(tmp_path, postgres, 3) as desks:
        email, token = await owner_of(desks.all), await begun(desks.all)
        page = await page_of(desks.all, token)
        digits = digits_on(await desks.all.http.post(page, data={"login": email, "password": PASSWORD}))
        await at(desks.all, token, "log_in_digits")
        wrong, *all_wrong = [f"{(int(digits) + n) % 100:02d}" for n in (1, 2, 3)]
        await say(desks.each[0], token, wrong, "first")
        every = (digits, *all_wrong)
        told = await asyncio.gather(*(say(d, token, typed, typed) for d, typed in zip(desks.each, every, strict=True)))
        assert [(one.status_code, one.json().get("token")) for one in told] == [(200, None)] * 3
        assert email not in (await history(desks.all, token)).text
        assert len((await desks.all.card(email))["conversations"]) == 1
        await desks.all.advance(1)
        assert len([one for one in await desks.all.outbox(email) if "Zatrzymane logowanie" in one["subject"]]) == 1
