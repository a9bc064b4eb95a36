"""What only the one-writer store does: group commit, its failures, one engine per file, survival of kill -9."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from services.store import conversations, events, group_commit, sqlite_files
from services.store.database import SqliteStore, open_store
from services.store.errors import StoreInUse, StoreUnavailable
from tests.kit.narrow import a
from tests.services.databases import NOW


@pytest.fixture
async def lite(sqlite_url: str) -> AsyncIterator[SqliteStore]:
    opened = a(SqliteStore, open_store(sqlite_url))
    yield opened
    await opened.close()


def put(connection: sa.Connection, name: str, size: int = 0) -> str:
    assert events.store_event(connection, events.StoredEvent(name, "c1", "k", {"fill": "x" * size}, NOW))
    return name


def names(connection: sa.Connection) -> list[str]:
    return sorted(event.id for event in events.list_due_events(connection))


def count(engine: sa.Engine, what: str) -> list[int]:
    seen: list[int] = []
    event.listen(engine, what, lambda *_: seen.append(1))
    return seen


@asynccontextmanager
async def held_up(store: SqliteStore) -> AsyncIterator[None]:
    """Holds the writer up: what is written meanwhile queues."""
    held, free = threading.Event(), threading.Event()

    def hold(_: sa.Connection) -> None:
        held.set()
        assert free.wait(10)

    first = asyncio.create_task(store.write(hold))
    await asyncio.to_thread(held.wait, 10)
    yield
    free.set()
    await first


async def together(store: SqliteStore, *works: Callable[[sa.Connection], object]) -> list[object]:
    """Runs the works in one batch."""
    async with held_up(store):
        tasks = [asyncio.create_task(store.write(work)) for work in works]
        await asyncio.sleep(0)
    return await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize(("waiting", "transactions"), [(50, 1), (300, 2)])
async def test_what_waits_is_one_transaction_up_to_a_limit(lite: SqliteStore, waiting: int, transactions: int) -> None:
    commits = count(lite._write_engine, "commit")
    await together(lite, *(lambda connection, n=n: put(connection, f"e{n}") for n in range(waiting)))
    assert len(commits) == 1 + transactions  # that which held the writer up is one of its own


async def test_durability_is_as_promised(lite: SqliteStore) -> None:
    def settings(connection: sa.Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert await lite.write(settings) == ["wal", 2, 1, 5000]


async def test_hurried_work_goes_first_and_is_not_flushed(lite: SqliteStore) -> None:
    order, said = list[str](), ("one", "two", "hurried", "three")

    def note(connection: sa.Connection, name: str) -> None:
        order.append(f"{name}:{connection.exec_driver_sql('PRAGMA synchronous').scalar_one()}")

    works = (lite.write(lambda c, name=name: note(c, name), durable=name != "hurried", brief=True) for name in said)
    await asyncio.gather(*works)
    assert order == ["hurried:1", "one:2", "two:2", "three:2"]


async def test_what_nobody_waits_for_goes_along_with_the_next_brief_work(lite: SqliteStore) -> None:
    commits, order = count(lite._write_engine, "commit"), list[str]()
    along = asyncio.create_task(lite.write(lambda _: order.append("along"), along=True))
    await asyncio.sleep(0)
    await lite.write(lambda c: order.append(f"turn:{c.exec_driver_sql('PRAGMA synchronous').scalar_one()}"), brief=True)
    await along
    assert order == ["along", "turn:2"]
    assert len(commits) == 1, "in the turn's own transaction, with its flush"


async def test_what_goes_along_goes_alone_where_nothing_comes(lite: SqliteStore) -> None:
    settings = lambda c: c.exec_driver_sql("PRAGMA synchronous").scalar_one()  # noqa: E731
    assert await asyncio.wait_for(lite.write(settings, along=True), 10) == 1, "without a flush"


async def test_four_wait_for_no_other_work(lite: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "ALONE_AFTER_S", 60)
    along = (lite.write(lambda c, n=n: put(c, f"m{n}"), along=True) for n in range(4))
    assert len(await asyncio.wait_for(asyncio.gather(*along), 10)) == 4


async def test_what_goes_along_is_written_before_the_store_is_closed(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "ALONE_AFTER_S", 60)
    store = open_store(sqlite_url)
    along = asyncio.create_task(store.write(lambda c: put(c, "mark"), along=True))
    await store.write(lambda c: put(c, "may take long"))
    assert not along.done(), "it isn't done in the thread"
    await store.close()
    assert await along == "mark"


@pytest.mark.parametrize("flush_s", [0.0, 60.0], ids=["a quick disk", "a slow disk"])
async def test_brief_work_is_done_in_the_loop_and_a_slow_flush_is_not(lite: SqliteStore, flush_s: float) -> None:
    threads, flushed = list[str](), list[str]()
    lite._writer._flush_s = flush_s
    event.listen(lite._write_engine, "commit", lambda _: flushed.append(threading.current_thread().name))
    note = lambda _: threads.append(threading.current_thread().name)  # noqa: E731

    await asyncio.gather(lite.write(note, brief=True), lite.write(note, brief=True), lite.write(note))

    here = threading.current_thread().name
    assert threads == [here, here, "store-writer_0"]
    assert flushed == [here if flush_s == 0 else "store-writer_0", "store-writer_0"]


async def test_brief_work_waits_in_the_thread_for_another_program(lite: SqliteStore, sqlite_url: str) -> None:
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(lite.write(lambda connection: put(connection, "a"), brief=True))
    assert await lite.read(names) == [], "the loop goes on"
    other.execute("ROLLBACK")
    other.close()
    assert await writing == "a"


async def test_if_the_commit_fails_each_runs_again_alone(lite: SqliteStore) -> None:
    """A reference that leads nowhere, checked at the commit, is a commit that fails for real."""
    runs: list[str] = []

    def orphan(connection: sa.Connection) -> None:
        runs.append("orphan")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        conversations.mark_delivered(connection, "nobody", 1)

    def good(connection: sa.Connection, name: str) -> str:
        runs.append(name)
        return put(connection, name)

    rollbacks = count(lite._write_engine, "commit")
    ends = await together(lite, lambda c: good(c, "a"), orphan, lambda c: good(c, "b"))
    assert ends[0] == "a"
    assert isinstance(ends[1], StoreUnavailable)
    assert ends[2] == "b"
    assert runs == ["a", "orphan", "b", "a", "orphan", "b"]
    assert len(rollbacks) == 5  # the holder's, the batch's, each one's own
    assert await lite.read(names) == ["a", "b"]
    assert await lite.read(lambda connection: conversations.delivered_seq(connection, "nobody")) == 0
    assert await lite.write(lambda connection: put(connection, "c")) == "c"


async def test_work_that_raised_in_a_failed_batch_is_judged_again(lite: SqliteStore) -> None:
    def dislikes_company(connection: sa.Connection) -> str:
        if "a" in names(connection):
            raise LookupError("not alone")
        return put(connection, "x")

    def orphan(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        conversations.mark_delivered(connection, "nobody", 1)

    ends = await together(lite, dislikes_company, lambda connection: put(connection, "a"), orphan)
    assert (ends[0], ends[1]) == ("x", "a")
    assert isinstance(ends[2], StoreUnavailable)


async def briefly(store: SqliteStore, *works: Callable[[sa.Connection], object]) -> list[object]:
    """Run the works in one batch of the event loop's own: they all are there when it looks."""
    return await asyncio.gather(*(store.write(work, brief=True) for work in works), return_exceptions=True)


async def test_of_a_brief_batch_only_what_raised_is_undone(lite: SqliteStore) -> None:
    runs = list[str]()

    def work(connection: sa.Connection, name: str) -> str:
        runs.append(name)
        put(connection, name)
        if name == "e7":
            raise ValueError("refused")
        return name

    ends = await briefly(lite, *(lambda c, n=n: work(c, f"e{n}") for n in range(16)))
    kept = [f"e{n}" for n in range(16) if n != 7]
    assert [end for end in ends if not isinstance(end, ValueError)] == kept
    assert isinstance(ends[7], ValueError)
    assert await lite.read(names) == sorted(kept)
    assert runs == [f"e{n}" for n in (*range(8), *range(16))]  # straight through, then each in a savepoint


async def test_a_brief_batch_without_a_fault_has_no_savepoint(lite: SqliteStore) -> None:
    statements = list[str]()

    def watch(connection: sa.Connection) -> None:
        a(sqlite3.Connection, connection.connection.dbapi_connection).set_trace_callback(statements.append)

    await lite.write(watch)
    await briefly(lite, *(lambda c, n=n: put(c, f"e{n}") for n in range(3)))
    begun = statements[[one.startswith("BEGIN") for one in statements].index(True) :]
    assert not any("SAVEPOINT" in one for one in begun)
    assert len(await lite.read(names)) == 3


async def test_brief_work_that_raises_alone_runs_once(lite: SqliteStore) -> None:
    runs = list[int]()

    def work(connection: sa.Connection) -> None:
        runs.append(1)
        put(connection, "e0")
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        await lite.write(work, brief=True)
    assert (runs, await lite.read(names)) == ([1], [])


@pytest.mark.parametrize("raises", [False, True])
async def test_brief_work_that_ends_the_transaction_harms_nobody(lite: SqliteStore, *, raises: bool) -> None:
    def ending(connection: sa.Connection) -> None:
        a(sqlite3.Connection, connection.connection.dbapi_connection).execute("ROLLBACK")
        if raises:
            raise ValueError("refused")

    ends = await briefly(lite, lambda c: put(c, "before"), ending, lambda c: put(c, "behind"))
    assert (ends[0], ends[2]) == ("before", "behind")
    assert isinstance(ends[1], StoreUnavailable)
    assert await lite.read(names) == ["before", "behind"]


async def test_a_brief_batch_whose_commit_fails_runs_again_one_by_one(lite: SqliteStore) -> None:
    def broken(connection: sa.Connection) -> None:
        """Leave a row that refers to nothing: SQLite refuses it at the commit."""
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        refers = "REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED"
        connection.exec_driver_sql(f"CREATE TABLE child (of_parent INTEGER {refers})")
        connection.exec_driver_sql("INSERT INTO child VALUES (1)")

    ends = await briefly(lite, lambda c: put(c, "e0"), broken, lambda c: put(c, "e1"))
    assert (ends[0], ends[2]) == ("e0", "e1")
    assert isinstance(ends[1], StoreUnavailable)
    assert await lite.read(names) == ["e0", "e1"]


async def test_a_full_disk_refuses_and_recovers(lite: SqliteStore) -> None:
    await lite.write(lambda connection: put(connection, "before"))
    pages = await lite.write(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar())
    await lite.write(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={pages}").scalar())
    ends = await together(
        lite,
        lambda connection: connection.execute(sa.text("UPDATE event SET kind = 'small'")).rowcount,
        lambda connection: put(connection, "big", 100_000),
    )
    assert ends[0] == 1
    assert isinstance(ends[1], StoreUnavailable)
    assert str(ends[1]).endswith("SQLITE_FULL"), "whoever is on call reads that the disk is full"
    assert await lite.read(names) == ["before"]
    await lite.write(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=100000").scalar())
    assert await lite.write(lambda connection: put(connection, "big", 100_000)) == "big"


async def test_work_that_ends_the_transaction_itself_is_refused_and_harms_nobody(lite: SqliteStore) -> None:
    def rude(connection: sa.Connection) -> None:
        put(connection, "rude")
        connection.exec_driver_sql("ROLLBACK")

    ends = await together(lite, lambda connection: put(connection, "a"), rude)
    assert ends[0] == "a"
    assert isinstance(ends[1], StoreUnavailable)
    assert await lite.read(names) == ["a"]


async def test_a_file_locked_by_another_program_is_503_for_all_at_once(lite: SqliteStore, sqlite_url: str) -> None:
    await lite.write(lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout=1").fetchall())
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        await lite.write(lambda connection: put(connection, "a"))
    other.execute("ROLLBACK")
    other.close()
    assert await lite.write(lambda connection: put(connection, "b")) == "b"


async def test_cancelled_before_it_began_is_never_run(lite: SqliteStore) -> None:
    async with held_up(lite):
        task = asyncio.create_task(lite.write(lambda connection: put(connection, "never")))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await lite.write(lambda connection: put(connection, "behind it"))
    assert await lite.read(names) == ["behind it"]


async def test_what_was_cancelled_holds_up_nobody(lite: SqliteStore) -> None:
    task = asyncio.create_task(lite.write(lambda connection: put(connection, "never"), durable=False, brief=True))
    behind = asyncio.create_task(lite.write(lambda connection: put(connection, "behind it"), brief=True))
    await asyncio.sleep(0)
    task.cancel()
    assert await asyncio.wait_for(behind, 10) == "behind it"
    assert await lite.read(names) == ["behind it"]


async def test_a_second_engine_on_the_file_is_refused(sqlite_url: str) -> None:
    first = open_store(sqlite_url)
    with pytest.raises(StoreInUse, match="SQLite takes one"):
        open_store(sqlite_url)
    beside = open_store(sqlite_url, engine=False)
    await beside.write(lambda connection: put(connection, "from a command"))
    assert await first.read(names) == ["from a command"]
    await beside.close()
    await first.close()
    await open_store(sqlite_url).close()


WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from services.store import events
from services.store.database import open_store
from services.store.events import StoredEvent

async def main():
    store = open_store(sys.argv[1])
    async def one(n):
        for k in range(100000):
            name = f"{n}-{k}"
            event = StoredEvent(name, "c", "k", {}, datetime(2026, 1, 1, tzinfo=UTC))
            await store.write(lambda connection: events.store_event(connection, event))
            sys.stdout.write(name + "\\n")
            sys.stdout.flush()
    await asyncio.gather(*(one(n) for n in range(20)))

asyncio.run(main())
"""


def _killed_writer(url: str) -> set[str]:
    """Starts a process that writes, kills it in the midst of it; returns what it said was written."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3], text=True
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(150)]
    process.send_signal(signal.SIGKILL)
    lines += process.stdout.read().splitlines(keepends=True)
    assert process.wait() == -signal.SIGKILL
    return {line.strip() for line in lines if line.endswith("\n")}


async def test_after_kill_9_every_acknowledged_write_is_there_and_the_file_is_free(sqlite_url: str) -> None:
    acknowledged: set[str] = set()
    for _ in range(3):
        told = await asyncio.to_thread(_killed_writer, sqlite_url)
        assert len(told) >= 150
        acknowledged |= told
        store = open_store(sqlite_url)  # at once: the dead one's lock went with it
        found = await store.write(lambda connection: set(connection.execute(sa.select(events.table.c.id)).scalars()))
        await store.write(lambda connection: connection.execute(sa.delete(events.table)))
        await store.close()
        assert told <= found
        assert len(found - told) <= 20  # committed, but the writer died before it could say so
    assert acknowledged


def test_a_file_that_is_no_database_is_refused_and_let_go(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("something else " * 100)
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            open_store(f"sqlite:///{tmp_path}/x.db")


def bytes_hold(store: SqliteStore, url: str, secret: str) -> bool:
    """Whether the file or its log has the text anywhere."""
    path = Path(url.removeprefix("sqlite:///"))
    return any(secret.encode() in file.read_bytes() for file in (path, path.with_name(path.name + "-wal")))


def delete_for_good(connection: sa.Connection) -> None:
    connection.execute(sa.text("DELETE FROM event"))
    sqlite_files.mark_for_purge(connection)


async def test_nothing_deleted_for_good_is_left_in_the_file_or_its_log(lite: SqliteStore, sqlite_url: str) -> None:
    await lite.write(lambda c: put(c, "jan@example.com"))
    assert bytes_hold(lite, sqlite_url, "jan@example.com")

    await lite.write(delete_for_good)
    await lite.write(names)

    assert not bytes_hold(lite, sqlite_url, "jan@example.com")


async def test_a_reader_is_not_waited_for_and_the_log_is_emptied_after_it(lite: SqliteStore, sqlite_url: str) -> None:
    await lite.write(lambda c: put(c, "jan@example.com"))
    reading, done = threading.Event(), threading.Event()

    def look(connection: sa.Connection) -> list[str]:
        found = names(connection)
        reading.set()
        assert done.wait(10)
        return found

    reader = asyncio.create_task(lite.read(look))
    await asyncio.to_thread(reading.wait, 10)
    await lite.write(delete_for_good)
    assert await lite.write(lambda c: put(c, "anna@example.com")) == "anna@example.com"
    assert bytes_hold(lite, sqlite_url, "jan@example.com"), "somebody reads what was there"

    done.set()
    assert await reader == ["jan@example.com"]
    assert await lite.write(names) == await lite.write(names) == ["anna@example.com"]
    assert not bytes_hold(lite, sqlite_url, "jan@example.com")
