"""What only PostgreSQL does: deadlocks, broken connections, a server that is away.

Statements that are sent together, and work that the event loop does while the server is at work.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from services.store import conversations, inbox, installation_rows, journal, leases, timer_rows
from services.store.database import parse_url
from services.store.errors import StoreReadOnly, StoreUnavailable
from services.store.postgres_store import CONNECTIONS, PAUSES, PostgresStore, judge_error
from services.store.round_trips import TripConnection
from tests.kit.narrow import present
from tests.services.databases import NOW, a_conversation
from values.patterns import cached_property


@pytest.fixture
async def pauses() -> list[float]:
    """The pauses that were made between tries."""
    return []


@pytest.fixture
async def store(postgres_url: str, pauses: list[float]) -> AsyncIterator[PostgresStore]:
    async def no_sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    opened = PostgresStore(parse_url(postgres_url), sleep=no_sleep)
    yield opened
    await opened.close()


def pid(connection: sa.Connection) -> int:
    return connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()


async def test_the_session_is_as_promised(store: PostgresStore) -> None:
    def settings(connection: sa.Connection) -> list[str]:
        names = ("timezone", "transaction_isolation", "idle_in_transaction_session_timeout", "lock_timeout")
        return [connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names]

    assert await store.write(settings) == ["UTC", "read committed", "5s", "10s"]
    assert await store.read(settings) == ["UTC", "repeatable read", "5s", "10s"]
    assert await store.write(settings) == ["UTC", "read committed", "5s", "10s"]


async def test_a_connection_that_died_in_the_pool_is_replaced(store: PostgresStore, postgres_url: str) -> None:
    victim = await store.write(pid)
    _terminate(postgres_url, victim)
    assert await store.write(pid) != victim


@pytest.mark.parametrize("swallowed", [(), (exc.OperationalError,)], ids=["told", "swallowed"])
async def test_work_whose_connection_dies_is_run_again(
    store: PostgresStore, postgres_url: str, pauses: list[float], swallowed: tuple[type[Exception], ...]
) -> None:
    """Also work that goes on, as where a status can't be shown and another is shown instead."""
    runs: list[int] = []

    def work(connection: sa.Connection) -> int:
        runs.append(pid(connection))
        timer_rows.set_timer(connection, "c1", "k", NOW)
        if len(runs) == 1:
            _terminate(postgres_url, runs[0])
        with suppress(*swallowed):
            return len(timer_rows.list_due(connection, NOW))
        return 0

    assert await store.write(work) == 1
    assert len(runs) == 2
    assert pauses == list(PAUSES[:1])


async def test_a_connection_that_dies_in_the_commit_is_not_run_again(store: PostgresStore, postgres_url: str) -> None:
    """Nobody knows whether it was written: the caller is told to ask again, its key guards the repeat."""
    runs: list[int] = []

    def work(connection: sa.Connection) -> None:
        runs.append(pid(connection))
        timer_rows.set_timer(connection, "c1", "k", NOW)
        _terminate(postgres_url, runs[-1])

    with pytest.raises(StoreUnavailable):
        await store.write(work)
    assert len(runs) == 1
    assert await store.read(lambda connection: timer_rows.list_due(connection, NOW)) == ()


async def test_a_server_that_is_away_is_503_after_a_few_tries(pauses: list[float]) -> None:
    async def no_sleep(seconds: float) -> None:
        pauses.append(seconds)

    store = PostgresStore(parse_url("postgresql://nobody@127.0.0.1:1/none"), sleep=no_sleep)
    for ask in (store.write, store.read):
        pauses.clear()
        with pytest.raises(StoreUnavailable):
            await ask(pid)
        assert pauses == list(PAUSES)
    await store.close()


async def test_of_two_that_wait_for_each_other_one_is_run_again(store: PostgresStore, postgres_url: str) -> None:
    await store.write(lambda connection: [timer_rows.set_timer(connection, name, "k", NOW) for name in ("a", "b")])
    other = await asyncio.to_thread(psycopg.connect, postgres_url.replace("+psycopg", ""))
    other.execute("SET deadlock_timeout = '60s'")  # so that the store's side is the one that is ended
    other.execute("UPDATE timer SET kind = 'x' WHERE conversation_id = 'b'")
    runs: list[int] = []
    begun = threading.Event()

    def work(connection: sa.Connection) -> None:
        runs.append(1)
        connection.exec_driver_sql("SET LOCAL deadlock_timeout = '300ms'")
        connection.exec_driver_sql("UPDATE timer SET kind = 'y' WHERE conversation_id = 'a'")
        begun.set()
        connection.exec_driver_sql("UPDATE timer SET kind = 'y' WHERE conversation_id = 'b'")

    mine = asyncio.create_task(store.write(work))
    await asyncio.to_thread(begun.wait)
    await asyncio.to_thread(other.execute, "UPDATE timer SET kind = 'x' WHERE conversation_id = 'a'")
    await asyncio.to_thread(other.commit)
    await mine
    other.close()
    assert len(runs) >= 2  # run again at once, it may be the one that comes between once more


async def test_whoever_waits_too_long_for_a_lock_is_told_at_once(
    store: PostgresStore, postgres_url: str, pauses: list[float]
) -> None:
    await store.write(lambda connection: timer_rows.set_timer(connection, "a", "k", NOW))
    other = await asyncio.to_thread(psycopg.connect, postgres_url.replace("+psycopg", ""))
    other.execute("UPDATE timer SET kind = 'x'")

    def work(connection: sa.Connection) -> None:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '5ms'")
        timer_rows.cancel(connection, "a", "k")

    with pytest.raises(StoreUnavailable):
        await store.write(work)
    other.close()
    assert pauses == []


# Of each class one state or more, as https://www.postgresql.org/docs/current/errcodes-appendix.html has them.
FATES = {
    "renew": ("08000", "08006", "08P01", "25006", "57P01", "57P02", "57P03", "57P04", "57P05"),
    "again": ("40001", "40P01", "53100", "53200", "53300", "57000", "57014", "58000", "58030"),
    "enough": ("25P03", "25P04", "55P03"),
    "fault": (
        *("01000", "02000", "03000", "09000", "0A000", "0B000", "0L000", "0P000", "20000", "21000", "22012", "23505"),
        *("24000", "25001", "25P02", "26000", "27000", "28000", "2B000", "2D000", "2F000", "34000", "38000", "3D000"),
        *("3F000", "42501", "42P01", "44000", "54000", "55000", "55006", "72000", "F0000", "HV000", "P0001", "XX000"),
    ),
}


@pytest.mark.parametrize(("fate", "state"), [(fate, state) for fate, states in FATES.items() for state in states])
def test_of_each_class_of_errors_it_is_known_what_follows(fate: str, state: str) -> None:
    """Tried again on a new connection or the same, left to the caller (503), or shown as the work's own mistake."""
    original = Exception()
    original.sqlstate = state  # type: ignore[attr-defined]
    error = exc.DBAPIError(None, None, original)
    assert judge_error(error, writing=True) == fate
    assert judge_error(error, writing=False) == (fate if state != "25006" else "fault"), "a reader that writes"


async def demoted(store: PostgresStore) -> set[int]:
    """Make as many sessions as the pool holds, and have the server refuse what they write; return them."""
    together = threading.Barrier(CONNECTIONS)

    def work(connection: sa.Connection) -> int:
        together.wait()
        connection.exec_driver_sql("SET default_transaction_read_only = on")
        return pid(connection)

    return set(await asyncio.gather(*(store.write(work) for _ in range(CONNECTIONS))))


@pytest.mark.parametrize("brief", [True, False])
async def test_sessions_that_take_no_writes_are_left_all_together(
    store: PostgresStore, pauses: list[float], brief: bool
) -> None:
    old = await demoted(store)
    assert len(old) == CONNECTIONS
    await store.write(lambda c: timer_rows.set_timer(c, "c1", "k", NOW), brief=brief)
    assert pauses == list(PAUSES[:1])
    found = await asyncio.gather(*(store.write(pid) for _ in range(CONNECTIONS)))
    assert not old & set(found)
    assert pauses == list(PAUSES[:1]), "once for all of them"


async def test_a_session_at_work_while_the_others_are_left_does_not_come_back(store: PostgresStore) -> None:
    old, begun, go = await demoted(store), threading.Event(), threading.Event()

    def looks(connection: sa.Connection) -> int:
        begun.set()
        go.wait()
        return pid(connection)

    looking = asyncio.create_task(store.read(looks))
    await asyncio.to_thread(begun.wait)
    await store.write(lambda c: timer_rows.set_timer(c, "c1", "k", NOW))
    go.set()
    assert await looking in old
    assert not old & set(await asyncio.gather(*(store.write(pid) for _ in range(CONNECTIONS))))


async def test_a_database_that_takes_no_writes_at_all(
    store: PostgresStore, postgres_url: str, pauses: list[float]
) -> None:
    name, url = sa.make_url(postgres_url).database, postgres_url.replace("+psycopg", "")

    async def says(setting: str) -> None:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as own:
            await own.execute("SET default_transaction_read_only = off")
            await own.execute(f'ALTER DATABASE "{name}" {setting}'.encode())

    await demoted(store)
    await says("SET default_transaction_read_only = on")
    with pytest.raises(StoreReadOnly):
        await store.write(lambda c: timer_rows.set_timer(c, "c1", "k", NOW))
    assert pauses == list(PAUSES)
    assert await store.read(lambda c: timer_rows.list_due(c, NOW)) == (), "it can be read"
    assert (await store.commits_hold(), store.read_only) == (False, True)
    await says("RESET default_transaction_read_only")
    assert (await store.commits_hold(), store.read_only) == (True, False)


async def test_mistakes_in_the_work_are_not_tried_again(store: PostgresStore, pauses: list[float]) -> None:
    with pytest.raises(exc.ProgrammingError):
        await store.write(lambda connection: connection.exec_driver_sql("SELECT nothing FROM nowhere"))
    with pytest.raises(exc.DBAPIError):
        await store.read(lambda connection: installation_rows.set_clock_offset(connection, NOW - NOW))
    assert pauses == []


def _terminate(url: str, victim: int) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (victim,))


LINE = journal.NewJournalEntry("c1", 1, "bot", {"text": "hi"}, NOW, seq=1, delivery="open")


@pytest.fixture
async def talking(store: PostgresStore) -> PostgresStore:
    """The store with a conversation in it."""
    await a_conversation(store)
    return store


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


async def test_a_turn_is_two_round_trips_and_a_mark_one(talking: PostgresStore, trips: list[int]) -> None:
    def turn(connection: sa.Connection) -> tuple[conversations.StoredConversation, object]:
        known = conversations.ask(connection, "c1")
        first = inbox.ask_first_time(connection, "rest", "k", "c1", "d", NOW)
        found = present(known())
        assert first()
        conversations.save_locked(connection, found, NOW)
        lines = journal.ask_add(connection, [LINE])
        taken = leases.ask_take(connection, leases.REPLIES + "c1", "p1", timedelta(seconds=5))
        timer_rows.set_timer(connection, "c1", "silence", NOW)
        return found, lambda: (lines(), taken())

    def mark(connection: sa.Connection) -> object:
        journal.mark_sent(connection, line.id, NOW)
        mine = leases.ask_lock(connection, leases.REPLIES + "c1", "p1")
        journal.free_if_none_open(connection, "c1", "p1")
        waiting = journal.ask_open(connection, "c1")
        return lambda: (mine(), waiting())

    _, written = await talking.write(turn, brief=True)
    (line,), taken = written()  # type: ignore[operator]
    assert taken
    assert (await talking.write(mark, brief=True))() == (True, ())  # type: ignore[operator]
    assert trips == [3, 5, 6]
    assert not await talking.read(lambda c: leases.holds_lease(c, leases.REPLIES + "c1", "p1"))


@pytest.mark.parametrize("brief", [True, False])
async def test_a_statement_refused_in_the_last_trip_undoes_all(talking: PostgresStore, brief: bool) -> None:
    def work(connection: sa.Connection) -> None:
        timer_rows.set_timer(connection, "c1", "k", NOW)
        found = present(conversations.load(connection, "c1", lock=True))
        assert conversations.save(connection, found, NOW)
        timer_rows.set_timer(connection, "c1", "silence", NOW)
        conversations.save_locked(connection, found, NOW)  # of a revision that is over

    for _ in range(2):
        with pytest.raises(exc.IntegrityError):
            await talking.write(work, brief=brief)
    assert await talking.read(lambda c: timer_rows.list_due(c, NOW), brief=brief) == ()


class Look(SimpleNamespace):
    """Something that has a value of the database's, as the books of an account have."""

    @cached_property
    def found(self) -> object:
        return conversations.load(self.connection, "c1", lock=self.lock)


async def test_event_loop_and_threads_go_on_while_brief_work_waits(talking: PostgresStore, postgres_url: str) -> None:
    other = await asyncio.to_thread(psycopg.connect, postgres_url.replace("+psycopg", ""))
    await asyncio.to_thread(other.execute, "SELECT 1 FROM conversation WHERE id = 'c1' FOR UPDATE")
    locking = asyncio.create_task(talking.write(lambda c: Look(connection=c, lock=True).found, brief=True))
    await asyncio.sleep(0)  # it begins first, on the connection that is there
    await talking.read(lambda c: Look(connection=c, lock=False).found)
    await talking.write(lambda c: timer_rows.set_timer(c, "c2", "k", NOW), brief=True)
    assert not locking.done()
    await asyncio.to_thread(other.close)
    assert (await locking) is not None


async def test_work_whose_caller_has_gone_is_done_all_the_same(talking: PostgresStore, postgres_url: str) -> None:
    other = await asyncio.to_thread(psycopg.connect, postgres_url.replace("+psycopg", ""))
    await asyncio.to_thread(other.execute, "SELECT 1 FROM conversation WHERE id = 'c1' FOR UPDATE")

    def work(connection: sa.Connection) -> None:
        conversations.load(connection, "c1", lock=True)
        timer_rows.set_timer(connection, "c1", "k", NOW)

    caller = asyncio.create_task(talking.write(work, brief=True))
    await asyncio.sleep(0.05)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    await asyncio.to_thread(other.close)
    await talking.write(lambda c: conversations.load(c, "c1", lock=True))
    assert await talking.read(lambda c: timer_rows.list_due(c, NOW))


async def test_a_connection_that_breaks_under_brief_work(talking: PostgresStore, postgres_url: str) -> None:
    victims: list[int] = []

    def dies(connection: sa.Connection) -> None:
        victims.append(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
        timer_rows.set_timer(connection, "c1", "k", NOW)
        if len(victims) == 1:
            _terminate(postgres_url, victims[0])

    def dies_early(connection: sa.Connection) -> int:
        dies(connection)
        return len(timer_rows.list_due(connection, NOW))

    assert await talking.write(dies_early, brief=True) == 1
    assert len(victims) == 2
    victims.clear()
    with pytest.raises(StoreUnavailable):  # nobody knows whether it was written
        await talking.write(dies, brief=True)
    assert len(victims) == 1
