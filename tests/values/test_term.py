"""Terms by the calendar: a day of the month that a month lacks, leap years, summer time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.table import table
from values.term import (
    A_YEAR,
    end_after,
    months_of,
    read_term,
    share_of_year,
    short_form,
    term_of_months,
    term_shown,
    written_term,
)

WARSAW = ZoneInfo("Europe/Warsaw")
moments = st.floats(0, 5e8).map(lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


@table(
    ("text", "term", "short"),
    [("1 month", "P1M", "1m"), ("3 months", "P3M", "3m"), ("12 months", "P1Y", "1y"), ("2 years", "P2Y", "2y")],
)
def test_a_length_has_one_form(text: str, term: str, short: str) -> None:
    assert (read_term(text), short_form(read_term(text))) == (term, short)
    assert read_term(short) == read_term(term) == read_term(written_term(read_term(term))) == term


@pytest.mark.parametrize("text", ["0 months", "11 years", "1 week", "P1D", "month", "1.5 years", "-1 month", ""])
def test_what_is_no_term_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="term"):
        read_term(text)


@table(
    ("start", "text", "ends"),
    [
        ("2027-01-31 10:00", "1 month", "2027-02-28 03-31 04-30"),
        ("2028-01-31 10:00", "1 month", "2028-02-29 03-31"),
        ("2028-02-29 10:00", "1 year", "2029-02-28 2030-02-28 2031-02-28 2032-02-29"),
        ("2026-12-15 23:30", "3 months", "2027-03-15 06-15 09-15 12-15"),
        ("2027-03-01 00:30", "1 year", "2028-03-01"),
    ],
)
def test_terms_end_by_the_calendar_of_the_seller(start: str, text: str, ends: str) -> None:
    first = at = datetime.fromisoformat(start).replace(tzinfo=WARSAW)
    for day in dict.fromkeys(ends.split()):
        at = end_after(at.astimezone(UTC), read_term(text), WARSAW, first)
        here = at.astimezone(WARSAW)
        assert f"{here:%Y-%m-%d}".endswith(day), here
        assert f"{here:%H:%M}" == f"{first:%H:%M}", "the wall clock stays, whatever summer does"


def test_an_hour_that_summer_time_leaves_out_comes_back_with_the_next_term() -> None:
    first = at = datetime(2027, 2, 28, 2, 30, tzinfo=WARSAW)
    for shown in ("03-28 03:30", "04-28 02:30"):
        at = end_after(at.astimezone(UTC), term_of_months(1), WARSAW, first)
        assert f"{at.astimezone(WARSAW):%m-%d %H:%M}" == shown


@given(moments, st.integers(1, 24), st.integers(1, 24))
def test_one_term_after_another_ends_as_one_of_both(start: datetime, some: int, more: int) -> None:
    after = end_after(start, term_of_months(some), WARSAW)
    assert start < after
    both = end_after(after, term_of_months(more), WARSAW, start)
    assert both == end_after(start, term_of_months(some + more), WARSAW)


def test_a_start_that_the_first_one_did_not_lead_to_counts_by_its_own_day() -> None:
    first, start = (datetime(2027, 1, day, 9, tzinfo=WARSAW) for day in (31, 15))
    assert end_after(start, term_of_months(1), WARSAW, first).day == 15


def test_prices_follow_by_months_and_words_by_whole_years() -> None:
    assert [share_of_year(10_000, term_of_months(n)) for n in (1, 3, 12, 18)] == [833, 2500, 10_000, 15_000]
    assert term_shown(A_YEAR) == {"years": 1, "months": None, "added": None, "swaps": False}
    assert term_shown(read_term("3 months")) == {"years": 0, "months": 3, "added": None, "swaps": False}
    assert months_of(read_term("2 years")) == 24
