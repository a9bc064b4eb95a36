"""The worker: at least once, by key; the result's turn ends the call; leftovers are taken; nothing spins or is lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.clock import ManualClock
from services.jobs import attempt
from services.jobs.port import Done, GaveUp, StoredJob, TryLater
from services.jobs.worker import LEASE, SqliteOutbox, Worker
from services.store import jobs_table
from services.store.database import Store
from services.store.errors import StoreUnavailable
from tests.kit.narrow import present
from tests.services.databases import NOW
from tests.services.jobs.outside import Outside, Watched, until

Made = Callable[..., Worker]
SECOND = timedelta(seconds=1)


def call(key: str, due: timedelta = timedelta(0)) -> StoredJob:
    return StoredJob(key, "c1", "m1", "sms", {"to": "+48600700800"}, background=False, due_at=NOW + due)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def outside(store: Store) -> Outside:
    return Outside(store)


@pytest.fixture
async def make(store: Store, clock: ManualClock, outside: Outside) -> AsyncIterator[Made]:
    """Makes workers of the outside on the store; they are stopped at the end."""
    made: list[Worker] = []

    def one(on: Any = store, **settings: Any) -> Worker:
        given: dict[str, Any] = {"tries": lambda _: 3, "poll": 0.01} | settings
        made.append(Worker(on, clock, outside.execute, outside.finish, **given))
        return made[-1]

    yield one
    outside.free.set()
    for worker in made:
        await worker.stop(timedelta(0))


@pytest.fixture
async def worker(make: Made) -> Worker:
    started = make()
    await started.start()
    return started


async def quiet(worker: Worker) -> None:
    """Waits until the worker has nothing to do; a worker that never gets there is a failure, not a hang."""
    async with asyncio.timeout(60):
        await worker.idle()


async def commit(store: Store, clock: ManualClock, *some: StoredJob) -> list[StoredJob]:
    """A turn's commit; returns the calls that this process is to run."""
    outbox = SqliteOutbox(clock)
    return await store.write(lambda connection: [one for one in some if outbox.put(connection, one)])


async def status(store: Store, key: str) -> str:
    return present(await store.read(lambda connection: jobs_table.find(connection, key))).status


async def test_a_call_just_committed_is_run_at_once_and_its_result_ends_it(
    store: Store, clock: ManualClock, worker: Worker, outside: Outside
) -> None:
    worker.submit(await commit(store, clock, call("k1"), call("k2")))
    await quiet(worker)
    assert sorted(outside.begun) == [("k1", 1), ("k2", 1)]
    assert sorted(outside.results, key=str) == [("k1", Done({"of": "k1"})), ("k2", Done({"of": "k2"}))]
    assert await status(store, "k1") == "done"


async def test_what_a_dead_process_left_is_taken(
    store: Store, clock: ManualClock, make: Made, outside: Outside
) -> None:
    await commit(store, clock, call("k"))  # and the process dies before it runs it
    worker = make()
    await worker.start()
    if not store.exclusive:  # another process may still be at it, until the lease is over
        assert not await worker.is_idle()
        assert outside.begun == []
        clock.advance(LEASE.total_seconds())
    await quiet(worker)
    assert outside.begun == [("k", 2)]
    assert await status(store, "k") == "done"


async def test_a_planned_call_is_run_when_it_is_due(
    store: Store, clock: ManualClock, worker: Worker, outside: Outside
) -> None:
    assert await commit(store, clock, call("k", due=60 * SECOND)) == []
    await quiet(worker)
    assert outside.begun == []
    clock.advance(60)
    await quiet(worker)
    assert outside.begun == [("k", 1)]


async def test_later_is_as_the_far_end_says_or_by_the_back_off(
    store: Store, clock: ManualClock, worker: Worker, outside: Outside
) -> None:
    outside.script["k"].extend([TryLater(7 * SECOND, "busy"), TryLater(None, "busy")])
    worker.submit(await commit(store, clock, call("k")))
    for begun, wait in ((1, 7), (2, 10), (3, 0)):
        await quiet(worker)
        assert len(outside.begun) == begun
        if wait:
            assert await store.read(jobs_table.next_due) == clock.now() + wait * SECOND
            clock.advance(wait)
    assert outside.results == [("k", Done({"of": "k"}))]


async def test_after_the_last_try_it_is_given_up(
    store: Store, clock: ManualClock, worker: Worker, outside: Outside
) -> None:
    outside.script["k"].extend([TryLater(SECOND, "busy")] * 3)
    worker.submit(await commit(store, clock, call("k")))
    for _ in range(3):
        await quiet(worker)
        clock.advance(1)
    await quiet(worker)
    assert outside.results == [("k", GaveUp("busy"))]
    assert await status(store, "k") == "failed"
    assert [attempts for _, attempts in outside.begun] == [1, 2, 3]


async def test_a_call_that_raises_is_tried_again_with_an_alarm_that_tells_nothing_personal(
    store: Store, clock: ManualClock, worker: Worker, outside: Outside
) -> None:
    outside.script["k"].append(RuntimeError("to +48600700800"))
    with capture_logs() as logs:
        worker.submit(await commit(store, clock, call("k")))
        await quiet(worker)
    alarms = [line for line in logs if line.get("alarm")]
    assert [(line["event"], line["key"], line["error"]) for line in alarms] == [("call_raised", "k", "RuntimeError")]
    assert "600700800" not in str(logs)
    clock.advance(2)
    await quiet(worker)
    assert outside.results == [("k", Done({"of": "k"}))]


async def test_while_the_store_is_away_a_result_is_kept_not_made_again(
    store: Store, clock: ManualClock, worker: Worker, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "STORE_PAUSES", (0.0,))
    outside.finish_script.extend([StoreUnavailable("away")] * 5)
    worker.submit(await commit(store, clock, call("k")))
    await quiet(worker)
    assert len(outside.begun) == 1
    assert outside.results == [("k", Done({"of": "k"}))]


async def test_a_result_whose_turn_breaks_comes_again_and_ends_with_an_alarm(
    store: Store, clock: ManualClock, worker: Worker, outside: Outside
) -> None:
    outside.finish_script.extend([ValueError("broken turn")] * 3)
    with capture_logs() as logs:
        worker.submit(await commit(store, clock, call("k")))
        for wait in (2, 10, 30):
            await quiet(worker)
            clock.advance(wait)
    await quiet(worker)
    assert len(outside.begun) == 3
    assert await status(store, "k") == "failed"
    assert [line["event"] for line in logs if line.get("alarm")] == ["result_failed"] * 3 + ["call_dead"]
    assert "broken turn" not in str(logs)


async def test_no_more_at_once_than_allowed(store: Store, clock: ManualClock, make: Made, outside: Outside) -> None:
    worker = make(concurrency=3)
    await worker.start()
    outside.hold()
    worker.submit(await commit(store, clock, *(call(f"a{n}") for n in range(5))))
    await commit(store, clock, *(call(f"b{n}", due=SECOND) for n in range(5)))
    clock.advance(1)
    worker.wake()
    await until(lambda: outside.running == 3)
    outside.free.set()
    await quiet(worker)
    assert outside.most_running == 3
    assert len(outside.results) == 10


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


async def test_stopping_lets_calls_end_and_gives_back_those_that_hang(
    store: Store, clock: ManualClock, make: Made, outside: Outside
) -> None:
    worker = make()
    await worker.start()
    outside.hold()
    worker.submit(await commit(store, clock, call("k1"), call("k2")))
    await until(lambda: outside.running == 2)
    asyncio.get_running_loop().call_later(0.01, outside.free.set)
    await worker.stop()
    assert len(outside.results) == 2

    outside.hold()
    second = make()
    await second.start()
    second.submit(await commit(store, clock, call("hangs")))
    await until(lambda: outside.running == 1)
    await second.stop(timedelta(seconds=0.01))
    assert outside.running == 0
    assert await store.read(jobs_table.next_due) == NOW  # free at once
    second.submit([call("too late")])
    assert len(outside.begun) == 3


async def test_several_processes_share_the_work(postgres_pair: tuple[Store, Store], clock: ManualClock) -> None:
    outsides = [Outside(store) for store in postgres_pair]
    workers = [
        Worker(outside.store, clock, outside.execute, outside.finish, tries=lambda _: 3, concurrency=4, poll=0.01)
        for outside in outsides
    ]
    await commit(postgres_pair[0], clock, *(call(f"k{n:02}", due=SECOND) for n in range(40)))
    clock.advance(1)
    for worker in workers:
        await worker.start()
    for worker in workers:
        await quiet(worker)
        await worker.stop()
    begun = [key for outside in outsides for key, _ in outside.begun]
    assert sorted(begun) == [f"k{n:02}" for n in range(40)]


async def test_a_wake_up_during_the_look_is_not_lost(
    store: Store, clock: ManualClock, make: Made, outside: Outside
) -> None:
    watched = Watched(store)
    worker = make(watched, poll=60.0)

    async def meanwhile() -> None:
        await store.write(lambda connection: jobs_table.put(connection, call("k"), now=NOW))
        worker.wake()

    watched.after_read = meanwhile
    await worker.start()
    await until(lambda: outside.results != [])


async def test_an_idle_desk_writes_nothing(store: Store, make: Made) -> None:
    watched = Watched(store)
    worker = make(watched, poll=0.001, lease=timedelta(seconds=0.003))
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
    worker = make(watched)
    await worker.start()
    await store.write(lambda connection: jobs_table.put(connection, call("k"), now=NOW))
    watched.away = 7
    worker.wake()
    await until(lambda: outside.results != [])
    assert watched.away == 0
