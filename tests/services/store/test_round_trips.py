"""Statements that are sent together, and work that the event loop does while the server is at work."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from services.store import conversations, inbox, journal, leases, timer_rows
from services.store.database import parse_url
from services.store.errors import StoreUnavailable
from services.store.journal import NewJournalEntry
from services.store.postgres_store import PostgresStore
from services.store.round_trips import TripConnection
from tests.kit.narrow import present
from tests.services.databases import NOW, a_conversation
from values.patterns import cached_property

LINE = NewJournalEntry("c1", 1, "bot", {"text": "hi"}, NOW, seq=1, delivery="open")


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[PostgresStore]:
    opened = PostgresStore(parse_url(postgres_url))
    await a_conversation(opened)
    yield opened
    await opened.close()


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many statements each round trip carried."""
    carried: list[int] = []
    send = TripConnection._send

    def counted(self: TripConnection, waiting: list[object]) -> object:
        carried.append(len(waiting))
        return send(self, waiting)  # type: ignore[arg-type]

    monkeypatch.setattr(TripConnection, "_send", counted)
    return carried


async def test_a_turn_is_two_round_trips_and_a_mark_one(store: PostgresStore, trips: list[int]) -> None:
    def turn(connection: sa.Connection) -> tuple[conversations.StoredConversation, object]:
        known = conversations.ask(connection, "c1")
        first = inbox.ask_first_time(connection, "rest", "k", "c1", "d", NOW)
        found = present(known())
        assert first()
        conversations.save_locked(connection, found, NOW)
        lines = journal.ask_add(connection, [LINE])
        taken = leases.ask_take(connection, leases.REPLIES + "c1", "p1", timedelta(seconds=5))
        timer_rows.set(connection, "c1", "silence", NOW)
        return found, lambda: (lines(), taken())

    def mark(connection: sa.Connection) -> object:
        journal.mark_sent(connection, line.id, NOW)
        mine = leases.ask_lock(connection, leases.REPLIES + "c1", "p1")
        journal.free_if_none_open(connection, "c1", "p1")
        waiting = journal.ask_open(connection, "c1")
        return lambda: (mine(), waiting())

    _, written = await store.write(turn, brief=True)
    (line,), taken = written()  # type: ignore[operator]
    assert taken
    marked = await store.write(mark, brief=True)
    assert marked() == (True, ())  # type: ignore[operator]
    assert trips == [3, 5, 6]
    assert not await store.read(lambda c: leases.held(c, leases.REPLIES + "c1", "p1"))


@pytest.mark.parametrize("brief", [True, False])
async def test_a_statement_refused_in_the_last_trip_undoes_all(store: PostgresStore, brief: bool) -> None:
    def work(connection: sa.Connection) -> None:
        timer_rows.set(connection, "c1", "k", NOW)
        found = present(conversations.load(connection, "c1", lock=True))
        assert conversations.save(connection, found, NOW)
        timer_rows.set(connection, "c1", "silence", NOW)
        conversations.save_locked(connection, found, NOW)  # of a revision that is over

    for _ in range(2):
        with pytest.raises(exc.IntegrityError):
            await store.write(work, brief=brief)
    assert await store.read(lambda c: timer_rows.due(c, NOW), brief=brief) == ()


class Look(SimpleNamespace):
    """Something that has a value of the database's, as the books of an account have."""

    @cached_property
    def found(self) -> object:
        return conversations.load(self.connection, "c1", lock=self.lock)


async def test_the_event_loop_and_threads_go_on_while_brief_work_waits(store: PostgresStore, postgres_url: str) -> None:
    other = await asyncio.to_thread(psycopg.connect, postgres_url.replace("+psycopg", ""))
    await asyncio.to_thread(other.execute, "SELECT 1 FROM conversation WHERE id = 'c1' FOR UPDATE")
    locking = asyncio.create_task(store.write(lambda c: Look(connection=c, lock=True).found, brief=True))
    await asyncio.sleep(0)  # it begins first, on the connection that is there
    await store.read(lambda c: Look(connection=c, lock=False).found)
    await store.write(lambda c: timer_rows.set(c, "c2", "k", NOW), brief=True)
    assert not locking.done()
    await asyncio.to_thread(other.close)
    assert (await locking) is not None


async def test_work_whose_caller_has_gone_is_done_all_the_same(store: PostgresStore, postgres_url: str) -> None:
    other = await asyncio.to_thread(psycopg.connect, postgres_url.replace("+psycopg", ""))
    await asyncio.to_thread(other.execute, "SELECT 1 FROM conversation WHERE id = 'c1' FOR UPDATE")

    def work(connection: sa.Connection) -> None:
        conversations.load(connection, "c1", lock=True)
        timer_rows.set(connection, "c1", "k", NOW)

    caller = asyncio.create_task(store.write(work, brief=True))
    await asyncio.sleep(0.05)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    await asyncio.to_thread(other.close)
    await store.write(lambda c: conversations.load(c, "c1", lock=True))
    assert await store.read(lambda c: timer_rows.due(c, NOW))


async def test_a_connection_that_breaks_under_brief_work(store: PostgresStore, postgres_url: str) -> None:
    victims: list[int] = []

    def dies(connection: sa.Connection) -> None:
        victims.append(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
        timer_rows.set(connection, "c1", "k", NOW)
        if len(victims) == 1:
            _terminate(postgres_url, victims[0])

    def dies_early(connection: sa.Connection) -> int:
        dies(connection)
        return len(timer_rows.due(connection, NOW))

    assert await store.write(dies_early, brief=True) == 1
    assert len(victims) == 2
    victims.clear()
    with pytest.raises(StoreUnavailable):  # nobody knows whether it was written
        await store.write(dies, brief=True)
    assert len(victims) == 1


def _terminate(url: str, victim: int) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (victim,))
