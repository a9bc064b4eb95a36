"""Many messages at once: one at a time, in the order they came, one question after the last; no other chat waits.

Once to one process, once spread over several desks that share one PostgreSQL."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from bot.conversation.identity import conversation_id
from bot.conversation.inbound import Inbound, Text
from services.jobs.port import Outcome, StoredJob
from services.store.tables.core import journal
from tests.bot.handlers.telegram.bot_api import until
from tests.desk.databases import desks_on
from tests.desk.post_office import post_office
from tests.desk.replicas import Replicas
from tests.desk.running import Customer, Running
from tests.kit.talks import says
from values.channel import Channel

QUESTION = "Jaki jest Twój adres e-mail"


async def at_the_email(desk: Running) -> Customer:
    customer = await says(desk.customer(), "/start", "start:buy", "account:new")
    assert customer.expects == "email"
    return customer


def message(customer: Customer, text: str, key: str | None = None) -> Inbound:
    return Inbound(Channel.REST, customer.sender, f"{customer.sender}:{key or uuid4().hex}", Text(text))


async def transcript(desk: Running, customer: Customer) -> list[tuple[str, str]]:
    """Who said what, in the journal's order."""
    lines = await desk.installation.desk.messages(conversation_id("rest", customer.sender), with_customer=True)
    return [(line.author, line.text) for line in lines]


async def test_a_burst_is_answered_in_order_and_asked_once(desk: Running) -> None:
    customer = await at_the_email(desk)
    before = len(await transcript(desk, customer))
    burst = [message(customer, f"wiadomość {n}") for n in range(50)]
    inner = desk.installation.desk
    async with inner._queue.turn(conversation_id("rest", customer.sender)) as place:
        turns = [asyncio.create_task(inner.receive(inbound)) for inbound in burst]
        await until(lambda: len(place.behind) == 50)
    assert len({receipt.root for receipt in await asyncio.gather(*turns)}) == 50
    lines = (await transcript(desk, customer))[before:]
    assert [text for author, text in lines if author == "customer"] == [f"wiadomość {n}" for n in range(50)]
    assert [author for author, _ in lines] == ["customer", "bot"] * 50, "one turn after the other"
    assert [n for n, (_, text) in enumerate(lines) if QUESTION in text] == [len(lines) - 1]


async def test_a_repeat_that_waits_behind_does_not_swallow_the_question(desk: Running) -> None:
    customer, receive = await at_the_email(desk), desk.installation.desk.receive
    old = message(customer, "wiadomość", "old")
    await receive(old)
    await asyncio.gather(receive(message(customer, "inna")), receive(old), receive(old))
    assert QUESTION in (await transcript(desk, customer))[-1][1]


class Gate:
    """Holds calls of one kind back."""

    def __init__(self, desk: Running, kind: str) -> None:
        self.begun, self.open = asyncio.Event(), asyncio.Event()
        self._kind = kind
        worker: Any = desk.installation.container.worker
        attempts = worker._attempts
        self._execute = attempts._execute
        attempts._execute = self._held

    async def _held(self, call: StoredJob) -> Outcome:
        if call.kind == self._kind:
            self.begun.set()
            await self.open.wait()
        return await self._execute(call)


async def test_what_is_said_while_an_effect_runs_is_answered_and_causes_it_once(desk: Running) -> None:
    customer = await at_the_email(desk)
    await customer.say("anna@example.com")
    form = {"password": "Trzy-zielone-parasole-7", "password_repeat": "Trzy-zielone-parasole-7"}
    await customer.submit(customer.link("secure_page")["href"], **form)
    await customer.say("consents:required")
    gate = Gate(desk, "SendCode")
    phone = asyncio.create_task(customer.say("512 000 999"))
    await gate.begun.wait()
    receive = desk.installation.desk.receive
    for said in ("512 000 999", "contact_code:again", "consents:required", "halo?"):
        await receive(message(customer, said))
    assert not phone.done()
    gate.open.set()
    await phone
    assert customer.expects == "contact_code"
    assert len(await desk.outbox("+48512000999")) == 1


async def test_nothing_is_kept_of_queues_and_watchers(desk: Running) -> None:
    customers = [await at_the_email(desk) for _ in range(3)]
    await asyncio.gather(*(customer.say("anna@example.com") for customer in customers))
    streams = [
        asyncio.create_task(desk.http.get("/webhooks/rest/events", params={"sender": customer.sender}))
        for customer in customers
    ]
    await asyncio.gather(*streams)
    inner = desk.installation.desk
    assert (len(inner._queue), len(inner._news)) == (0, 0)


DESKS = 3
BURST = [f"wiadomość {n}" for n in range(50)]


@pytest.fixture
async def desks(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncGenerator[Replicas]:
    async with post_office() as office, desks_on("postgresql", request, tmp_path, office, DESKS) as found:
        yield found


async def burst(desks: list[Running], customer: Customer) -> None:
    """All of it at once, spread over these desks; none of them begins before all stand in line."""
    known = conversation_id("rest", customer.sender)
    inner = [desk.installation.desk for desk in desks]
    async with AsyncExitStack() as held:
        places = [await held.enter_async_context(each._queue.turn(known)) for each in inner]
        turns = [asyncio.create_task(inner[n % len(inner)].receive(message(customer, t))) for n, t in enumerate(BURST)]
        await until(lambda: sum(len(place.behind) for place in places) == len(BURST))
    await asyncio.gather(*turns)


async def test_spread_over_several_none_is_lost_and_each_process_asks_once(desks: Replicas) -> None:
    customer = await at_the_email(desks.all)
    before = len(await transcript(desks.each[0], customer))
    await burst(desks.each, customer)
    lines = (await transcript(desks.each[0], customer))[before:]
    said = [text for author, text in lines if author == "customer"]
    assert sorted(said) == sorted(BURST), "none lost, none twice"
    for n in range(DESKS):
        assert [text for text in said if text in BURST[n::DESKS]] == BURST[n::DESKS], "each process keeps the order"
    assert [author for author, _ in lines] == ["customer", "bot"] * len(BURST), "one turn at a time"
    assert 1 <= sum(QUESTION in text for _, text in lines) <= DESKS
    revisions = [revision for revision, _ in groupby(await _revisions(desks.each[0], customer))]
    assert revisions == sorted(set(revisions)), "no turn was decided on a stale state"


async def _revisions(desk: Running, customer: Customer) -> list[int]:
    """The revision of each line, in the order in which they were written."""
    mine = journal.c.conversation_id == conversation_id("rest", customer.sender)

    def read(connection: sa.Connection) -> list[Any]:
        return list(connection.execute(sa.select(journal.c.revision).where(mine).order_by(journal.c.id)).scalars())

    return await desk.installation.store.read(read)


async def test_what_is_pressed_at_another_process_while_a_call_runs_causes_it_once(desks: Replicas) -> None:
    customer = await at_the_email(desks.all)
    await customer.say("anna@example.com")
    form = {"password": "Trzy-zielone-parasole-7", "password_repeat": "Trzy-zielone-parasole-7"}
    await customer.submit(customer.link("secure_page")["href"], **form)
    await customer.say("consents:required")
    gates = [Gate(desk, "SendCode") for desk in desks.each]
    phone = asyncio.create_task(customer.say("512 000 999"))
    begun = [asyncio.create_task(gate.begun.wait()) for gate in gates]
    await asyncio.wait(begun, return_when=asyncio.FIRST_COMPLETED)
    for n, said in enumerate(("512 000 999", "contact_code:again", "consents:required", "halo?")):
        await desks.each[n % DESKS].installation.desk.receive(message(customer, said))
    assert not phone.done()
    for gate in gates:
        gate.open.set()
    await phone
    for task in begun:
        task.cancel()
    assert customer.expects == "contact_code"
    assert len(await desks.all.outbox("+48512000999")) == 1
