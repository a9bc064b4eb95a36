"""The engine on PostgreSQL: a job comes with its turn, each call is done once, nothing that is due lies for long."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.clock import ManualClock
from services.jobs.port import TryLater
from services.jobs.queue_engine import QueueEngine
from services.jobs.queue_jobs import QueueOutbox
from services.store import jobs_table
from services.store.database import Store
from tests.services.databases import NOW
from tests.services.jobs.outside import Outside, until
from tests.services.jobs.queueing import (
    Made,
    call,
    clock,
    commit,
    do,
    engine,
    jobs,
    make,
    outside,
    quiet,
    url,
)

__all__ = ["clock", "engine", "make", "outside", "url"]

SECOND = timedelta(seconds=1)


async def test_the_job_comes_and_goes_with_the_turn_s_transaction(store: Store, clock: ManualClock) -> None:
    outbox = QueueOutbox(clock)

    def turn(connection: sa.Connection) -> None:
        outbox.put(connection, call("lost"))
        raise ValueError("a faulty dialog")

    with pytest.raises(ValueError, match="faulty"):
        await store.write(turn)
    assert await jobs(store) == []
    assert await store.read(lambda connection: jobs_table.find(connection, "lost")) is None
    await commit(store, clock, call("k"))
    assert await jobs(store) == [("k", "todo")]


async def test_a_call_put_twice_has_one_job(store: Store, clock: ManualClock) -> None:
    """Told by RETURNING: the row count of ON CONFLICT DO NOTHING is -1 with this driver, for new and old alike."""
    await commit(store, clock, call("k"))
    await commit(store, clock, call("k"), call("k"))
    assert await jobs(store) == [("k", "todo")]


async def test_neither_what_waits_nor_what_is_at_work_holds_up_its_conversation(
    store: Store, clock: ManualClock, engine: QueueEngine, outside: Outside
) -> None:
    """A job with a lock would, and one that is planned ahead for all that time."""
    outside.script["first"].append(TryLater(3600 * SECOND, "busy"))
    await commit(store, clock, call("first"), call("planned", due=3600 * SECOND))
    await quiet(engine)
    outside.hold()
    await commit(store, clock, call("second"), call("third"))
    await until(lambda: outside.running == 2)


async def test_a_job_of_a_call_that_was_put_off_or_ended_does_nothing(
    store: Store, clock: ManualClock, make: Made, outside: Outside
) -> None:
    """As when a process died between the call's end and its job's."""
    await commit(store, clock, call("off"), call("ended"), call("k"))
    await store.write(lambda connection: jobs_table.retry_later(connection, "off", NOW + SECOND))
    await store.write(lambda connection: jobs_table.finish(connection, "ended", "done", None))
    engine = make()
    await engine.start()
    await until(lambda: outside.results != [])
    assert outside.begun == [("k", 1)]
    clock.advance(1)
    await quiet(engine)
    assert outside.begun == [("k", 1), ("off", 1)]


async def test_a_machine_whose_clock_is_a_little_behind_takes_its_share(
    store: Store, clock: ManualClock, make: Made, outside: Outside
) -> None:
    await commit(store, clock, call("k"))
    await make(at=ManualClock(NOW - 0.4 * SECOND)).start()
    await until(lambda: outside.results != [])


async def test_two_engines_share_the_work_and_do_each_call_once(
    store: Store, clock: ManualClock, make: Made, outside: Outside
) -> None:
    other = Outside(store)
    outside.hold()
    other.hold()
    engines = make(concurrency=8), make(other, concurrency=8)
    for one in engines:
        await one.start()
    await commit(store, clock, *(call(f"k{n:02}") for n in range(40)))
    await until(lambda: outside.running == other.running == 8)
    outside.free.set()
    other.free.set()
    for one in engines:
        await quiet(one)
    assert sorted(key for key, _ in outside.begun + other.begun) == [f"k{n:02}" for n in range(40)]
    assert {attempts for _, attempts in outside.begun + other.begun} == {1}


async def test_a_lost_job_is_brought_again(store: Store, clock: ManualClock, make: Made, outside: Outside) -> None:
    engine = make()
    await commit(store, clock, call("k"))
    assert await do(store, "DELETE FROM procrastinate_jobs WHERE task_name = 'call'") == 1
    await engine.start()
    await until(lambda: outside.results != [])  # nobody woke it


async def test_the_sweep_is_the_queue_s_own(
    store: Store, clock: ManualClock, make: Made, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    fired = asyncio.Event()

    async def timers() -> None:
        fired.set()

    engine = make(sweep_timers=timers)
    monkeypatch.setattr(engine._waker, "wake", lambda: None)
    await engine.start()
    await asyncio.wait_for(fired.wait(), 10)
    fired.clear()
    await store.write(lambda connection: jobs_table.add(connection, call("k"), now=NOW))
    await until(lambda: outside.results != [])
    await asyncio.wait_for(fired.wait(), 10)


async def test_a_job_nobody_was_told_of_is_found(
    store: Store, clock: ManualClock, engine: QueueEngine, outside: Outside
) -> None:
    await do(store, "DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs")
    await commit(store, clock, call("k"))
    await until(lambda: outside.results != [])


async def test_idle_counts_what_another_process_is_at(
    store: Store, clock: ManualClock, engine: QueueEngine, make: Made, outside: Outside
) -> None:
    watching = make(Outside(store))  # never started
    assert await watching.is_idle()
    outside.hold()
    await commit(store, clock, call("k"), call("later", due=SECOND))
    await until(lambda: outside.running == 1)
    assert not await watching.is_idle()
    outside.free.set()
    await quiet(watching)
    assert [key for key, _ in outside.results] == ["k"]
