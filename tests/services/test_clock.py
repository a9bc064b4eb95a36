from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.clock import ManualClock, SystemClock


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
