"""Marks that share a transaction: what goes together, what a fault costs, and nobody left waiting."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from services.store import journal
from services.store.database import parse_url
from services.store.errors import StoreUnavailable
from services.store.journal import NewJournalEntry
from services.store.postgres_store import PostgresStore
from services.store.shared_transactions import SharedTransactions, Work
from tests.services.databases import NOW, a_conversation


class Transactions:
    """A store's transactions, each held open until it is let go."""

    def __init__(self) -> None:
        self.ran: list[int] = []
        self.away = False
        self.gate = asyncio.Event()

    async def run(self, works: Sequence[Work]) -> list[Any]:
        self.ran.append(len(works))
        await self.gate.wait()
        if self.away:
            raise StoreUnavailable("away")
        connection: Any = None
        return [work(connection) for work in works]


def value(number: int) -> Work:
    return lambda _: number


def refused(_: sa.Connection) -> None:
    raise ValueError("refused")


async def begun(shared: SharedTransactions, *works: Work) -> list[asyncio.Task[Any]]:
    tasks = [asyncio.create_task(shared.do(work)) for work in works]
    await asyncio.sleep(0)
    return tasks


async def test_what_comes_while_one_is_under_way_goes_together() -> None:
    store = Transactions()
    tasks = await begun(SharedTransactions(store.run, 3), *map(value, range(8)))
    store.gate.set()
    assert await asyncio.gather(*tasks) == list(range(8))
    assert store.ran == [1, 3, 3, 1]


async def test_of_those_that_shared_a_failed_one_only_what_raises_is_refused() -> None:
    store = Transactions()
    tasks = await begun(SharedTransactions(store.run, 9), value(0), value(1), refused, value(2))
    store.gate.set()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert [ends[0], ends[1], ends[3]] == [0, 1, 2]
    assert isinstance(ends[2], ValueError)
    assert store.ran == [1, 3, 1, 1, 1]


async def test_a_store_that_is_away_is_told_to_all_and_not_asked_for_each() -> None:
    store = Transactions()
    tasks = await begun(SharedTransactions(store.run, 9), *map(value, range(4)))
    store.away = True
    store.gate.set()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(end, StoreUnavailable) for end in ends)
    assert store.ran == [1, 3]


@pytest.mark.parametrize("gone", [0, 1, 2])
async def test_whoever_gives_up_leaves_nobody_waiting(gone: int) -> None:
    store = Transactions()
    tasks = await begun(SharedTransactions(store.run, 9), *map(value, range(4)))
    tasks[gone].cancel()
    await asyncio.sleep(0)
    store.gate.set()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(ends[gone], asyncio.CancelledError)
    assert [end for number, end in enumerate(ends) if number != gone] == [n for n in range(4) if n != gone]


async def test_marks_of_several_conversations_are_one_transaction(postgres_url: str) -> None:
    store = PostgresStore(parse_url(postgres_url))
    for number in range(5):
        await a_conversation(store, f"c{number}")

    def say(connection: sa.Connection) -> list[int]:
        new = [NewJournalEntry(f"c{n}", 1, "bot", {}, NOW, seq=1, delivery="open") for n in range(5)]
        return [line.id for line in journal.add(connection, new)]

    def mark(connection: sa.Connection, line: int) -> str:
        journal.mark_sent(connection, line, NOW)
        return connection.exec_driver_sql("SELECT pg_current_xact_id()::text").scalar_one()

    lines = await store.write(say)
    marks = [store.write(lambda c, line=line: mark(c, line), durable=False, brief=True) for line in lines]
    transactions = await asyncio.gather(*marks)
    assert len(set(transactions)) == 2  # the first one, and all that came meanwhile
    assert await store.read(lambda c: journal.unattended(c, 9)) == ()
    await store.close()
