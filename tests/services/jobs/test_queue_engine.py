"""The engine on PostgreSQL: a job comes with its turn, each call is done once, nothing that is due lies for long."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.jobs.port import TryLater
from services.jobs.queue_engine import QueueEngine
from services.jobs.queue_jobs import QueueOutbox
from services.store import jobs_table
from tests.kit.clock import ManualClock
from tests.kit.narrow import a
from tests.services.databases import NOW
from tests.services.jobs.outside import Outside, until
from tests.services.jobs.queueing import Engines, at, call, engine, quiet, url

__all__ = ["at", "engine", "url"]

SECOND = timedelta(seconds=1)


async def test_the_job_comes_and_goes_with_the_turn_s_transaction(at: Engines) -> None:
    outbox = QueueOutbox(at.clock)

    def turn(connection: sa.Connection) -> None:
        outbox.put(connection, call("lost"))
        raise ValueError("a faulty dialog")

    with pytest.raises(ValueError, match="faulty"):
        await at.store.write(turn)
    assert await at.jobs() == []
    assert await at.store.read(lambda connection: jobs_table.find(connection, "lost")) is None
    await at.commit(call("k"))
    assert await at.jobs() == [("k", "todo")]


async def test_a_call_put_twice_has_one_job(at: Engines) -> None:
    """Told by RETURNING: the row count of ON CONFLICT DO NOTHING is -1 with this driver, for new and old alike."""
    await at.commit(call("k"))
    await at.commit(call("k"), call("k"))
    assert await at.jobs() == [("k", "todo")]


async def test_neither_what_waits_nor_what_is_at_work_holds_up_its_conversation(
    at: Engines, engine: QueueEngine
) -> None:
    """A job with a lock would, and one that is planned ahead for all that time."""
    at.outside.script["first"].append(TryLater(3600 * SECOND, "busy"))
    await at.commit(call("first"), call("planned", due=3600 * SECOND))
    await quiet(engine)
    at.outside.hold()
    await at.commit(call("second"), call("third"))
    await until(lambda: at.outside.running == 2)


async def test_a_job_of_a_call_that_was_put_off_or_ended_does_nothing(at: Engines) -> None:
    """As when a process died between the call's end and its job's."""
    await at.commit(call("off"), call("ended"), call("k"))
    await at.store.write(lambda connection: jobs_table.retry_later(connection, "off", NOW + SECOND))
    await at.store.write(lambda connection: jobs_table.finish(connection, "ended", "done", None))
    engine = at.make()
    await engine.start()
    await until(lambda: at.outside.results != [])
    assert at.outside.begun == [("k", 1)]
    at.clock.advance(1)
    await quiet(engine)
    assert at.outside.begun == [("k", 1), ("off", 1)]


async def test_a_machine_whose_clock_is_a_little_behind_takes_its_share(at: Engines) -> None:
    await at.commit(call("k"))
    await at.make(at=ManualClock(NOW - 0.4 * SECOND)).start()
    await until(lambda: at.outside.results != [])


async def test_two_engines_share_the_work_and_do_each_call_once(at: Engines) -> None:
    other = Outside(at.store)
    at.outside.hold()
    other.hold()
    engines = at.make(concurrency=8), at.make(other, concurrency=8)
    for one in engines:
        await one.start()
    await at.commit(*(call(f"k{n:02}") for n in range(40)))
    await until(lambda: at.outside.running == other.running == 8)
    at.outside.free.set()
    other.free.set()
    for one in engines:
        await quiet(one)
    assert sorted(key for key, _ in at.outside.begun + other.begun) == [f"k{n:02}" for n in range(40)]
    assert {attempts for _, attempts in at.outside.begun + other.begun} == {1}


async def test_a_lost_job_is_brought_again(at: Engines) -> None:
    engine = at.make()
    await at.commit(call("k"))
    assert await at.do("DELETE FROM procrastinate_jobs WHERE task_name = 'call'") == 1
    await engine.start()
    await until(lambda: at.outside.results != [])  # nobody woke it


async def test_the_sweep_is_the_queue_s_own(at: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    fired = asyncio.Event()

    async def timers() -> None:
        fired.set()

    engine = a(QueueEngine, at.make(sweep_timers=timers))
    monkeypatch.setattr(engine._waker, "wake", lambda: None)
    await engine.start()
    await asyncio.wait_for(fired.wait(), 10)
    fired.clear()
    await at.store.write(lambda connection: jobs_table.add(connection, call("k"), now=NOW))
    await until(lambda: at.outside.results != [])
    await asyncio.wait_for(fired.wait(), 10)


async def test_a_job_nobody_was_told_of_is_found(at: Engines, engine: QueueEngine) -> None:
    await at.do("DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs")
    await at.commit(call("k"))
    await until(lambda: at.outside.results != [])


async def test_idle_counts_what_another_process_is_at(at: Engines, engine: QueueEngine) -> None:
    watching = at.make(Outside(at.store))  # never started
    assert await watching.is_idle()
    at.outside.hold()
    await at.commit(call("k"), call("later", due=SECOND))
    await until(lambda: at.outside.running == 1)
    assert not await watching.is_idle()
    at.outside.free.set()
    await quiet(watching)
    assert [key for key, _ in at.outside.results] == ["k"]
