"""The engine on SQLite: leftovers are taken at once, what is at hand isn't begun again, and no look is lost."""

import asyncio
from datetime import timedelta

import pytest

from services.jobs.worker import Worker
from services.store import jobs_table
from tests.kit.narrow import a
from tests.services.databases import NOW
from tests.services.jobs.outside import Watched, until
from tests.services.jobs.queueing import Engines, at, call, quiet

__all__ = ["at"]

SECOND = timedelta(seconds=1)


@pytest.fixture
def url(sqlite_url: str) -> str:
    """Here it is SQLite."""
    return sqlite_url


@pytest.fixture
async def worker(at: Engines) -> Worker:
    return a(Worker, await at.started())


async def test_what_a_dead_process_left_is_taken(at: Engines) -> None:
    await at.commit(call("k"))  # and the process dies before it runs it
    worker = at.make()
    await worker.start()
    await quiet(worker)
    assert at.outside.begun == [("k", 2)]
    assert await at.status("k") == "done"


async def test_call_at_hand_is_not_begun_again_when_the_clock_jumps_over_its_lease(at: Engines, worker: Worker) -> None:
    at.outside.hold()
    worker.submit(await at.commit(call("k")))
    await until(lambda: at.outside.running == 1)
    at.clock.advance(3600)
    worker.wake()
    claimed = 1
    async with asyncio.timeout(60):
        while claimed < 2:
            await asyncio.sleep(0.001)
            record = await at.store.read(lambda connection: jobs_table.find(connection, "k"))
            claimed = record.call.attempts if record else 0
    at.outside.free.set()
    await quiet(worker)
    assert [key for key, _ in at.outside.begun].count("k") == 1


async def test_the_lease_of_a_long_call_is_renewed(at: Engines) -> None:
    worker = at.make(lease=timedelta(seconds=0.06))
    await worker.start()
    at.outside.hold()
    worker.submit(await at.commit(call("k")))
    at.clock.advance(3600)
    renewed = None
    async with asyncio.timeout(60):
        while renewed is None or renewed < at.clock.now():
            await asyncio.sleep(0.005)
            renewed = await at.store.read(jobs_table.next_due)
    at.outside.free.set()
    await quiet(worker)
    assert len(at.outside.begun) == 1


async def test_idle_counts_what_another_hand_holds_and_not_what_is_planned(at: Engines, worker: Worker) -> None:
    await at.commit(call("later", due=SECOND))
    assert await worker.is_idle()
    mine = await at.commit(call("k"))
    assert not await worker.is_idle()  # committed, not yet submitted
    at.outside.hold()
    worker.submit(mine)
    waiting = asyncio.create_task(quiet(worker))
    await until(lambda: at.outside.running == 1)
    assert not waiting.done()
    at.outside.free.set()
    await waiting


async def test_a_wake_up_during_the_look_is_not_lost(at: Engines) -> None:
    watched = Watched(at.store)
    worker = at.make(on=watched, poll=60.0)

    async def meanwhile() -> None:
        await at.store.write(lambda connection: jobs_table.store_job(connection, call("k"), now=NOW))
        worker.wake()

    watched.after_read = meanwhile
    await worker.start()
    await until(lambda: at.outside.results != [])


async def test_an_idle_desk_writes_nothing(at: Engines) -> None:
    watched = Watched(at.store)
    worker = at.make(on=watched, poll=0.001, lease=timedelta(seconds=0.003))
    await worker.start()
    before = watched.writes
    for _ in range(20):
        worker.wake()
        await worker.is_idle()
    assert watched.writes == before


async def test_the_worker_outlives_a_store_that_is_away(at: Engines) -> None:
    watched = Watched(at.store)
    worker = at.make(on=watched)
    await worker.start()
    watched.away = 7
    await at.store.write(lambda connection: jobs_table.store_job(connection, call("k"), now=NOW))
    worker.wake()
    await until(lambda: at.outside.results != [])
    assert watched.away == 0
