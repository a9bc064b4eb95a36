"""What both engines do: at least once, by key; the result's turn ends the call; nothing spins, is lost or told."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from services.clock import ManualClock
from services.jobs import attempt
from services.jobs.port import Done, Engine, GaveUp, TryLater
from services.store import jobs_table
from services.store.database import Store
from services.store.errors import StoreUnavailable
from tests.services.databases import NOW
from tests.services.jobs.outside import Outside, until
from tests.services.jobs.queueing import (
    Made,
    call,
    clock,
    commit,
    engine,
    jobs,
    make,
    outside,
    quiet,
    started,
    status,
)

__all__ = ["clock", "engine", "make", "outside"]

SECOND = timedelta(seconds=1)


async def test_a_call_just_committed_is_done_once_and_its_result_ends_it(
    store: Store, clock: ManualClock, engine: Engine, outside: Outside
) -> None:
    engine.submit(await commit(store, clock, call("k1"), call("k2")))
    await until(lambda: len(outside.results) == 2)
    await quiet(engine)
    assert sorted(outside.begun) == [("k1", 1), ("k2", 1)]
    assert sorted(outside.results, key=str) == [("k1", Done({"of": "k1"})), ("k2", Done({"of": "k2"}))]
    assert await status(store, "k1") == "done"


async def test_a_planned_call_is_done_when_it_is_due(
    store: Store, clock: ManualClock, engine: Engine, outside: Outside
) -> None:
    assert await commit(store, clock, call("k", due=3600 * SECOND)) == []
    await quiet(engine)
    assert outside.begun == []
    if store.dialect == "postgresql":
        assert await jobs(store) == []
    clock.advance(3600)
    engine.wake()
    await until(lambda: outside.results != [])
    assert outside.begun == [("k", 1)]


async def test_later_is_as_the_far_end_says_or_by_the_back_off(
    store: Store, clock: ManualClock, engine: Engine, outside: Outside
) -> None:
    outside.script["k"].extend([TryLater(7 * SECOND, "busy"), TryLater(None, "busy")])
    engine.submit(await commit(store, clock, call("k")))
    for begun, wait in ((1, 7), (2, 10), (3, 0)):
        await quiet(engine)
        assert len(outside.begun) == begun
        if wait:
            assert await store.read(jobs_table.next_planned) == clock.now() + wait * SECOND
            clock.advance(wait)
    assert outside.results == [("k", Done({"of": "k"}))]


async def test_after_the_last_try_it_is_given_up(
    store: Store, clock: ManualClock, engine: Engine, outside: Outside
) -> None:
    outside.script["k"].extend([TryLater(SECOND, "busy")] * 3)
    engine.submit(await commit(store, clock, call("k")))
    for _ in range(3):
        await quiet(engine)
        clock.advance(1)
    await quiet(engine)
    assert outside.results == [("k", GaveUp("busy"))]
    assert await status(store, "k") == "failed"
    assert [attempts for _, attempts in outside.begun] == [1, 2, 3]


async def test_a_call_that_raises_is_tried_again_with_an_alarm_that_tells_nothing_personal(
    store: Store, clock: ManualClock, engine: Engine, outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    outside.script["k"].append(RuntimeError("to +48600700800"))
    with capture_logs() as logs:
        engine.submit(await commit(store, clock, call("k")))
        await quiet(engine)
    alarms = [line for line in logs if line.get("alarm")]
    assert [(line["event"], line["key"], line["error"]) for line in alarms] == [("call_raised", "k", "RuntimeError")]
    assert "600700800" not in str(logs) + caplog.text
    clock.advance(2)
    await quiet(engine)
    assert outside.results == [("k", Done({"of": "k"}))]


async def test_while_the_store_is_away_a_result_is_kept_not_made_again(
    store: Store, clock: ManualClock, engine: Engine, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "STORE_PAUSES", (0.0,))
    outside.finish_script.extend([StoreUnavailable("away")] * 5)
    engine.submit(await commit(store, clock, call("k")))
    await quiet(engine)
    assert len(outside.begun) == 1
    assert outside.results == [("k", Done({"of": "k"}))]


async def test_a_result_whose_turn_breaks_comes_again_and_ends_with_an_alarm(
    store: Store, clock: ManualClock, engine: Engine, outside: Outside
) -> None:
    outside.finish_script.extend([ValueError("broken turn")] * 3)
    with capture_logs() as logs:
        engine.submit(await commit(store, clock, call("k")))
        for wait in (2, 10, 30):
            await quiet(engine)
            clock.advance(wait)
    await quiet(engine)
    assert len(outside.begun) == 3
    assert await status(store, "k") == "failed"
    assert [line["event"] for line in logs if line.get("alarm")] == ["result_failed"] * 3 + ["call_dead"]
    assert "broken turn" not in str(logs)


async def test_no_more_at_once_than_allowed(store: Store, clock: ManualClock, make: Made, outside: Outside) -> None:
    engine = await started(make(concurrency=3))
    outside.hold()
    engine.submit(await commit(store, clock, *(call(f"a{n}") for n in range(5))))
    await commit(store, clock, *(call(f"b{n}", due=SECOND) for n in range(5)))
    clock.advance(1)
    engine.wake()
    await until(lambda: outside.running == 3)
    outside.free.set()
    await quiet(engine)
    assert outside.most_running == 3
    assert len(outside.results) == 10


async def test_stopping_lets_calls_end_and_gives_back_those_that_hang(
    store: Store, clock: ManualClock, make: Made, outside: Outside
) -> None:
    first = await started(make())
    outside.hold()
    first.submit(await commit(store, clock, call("k1"), call("k2")))
    await until(lambda: outside.running == 2)
    asyncio.get_running_loop().call_later(0.01, outside.free.set)
    await first.stop()
    assert len(outside.results) == 2
    outside.hold()
    second = await started(make())
    second.submit(await commit(store, clock, call("hangs")))
    await until(lambda: outside.running == 1)
    await second.stop(timedelta(seconds=0.01))
    assert outside.running == 0
    assert await store.read(jobs_table.next_due) == NOW, "for anybody, at once"
    second.submit([call("too late")])
    assert len(outside.begun) == 3
    outside.free.set()
    await started(make())
    await until(lambda: len(outside.results) == 3)
    assert outside.begun[-1] == ("hangs", 2)
