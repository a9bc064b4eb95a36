"""Background tasks: a loop that fails says so and begins again; a task that fails says so."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from structlog.testing import capture_logs

from services import tasks
from services.clock import SystemClock
from services.store.errors import StoreUnavailable
from tests.bot.handlers.telegram.bot_api import until
from tests.kit.clock import ManualClock


class Boom(Exception):
    """Holds what a customer wrote."""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr(tasks, "LONGEST_PAUSE_S", 0.0)


def loop_named(name: str) -> tasks.Loop:
    return tasks.loops()[name][0]


@pytest.mark.parametrize(
    "error", [Boom("512 345 678"), ExceptionGroup("both", [Boom("anna@example.com")]), KeyError("x")]
)
async def test_a_loop_that_fails_alarms_and_begins_again(error: Exception) -> None:
    begun: list[int] = []

    async def body() -> None:
        begun.append(1)
        if len(begun) < 3:
            raise error
        await asyncio.Event().wait()

    with capture_logs() as log:
        task = tasks.keep("odd", body)
        await until(lambda: len(begun) == 3)
    assert [(line["event"], line["alarm"], line["loop"]) for line in log] == [("loop_failed", True, "odd")] * 2
    assert "512" not in str(log)
    assert "anna" not in str(log)
    assert {line["error"] for line in log} <= {"Boom", "KeyError"}, "a group names what was raised in it"
    assert loop_named("odd").failures == 2
    assert loop_named("odd").down_since is None
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert "odd" not in tasks.loops()


async def test_one_that_fails_for_ever_is_named_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "FIRST_PAUSE_S", 3600.0)

    async def body() -> None:
        raise Boom

    task = tasks.keep("for ever", body)
    await until(lambda: loop_named("for ever").down_since is not None)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_database_away_wakes_nobody() -> None:
    async def body() -> None:
        raise StoreUnavailable("away")

    with capture_logs() as log:
        task = tasks.keep("waiting", body)
        await until(lambda: len(log) > 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    found = {(line["event"], line["log_level"], line.get("alarm")) for line in log}
    assert found == {("loop_waits_for_the_database", "warning", None)}


async def test_a_task_that_fails_is_told_unless_somebody_awaits_it() -> None:
    async def work() -> int:
        raise Boom("words")

    with capture_logs() as log:
        await asyncio.gather(tasks.spawn("aside", work()), return_exceptions=True)
        with pytest.raises(Boom):
            await tasks.spawn("awaited", work(), awaited=True)
        await asyncio.sleep(0)
    found = [(line["event"], line["task"], line["alarm"], line["error"]) for line in log]
    assert found == [("task_failed", "aside", True, "Boom")]


# --- clock ---


def test_the_system_clock_is_aware_and_moves_with_its_offset() -> None:
    clock = SystemClock()
    before = clock.now()
    assert before.utcoffset() == timedelta(0)
    clock.offset = timedelta(days=3)
    assert timedelta(days=3) <= clock.now() - before < timedelta(days=3, minutes=1)


def test_the_manual_clock_stands_until_told() -> None:
    clock = ManualClock(datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    assert clock.advance(90) == datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC) == clock.now()


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        ManualClock(datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake itself
