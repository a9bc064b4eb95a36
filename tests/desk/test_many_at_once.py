"""Fifty messages of one customer at once, spread over several processes, and what is pressed while a call runs.

To one process they come in `test_order.py`; here several desks share one PostgreSQL.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversation.identity import conversation_id
from services.store.tables.core import journal
from tests.bot.handlers.telegram.bot_api import until
from tests.desk.databases import desks_on
from tests.desk.post_office import post_office
from tests.desk.replicas import Replicas
from tests.desk.running import Customer, Running
from tests.desk.test_order import QUESTION, Gate, at_the_email, message, transcript

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
        turns = [
            asyncio.create_task(inner[n % len(inner)].receive(message(customer, text))) for n, text in enumerate(BURST)
        ]
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
