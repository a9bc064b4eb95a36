"""The engine on SQLite: leftovers are taken at once, what is at hand isn't begun again, and no look is lost."""

import asyncio
from datetime import timedelta

import pytest

from services.clock import ManualClock
from services.jobs.worker import Worker
from services.store import jobs_table
from services.store.database import Store
from tests.kit.narrow import a
from tests.services.databases import NOW
from tests.services.jobs.outside import Outside, Watched, until
from tests.services.jobs.queueing import Made, call, clock, commit, make, outside, quiet, started, status

__all__ = ["clock", "make", "outside"]

SECOND = timedelta(seconds=1)


@pytest.fixture
def url(sqlite_url: str) -> str:
    """Here it is SQLite."""
    return sqlite_url


@pytest.fixture
async def worker(make: Made) -> Worker:
    return a(Worker, await started(make()))


async def test_what_a_dead_process_left_is_taken(
    store: Store, clock: ManualClock, make: Made, outside: Outside
) -> None:
    await commit(store, clock, call("k"))  # and the process dies before it runs it
    worker = make()
    await worker.start()
    await quiet(worker)
    assert outside.begun == [("k", 2)]
    assert await status(store, "k") == "done"


async def test_a_call_at_hand_is_not_begun_again_when_the_clock_jumps_over_its_lease(
    store: Store, clock: ManualClock, worker: Worker, outside: Outside
) -> None:
    outside.hold()
    worker.submit(await commit(store, clock, call("k")))
    await until(lambda: outside.running == 1)
    clock.advance(3600)
    worker.wake()
    claimed = 1
    async with asyncio.timeout(60):
        while claimed < 2:
            await asyncio.sleep(0.001)
            record = await store.read(lambda connection: jobs_table.find(connection, "k"))
            claimed = record.call.attempts if record else 0
    outside.free.set()
    await quiet(worker)
    assert [key for key, _ in outside.begun].count("k") == 1


async def test_the_lease_of_a_long_call_is_renewed(
    store: Store, clock: ManualClock, make: Made, outside: Outside
) -> None:
    worker = make(lease=timedelta(seconds=0.06))
    await worker.start()
    outside.hold()
    worker.submit(await commit(store, clock, call("k")))
    clock.advance(3600)
    renewed = None
    async with asyncio.timeout(60):
        while renewed is None or renewed < clock.now():
            await asyncio.sleep(0.005)
            renewed = await store.read(jobs_table.next_due)
    outside.free.set()
    await quiet(worker)
    assert len(outside.begun) == 1


async def test_idle_counts_what_another_hand_holds_and_not_what_is_planned(
    store: Store, clock: ManualClock, worker: Worker, outside: Outside
) -> None:
    await commit(store, clock, call("later", due=SECOND))
    assert await worker.is_idle()
    mine = await commit(store, clock, call("k"))
    assert not await worker.is_idle()  # committed, not yet submitted
    outside.hold()
    worker.submit(mine)
    waiting = asyncio.create_task(quiet(worker))
    await until(lambda: outside.running == 1)
    assert not waiting.done()
    outside.free.set()
    await waiting


async def test_a_wake_up_during_the_look_is_not_lost(
    store: Store, clock: ManualClock, make: Made, outside: Outside
) -> None:
    watched = Watched(store)
    worker = make(on=watched, poll=60.0)

    async def meanwhile() -> None:
        await store.write(lambda connection: jobs_table.put(connection, call("k"), now=NOW))
        worker.wake()

    watched.after_read = meanwhile
    await worker.start()
    await until(lambda: outside.results != [])


async def test_an_idle_desk_writes_nothing(store: Store, make: Made) -> None:
    watched = Watched(store)
    worker = make(on=watched, poll=0.001, lease=timedelta(seconds=0.003))
    await worker.start()
    before = watched.writes
    for _ in range(20):
        worker.wake()
        await worker.is_idle()
    assert watched.writes == before


async def test_the_worker_outlives_a_store_that_is_away(
    store: Store, clock: ManualClock, make: Made, outside: Outside
) -> None:
    watched = Watched(store)
    worker = make(on=watched)
    await worker.start()
    await store.write(lambda connection: jobs_table.put(connection, call("k"), now=NOW))
    watched.away = 7
    worker.wake()
    await until(lambda: outside.results != [])
    assert watched.away == 0
