"""Several replicas on one PostgreSQL: whichever of them gets a turn, it is one desk."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.app.channels import POLLING
from bot.app.virtual_clock import VirtualClock
from bot.web.guard import MARK
from services.store import leases
from tests.bot.handlers.telegram.bot_api import TOKEN, Fault
from tests.desk.replicas import replicas
from tests.desk.running import PATIENCE_S, Running
from tests.desk.scripted import Person, Scripted, until
from tests.desk.telegram_chat import Chat, bot_api
from tests.desk.test_rest_journeys import assert_finished
from values.channel import Channel


async def test_every_turn_goes_to_the_other_replica(tmp_path: Path, postgres: str) -> None:
    async with replicas(tmp_path, postgres) as desks:
        people = [Person(method="blik"), Person(method="paypal", locale="it"), Person(method="card", locale="en")]
        everybody = [Scripted(desks.all, person) for person in people]
        await asyncio.gather(*(scripted.run() for scripted in everybody))
        for scripted in everybody:
            await assert_finished(desks.all, scripted)


async def test_the_clock_is_one(tmp_path: Path, postgres: str) -> None:
    async with replicas(tmp_path, postgres) as desks:
        one, two = desks.each
        scripted = await Scripted(one, Person()).run("email_link")
        moved = datetime.fromisoformat((await one.advance(4 * 86400))["now"])
        assert abs(datetime.fromisoformat((await two.advance(0))["now"]) - moved) < timedelta(minutes=1)
        letter = (await two.outbox(scripted.person.email))[-1]
        late = await two.http.get(letter["links"][0].replace(one.url, two.url))
        assert late.status_code == 410, "the link has expired at the other replica, too"
        await one.http.post("/sandbox/api/reset")

        async def is_back() -> bool:
            return moved - datetime.fromisoformat((await two.advance(0))["now"]) > timedelta(days=3)

        await until(is_back)


async def test_a_move_begins_where_another_replica_has_just_left_the_clock(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VirtualClock, "heard", lambda _self, _announced: None)  # the news is still on its way
    async with replicas(tmp_path, postgres) as desks:
        one, two = desks.each
        moved = datetime.fromisoformat((await one.advance(4 * 86400))["now"])
        assert abs(datetime.fromisoformat((await two.advance(0))["now"]) - moved) < timedelta(minutes=1)
        moved = datetime.fromisoformat((await one.advance(4 * 86400))["now"])
        further = datetime.fromisoformat((await two.advance(3600))["now"])
        assert abs(further - moved - timedelta(hours=1)) < timedelta(minutes=1)


async def test_the_web_chat_hears_what_another_replica_said(tmp_path: Path, postgres: str) -> None:
    async with replicas(tmp_path, postgres) as desks:
        one, two = desks.each
        known = await one.http.post("/webchat/session", json={}, headers={MARK: "1"})
        session = {MARK: "1", "okienko-session": known.json()["token"]}

        async def write(desk: Running, text: str, message_id: str) -> None:
            body = {"text": text, "message_id": message_id, "locale": "en"}
            answer = await desk.http.post("/webchat/messages", json=body, headers=session)
            assert answer.status_code == 200, answer.text

        await write(one, "/start", "m1")
        async with one.http.stream("GET", "/webchat/events", headers=session) as stream:
            heard = Heard(stream.aiter_lines())
            await heard.until(lambda lines: any("message" in line for line in lines))
            await write(two, "start:sign_up", "m2")
            async with asyncio.timeout(PATIENCE_S):  # the page never looks by itself
                await heard.until(lambda lines: any("start:sign_up" in line or "e-mail" in line for line in lines))


class Heard:
    """What came by a stream of events so far."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines
        self._heard: list[str] = []

    async def until(self, holds: Callable[[list[str]], bool]) -> None:
        while not holds(self._heard):
            self._heard.append(await anext(self._lines))


async def test_one_replica_asks_telegram_and_the_other_takes_over(tmp_path: Path, postgres: str) -> None:
    async with bot_api() as api, AsyncExitStack() as stack:
        given: dict[str, Any] = {"telegram_token": TOKEN, "telegram_base_url": api.base_url}
        desks = await stack.enter_async_context(replicas(tmp_path, postgres, **given))
        chat = Chat(api, desks.all, 71)
        await chat.say("/start")
        await chat.sees(lambda: chat.button("start:buy"))
        holder = [desk.installation.container.lease.holds(POLLING) for desk in desks.each]
        assert sorted(holder) == [False, True], "one of them asks"
        first = desks.each[holder.index(True)]
        telegram = first.installation.receivers[Channel.TELEGRAM].worker
        assert telegram is not None
        await telegram.stop()
        await first.installation.container.lease.stop()
        await chat.press("start:buy")
        await chat.sees(lambda: chat.button("account:new"))
        assert len(chat.texts) == len(set(chat.texts)), "nothing came twice"


async def test_whoever_lost_the_lease_says_nothing_of_telegram(tmp_path: Path, postgres: str) -> None:
    async with bot_api() as api, AsyncExitStack() as stack:
        given: dict[str, Any] = {"telegram_token": TOKEN, "telegram_base_url": api.base_url}
        desks = await stack.enter_async_context(replicas(tmp_path, postgres, **given))
        lines = stack.enter_context(capture_logs())
        held_by = [desk.installation.container.lease for desk in desks.each]

        async def asks() -> bool:
            return any(lease.holds(POLLING) for lease in held_by)

        await until(asks)
        loser = next(lease for lease in held_by if lease.holds(POLLING))
        taker = next(lease for lease in held_by if lease is not loser)
        # As after a process that stood still for longer than its lease: another has it, and this one has to find out.
        loser.drop(POLLING)
        await desks.each[0].installation.store.write(lambda c: leases.free(c, [POLLING], loser.id))
        assert await taker.take(POLLING)
        api.faults["getUpdates"].extend([Fault(409, "Conflict: terminated by other getUpdates request")] * 2)
        api.queue(api.text(71, "/start"))  # ends the question under way

        async def all_well() -> bool:
            told = [(await desk.http.get("/readyz")).json() for desk in desks.each]
            return told == [{"status": "ready", "down": []}] * 2 and not api.faults["getUpdates"]

        await until(all_well)
        for desk in desks.each:
            assert "okienko_telegram_up 1.0" in (await desk.http.get("/metrics")).text
    assert not [line for line in lines if line.get("alarm")]
