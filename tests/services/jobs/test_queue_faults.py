"""The engine on PostgreSQL when a process dies or freezes, when the database goes away; the queue's traps, closed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import procrastinate.manager
import psycopg
import pytest
import sqlalchemy as sa
from procrastinate.jobs import Job
from psycopg import sql
from structlog.testing import capture_logs

from services.jobs import queue_engine, queue_jobs
from services.jobs.queue_engine import QueueEngine
from services.jobs.queue_jobs import CALL, QUEUE, Jobs, defer
from services.store import jobs_table
from services.store.database import Store
from services.store.errors import StoreUnavailable
from tests.kit.narrow import a
from tests.services.databases import NOW
from tests.services.jobs.outside import Outside, until
from tests.services.jobs.queueing import Engines, at, call, engine, jobs, quiet, url

__all__ = ["at", "engine", "url"]

ROOT = Path(__file__).parents[3]
DEAD = """
import asyncio, sys
from services.clock import SystemClock
from services.jobs.queue_engine import QueueEngine
from services.store.database import open_store

async def hangs(call):
    print(call.key, flush=True)
    await asyncio.Event().wait()

async def nothing(*_):
    pass

async def main():
    url = sys.argv[1]
    engine = QueueEngine(
        open_store(url), SystemClock(), hangs, nothing, tries=lambda _: 3, sweep_timers=nothing, url=url
    )
    await engine.start()
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A silent worker counts as dead sooner than in earnest."""
    monkeypatch.setattr(queue_engine, "HEARTBEAT_S", 0.1)
    monkeypatch.setattr(queue_engine, "STALLED_S", 0.6)


@pytest.fixture
async def beside(postgres_server: str, postgres_url: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """An administrator's connection to the server, not to the desk's database."""
    async with await psycopg.AsyncConnection.connect(postgres_server, autocommit=True) as opened:
        yield opened


async def cut(beside: psycopg.AsyncConnection[Any], url: str) -> int:
    """Ends every connection to the database; how many there were."""
    name = sa.make_url(url).database
    ended = await beside.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
    return len(await ended.fetchall())


async def test_what_a_killed_process_was_at_is_taken_up(at: Engines, postgres_url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DEAD, postgres_url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        await at.commit(call("k"))
        assert await asyncio.wait_for(process.stdout.readline(), 20) == b"k\n"
    finally:
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
    await at.make().start()
    await until(lambda: at.outside.results != [])
    assert at.outside.begun == [("k", 2)]


async def test_a_frozen_process_that_wakes_does_no_harm(at: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    awake = asyncio.Event()

    first, second = a(QueueEngine, at.make()), at.make(other := Outside(at.store))
    manager = first._worker._jobs
    beat, fetch = manager.update_heartbeat, manager.fetch_job

    async def beats(worker_id: int) -> None:
        await awake.wait()
        await beat(worker_id)

    async def fetches(queues: Iterable[str] | None, worker_id: int) -> Job | None:
        if at.outside.running:
            await awake.wait()
        return await fetch(queues, worker_id)

    monkeypatch.setattr(manager, "update_heartbeat", beats)
    monkeypatch.setattr(manager, "fetch_job", fetches)
    at.outside.hold()
    await first.start()
    await at.commit(call("k"))
    await until(lambda: at.outside.running == 1)
    await second.start()
    await until(lambda: other.results != [])
    with capture_logs() as logs:
        awake.set()
        at.outside.free.set()
        await until(lambda: any(line["event"] == "job_gone" for line in logs))
    assert at.outside.results == []  # the call had ended: what this one brought is dropped
    assert await at.status("k") == "done"
    await second.stop()
    await at.commit(call("next"))
    await until(lambda: at.outside.results != [])  # and it goes on working


async def test_a_worker_struck_off_the_list_registers_anew(at: Engines, engine: QueueEngine) -> None:
    """As happens to one that slept long: its number is nobody's any more, and it would get no job with it."""
    await at.commit(call("k"))
    await quiet(engine)
    assert await at.do("DELETE FROM procrastinate_workers") == 1
    await at.commit(call("next"))
    await until(lambda: len(at.outside.results) == 2)


async def test_the_engine_outlives_the_loss_of_all_its_connections(
    at: Engines, postgres_url: str, beside: psycopg.AsyncConnection[Any], engine: QueueEngine
) -> None:
    at.outside.hold()
    await at.commit(call("under way"))
    await until(lambda: at.outside.running == 1)
    assert await cut(beside, postgres_url) >= 3
    at.outside.free.set()
    await until(lambda: len(at.outside.results) == 1)
    await at.commit(call("next"))
    await until(lambda: len(at.outside.results) == 2)
    await quiet(engine)
    assert [key for key, _ in at.outside.begun] == ["under way", "next"]


async def test_a_call_under_way_while_the_database_is_away_is_not_made_again(
    at: Engines, postgres_url: str, beside: psycopg.AsyncConnection[Any], engine: QueueEngine
) -> None:
    """The worker ends and begins anew; the job, given out again, finds the attempt at hand."""
    database = sql.Identifier(str(sa.make_url(postgres_url).database))
    at.outside.hold()
    await at.commit(call("under way"))
    await until(lambda: at.outside.running == 1)
    await beside.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(database))
    # Which of its tasks notices first is chance, and only some say so; whichever it is, the worker that ends breaks the
    # call's job off, and can't tell the queue.
    with capture_logs() as logs:
        async with asyncio.timeout(240):
            while not any(line["event"] == "job_not_told_yet" and line["task"] == CALL for line in logs):
                await cut(beside, postgres_url)
                await asyncio.sleep(0.01)
    await beside.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(database))
    await at.commit(call("next"))
    await until(lambda: at.outside.running == 2)
    at.outside.free.set()
    await until(lambda: len(at.outside.results) == 2)
    await quiet(engine)
    assert at.outside.begun == [("under way", 1), ("next", 1)]


async def test_an_engine_ends_although_the_database_is_away(
    at: Engines, postgres_url: str, beside: psycopg.AsyncConnection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_engine, "LAST_S", 0.3)
    database = sql.Identifier(str(sa.make_url(postgres_url).database))
    at.outside.hold()
    engine = at.make()
    await engine.start()
    await at.commit(call("k"))
    await until(lambda: at.outside.running == 1)
    await beside.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(database))
    await cut(beside, postgres_url)
    await engine.stop(timedelta(seconds=0.1))
    assert at.outside.running == 0
    await beside.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(database))
    at.outside.free.set()
    await at.make().start()
    await until(lambda: at.outside.results != [])
    assert at.outside.begun == [("k", 1), ("k", 2)]


# --- the queue's traps, each closed ---


async def test_a_connection_lost_at_the_job_is_the_store_s_fault_not_turn_s(store: Store, postgres_server: str) -> None:
    """So the channel is told to ask again, instead of the customer that something went wrong."""
    lost = 0

    def turn(connection: sa.Connection) -> None:
        nonlocal lost
        pid = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        if lost < 1:
            lost += 1
            with psycopg.connect(postgres_server, autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        defer(connection, ("k",))

    await store.write(turn)
    assert lost == 1
    assert await jobs(store) == [("k", "todo")]


async def test_a_queue_that_is_locked_is_the_store_s_fault_not_the_turn_s(at: Engines, postgres_url: str) -> None:
    def turn(connection: sa.Connection) -> None:
        connection.execute(sa.text("SET LOCAL lock_timeout = '10ms'"))
        defer(connection, ("k",))

    engine = sa.create_engine(postgres_url)
    with engine.begin() as other:
        other.execute(sa.text("LOCK procrastinate_jobs"))
        with pytest.raises(StoreUnavailable):
            await at.store.write(turn)
    engine.dispose()
    await at.store.write(turn)
    assert await at.jobs() == [("k", "todo")]


async def test_a_job_announced_during_a_look_that_found_nothing_is_seen(
    at: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker forgets announcements after each look; nothing but the announcement would bring it to look again."""
    monkeypatch.setattr(queue_engine, "POLL_S", 3600.0)
    monkeypatch.setattr(queue_engine, "EVERY", "0 0 29 2 *")
    inner = procrastinate.manager.JobManager.fetch_job
    engine = a(QueueEngine, at.make())
    manager = engine._worker._jobs
    looks = 0

    async def look(self: Jobs, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        nonlocal looks
        looks += 1
        job = await inner(self, queues, worker_id)
        if looks == 2:  # the listener listens by now
            assert job is None
            heard = manager._heard
            await at.commit(call("k"))
            await until(lambda: manager._heard > heard)
        return job

    monkeypatch.setattr(procrastinate.manager.JobManager, "fetch_job", look)
    await engine.start()
    await until(lambda: looks == 1)
    listening = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query ~ '^LISTEN'"
    )
    await at.until_read(lambda connection: connection.scalar(listening))
    await at.do('SELECT pg_notify(\'procrastinate_queue_v1#okienko\', \'{"type": "job_inserted", "job_id": 0}\')')
    await until(lambda: at.outside.results != [])


async def test_many_sweeps_at_once_bring_each_call_once(postgres_pair: tuple[Store, Store]) -> None:
    one, other = postgres_pair
    for n in range(5):
        await one.write(lambda connection, n=n: jobs_table.add(connection, call(f"k{n}"), now=NOW))
    sweeps = [
        side.write(lambda connection: queue_jobs.queue_jobless_calls(connection, NOW)) for side in (one, other) * 4
    ]
    assert sorted(await asyncio.gather(*sweeps)) == [0] * 7 + [5]
    assert await jobs(one) == [(f"k{n}", "todo") for n in range(5)]


async def test_what_is_at_work_or_ended_or_planned_is_not_brought(at: Engines) -> None:
    await at.commit(call("waiting"), call("at work"), call("ended"), call("failed job"))
    await at.store.write(lambda c: jobs_table.add(c, call("planned", due=timedelta(hours=1)), now=NOW))
    await at.do("UPDATE procrastinate_jobs SET status = 'doing' WHERE queueing_lock = 'at work'")
    await at.do("UPDATE procrastinate_jobs SET status = 'failed' WHERE queueing_lock = 'failed job'")
    await at.do("DELETE FROM procrastinate_jobs WHERE queueing_lock = 'ended'")
    await at.store.write(lambda connection: jobs_table.finish(connection, "ended", "done", None))
    assert await at.store.read(lambda connection: queue_jobs.list_jobless_calls(connection, NOW)) == ("failed job",)


async def test_the_sweep_uses_the_index_of_open_calls(at: Engines) -> None:
    """A partial index, used only for literally its condition; the table holds every call that ever was."""

    def explained(connection: sa.Connection) -> str:
        connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        compiled = queue_jobs._left.compile(dialect=connection.dialect)
        values = compiled.construct_params({"now": NOW, "most": 9})
        return "\n".join(connection.exec_driver_sql(f"EXPLAIN {compiled}", values).scalars())

    assert "ix_call_due" in await at.store.write(explained)


async def test_a_job_given_back_beside_one_that_waits_makes_no_second(at: Engines, engine: QueueEngine) -> None:
    at.outside.hold()
    await at.commit(call("k"))
    await until(lambda: at.outside.running == 1)
    await at.do(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args, scheduled_at)"
        " VALUES (:queue, :task, 'k', '{\"key\": \"k\"}', now() + interval '1 hour')",
        queue=QUEUE,
        task=CALL,
    )
    await at.do("UPDATE procrastinate_jobs SET worker_id = NULL WHERE status = 'doing'")
    at_work = sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'call' AND status = 'doing'")
    await at.until_read(lambda connection: connection.scalar(at_work) == 0)
    assert await at.jobs() == [("k", "todo")]
    at.outside.free.set()
    await until(lambda: at.outside.results != [])
