"""Waits are told as Babel tells them, though they are rounded before."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from babel.dates import format_timedelta
from hypothesis import example, given
from hypothesis import strategies as st

from bot.handlers.console.formatting import ConsoleWords

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("locale", ["pl", "it", "en"])
@example(seconds=3059.5)
@given(seconds=st.one_of(st.floats(0, 200), st.floats(0, 10_000), st.floats(0, 1e7)))
def test_rounding_changes_no_word(locale: str, seconds: float) -> None:
    span = timedelta(seconds=seconds)
    told = ConsoleWords(SimpleNamespace(), locale, NOW)  # type: ignore[arg-type]
    assert told.wait(NOW - span) == format_timedelta(span, locale=locale, format="short")
