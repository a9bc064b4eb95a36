"""What both engines do: at least once, by key; the result's turn ends the call; nothing spins, is lost or told."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from services.jobs import attempt
from services.jobs.port import Done, Engine, GaveUp, TryLater
from services.store import jobs_table
from services.store.errors import StoreUnavailable
from tests.services.databases import NOW
from tests.services.jobs.outside import until
from tests.services.jobs.queueing import Engines, at, call, engine, quiet

__all__ = ["at", "engine"]

SECOND = timedelta(seconds=1)


async def test_a_call_just_committed_is_done_once_and_its_result_ends_it(at: Engines, engine: Engine) -> None:
    engine.submit(await at.commit(call("k1"), call("k2")))
    await until(lambda: len(at.outside.results) == 2)
    await quiet(engine)
    assert sorted(at.outside.begun) == [("k1", 1), ("k2", 1)]
    assert sorted(at.outside.results, key=str) == [("k1", Done({"of": "k1"})), ("k2", Done({"of": "k2"}))]
    assert await at.status("k1") == "done"


async def test_a_planned_call_is_done_when_it_is_due(at: Engines, engine: Engine) -> None:
    assert await at.commit(call("k", due=3600 * SECOND)) == []
    await quiet(engine)
    assert at.outside.begun == []
    if at.store.dialect == "postgresql":
        assert await at.jobs() == []
    at.clock.advance(3600)
    engine.wake()
    await until(lambda: at.outside.results != [])
    assert at.outside.begun == [("k", 1)]


async def test_later_is_as_the_far_end_says_or_by_the_back_off(at: Engines, engine: Engine) -> None:
    at.outside.script["k"].extend([TryLater(7 * SECOND, "busy"), TryLater(None, "busy")])
    engine.submit(await at.commit(call("k")))
    for begun, wait in ((1, 7), (2, 10), (3, 0)):
        await quiet(engine)
        assert len(at.outside.begun) == begun
        if wait:
            assert await at.store.read(jobs_table.next_planned) == at.clock.now() + wait * SECOND
            at.clock.advance(wait)
    assert at.outside.results == [("k", Done({"of": "k"}))]


async def test_after_the_last_try_it_is_given_up(at: Engines, engine: Engine) -> None:
    at.outside.script["k"].extend([TryLater(SECOND, "busy")] * 3)
    engine.submit(await at.commit(call("k")))
    for _ in range(3):
        await quiet(engine)
        at.clock.advance(1)
    await quiet(engine)
    assert at.outside.results == [("k", GaveUp("busy"))]
    assert await at.status("k") == "failed"
    assert [attempts for _, attempts in at.outside.begun] == [1, 2, 3]


async def test_a_call_that_raises_is_tried_again_with_an_alarm_that_tells_nothing_personal(
    at: Engines, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    at.outside.script["k"].append(RuntimeError("to +48600700800"))
    with capture_logs() as logs:
        engine.submit(await at.commit(call("k")))
        await quiet(engine)
    alarms = [line for line in logs if line.get("alarm")]
    assert [(line["event"], line["key"], line["error"]) for line in alarms] == [("call_raised", "k", "RuntimeError")]
    assert "600700800" not in str(logs) + caplog.text
    at.clock.advance(2)
    await quiet(engine)
    assert at.outside.results == [("k", Done({"of": "k"}))]


async def test_while_the_store_is_away_a_result_is_kept_not_made_again(
    at: Engines, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "STORE_PAUSES", (0.0,))
    at.outside.finish_script.extend([StoreUnavailable("away")] * 5)
    engine.submit(await at.commit(call("k")))
    await quiet(engine)
    assert len(at.outside.begun) == 1
    assert at.outside.results == [("k", Done({"of": "k"}))]


async def test_a_result_whose_turn_breaks_comes_again_and_ends_with_an_alarm(at: Engines, engine: Engine) -> None:
    at.outside.finish_script.extend([ValueError("broken turn")] * 3)
    with capture_logs() as logs:
        engine.submit(await at.commit(call("k")))
        for wait in (2, 10, 30):
            await quiet(engine)
            at.clock.advance(wait)
    await quiet(engine)
    assert len(at.outside.begun) == 3
    assert await at.status("k") == "failed"
    assert [line["event"] for line in logs if line.get("alarm")] == ["result_failed"] * 3 + ["call_dead"]
    assert "broken turn" not in str(logs)


async def test_no_more_at_once_than_allowed(at: Engines) -> None:
    engine = await at.started(concurrency=3)
    at.outside.hold()
    engine.submit(await at.commit(*(call(f"a{n}") for n in range(5))))
    await at.commit(*(call(f"b{n}", due=SECOND) for n in range(5)))
    at.clock.advance(1)
    engine.wake()
    await until(lambda: at.outside.running == 3)
    at.outside.free.set()
    await quiet(engine)
    assert (at.outside.most_running, len(at.outside.results)) == (3, 10)


async def test_stopping_lets_calls_end_and_gives_back_those_that_hang(at: Engines) -> None:
    first = await at.started()
    at.outside.hold()
    first.submit(await at.commit(call("k1"), call("k2")))
    await until(lambda: at.outside.running == 2)
    asyncio.get_running_loop().call_later(0.01, at.outside.free.set)
    await first.stop()
    assert len(at.outside.results) == 2
    at.outside.hold()
    second = await at.started()
    second.submit(await at.commit(call("hangs")))
    await until(lambda: at.outside.running == 1)
    await second.stop(timedelta(seconds=0.01))
    assert at.outside.running == 0
    assert await at.store.read(jobs_table.next_due) == NOW, "for anybody, at once"
    second.submit([call("too late")])
    assert len(at.outside.begun) == 3
    at.outside.free.set()
    await at.started()
    await until(lambda: len(at.outside.results) == 3)
    assert at.outside.begun[-1] == ("hangs", 2)
