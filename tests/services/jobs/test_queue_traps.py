"""The queue's traps, each closed: announcements forgotten, two jobs for one call, whose fault it is when it is away."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import procrastinate.manager
import psycopg
import pytest
import sqlalchemy as sa
from procrastinate.jobs import Job

from services.clock import ManualClock
from services.jobs import queue_jobs, queue_worker
from services.jobs.queue_engine import QueueEngine
from services.jobs.queue_jobs import CALL, QUEUE, Jobs, defer
from services.store import jobs_table
from services.store.database import Store
from services.store.errors import StoreUnavailable
from tests.services.databases import NOW
from tests.services.jobs.outside import Outside, until
from tests.services.jobs.queueing import Made, call, clock, commit, do, engine, jobs, make, outside, store, until_read

__all__ = ["clock", "engine", "make", "outside", "store"]


async def test_a_connection_lost_at_the_job_is_the_store_s_fault_not_the_turn_s(
    store: Store, postgres_server: str
) -> None:
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


async def test_a_queue_that_is_locked_is_the_store_s_fault_not_the_turn_s(store: Store, postgres_url: str) -> None:
    def turn(connection: sa.Connection) -> None:
        connection.execute(sa.text("SET LOCAL lock_timeout = '10ms'"))
        defer(connection, ("k",))

    engine = sa.create_engine(postgres_url)
    with engine.begin() as other:
        other.execute(sa.text("LOCK procrastinate_jobs"))
        with pytest.raises(StoreUnavailable):
            await store.write(turn)
    engine.dispose()
    await store.write(turn)
    assert await jobs(store) == [("k", "todo")]


async def test_a_job_announced_during_a_look_that_found_nothing_is_seen(
    store: Store, clock: ManualClock, make: Made, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker forgets announcements after each look; nothing but the announcement would bring it to look again."""
    monkeypatch.setattr(queue_worker, "POLL_S", 3600.0)
    monkeypatch.setattr(queue_worker, "EVERY", "0 0 29 2 *")
    inner = procrastinate.manager.JobManager.fetch_job
    engine = make()
    manager = engine._worker._jobs
    looks = 0

    async def look(self: Jobs, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        nonlocal looks
        looks += 1
        job = await inner(self, queues, worker_id)
        if looks == 2:  # the listener listens by now
            assert job is None
            heard = manager._heard
            await commit(store, clock, call("k"))
            await until(lambda: manager._heard > heard)
        return job

    monkeypatch.setattr(procrastinate.manager.JobManager, "fetch_job", look)
    await engine.start()
    await until(lambda: looks == 1)
    listening = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query ~ '^LISTEN'"
    )
    await until_read(store, lambda connection: connection.scalar(listening))
    await do(store, 'SELECT pg_notify(\'procrastinate_queue_v1#okienko\', \'{"type": "job_inserted", "job_id": 0}\')')
    await until(lambda: outside.results != [])


async def test_many_sweeps_at_once_bring_each_call_once(postgres_pair: tuple[Store, Store]) -> None:
    one, other = postgres_pair
    for n in range(5):
        await one.write(lambda connection, n=n: jobs_table.add(connection, call(f"k{n}"), now=NOW))
    sweeps = [side.write(lambda connection: queue_jobs.bring(connection, NOW)) for side in (one, other) * 4]
    assert sorted(await asyncio.gather(*sweeps)) == [0] * 7 + [5]
    assert await jobs(one) == [(f"k{n}", "todo") for n in range(5)]


async def test_what_is_at_work_or_ended_or_planned_is_not_brought(store: Store, clock: ManualClock) -> None:
    await commit(store, clock, call("waiting"), call("at work"), call("ended"), call("failed job"))
    await store.write(lambda connection: jobs_table.add(connection, call("planned", due=timedelta(hours=1)), now=NOW))
    await do(store, "UPDATE procrastinate_jobs SET status = 'doing' WHERE queueing_lock = 'at work'")
    await do(store, "UPDATE procrastinate_jobs SET status = 'failed' WHERE queueing_lock = 'failed job'")
    await do(store, "DELETE FROM procrastinate_jobs WHERE queueing_lock = 'ended'")
    await store.write(lambda connection: jobs_table.finish(connection, "ended", "done", None))
    assert await store.read(lambda connection: queue_jobs.left(connection, NOW)) == ("failed job",)


async def test_the_sweep_uses_the_index_of_open_calls(store: Store) -> None:
    """A partial index, used only for literally its condition; the table holds every call that ever was."""

    def explained(connection: sa.Connection) -> str:
        connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        compiled = queue_jobs._left.compile(dialect=connection.dialect)
        values = compiled.construct_params({"now": NOW, "most": 9})
        return "\n".join(connection.exec_driver_sql(f"EXPLAIN {compiled}", values).scalars())

    assert "ix_call_due" in await store.write(explained)


async def test_a_job_given_back_beside_one_that_waits_makes_no_second(
    store: Store, clock: ManualClock, engine: QueueEngine, outside: Outside
) -> None:
    outside.hold()
    await commit(store, clock, call("k"))
    await until(lambda: outside.running == 1)
    await do(
        store,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args, scheduled_at)"
        " VALUES (:queue, :task, 'k', '{\"key\": \"k\"}', now() + interval '1 hour')",
        queue=QUEUE,
        task=CALL,
    )
    await do(store, "UPDATE procrastinate_jobs SET worker_id = NULL WHERE status = 'doing'")
    at_work = sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'call' AND status = 'doing'")
    await until_read(store, lambda connection: connection.scalar(at_work) == 0)
    assert await jobs(store) == [("k", "todo")]
    outside.free.set()
    await until(lambda: outside.results != [])
