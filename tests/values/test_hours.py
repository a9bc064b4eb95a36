"""When people are at the desk."""

from datetime import UTC, date, datetime, time

from values.hours import ALWAYS, OfficeHours, Span
from values.rules import DeskRules, erasure_due

DAY = Span(time(8), time(16))
WEEK = OfficeHours((DAY, DAY, DAY, DAY, Span(time(8), time(14)), None, None), frozenset({date(2026, 12, 25)}))
WARSAW = "Europe/Warsaw"


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_open_from_the_first_minute_until_just_before_the_last() -> None:
    assert not WEEK.open_at(at(11, 20, 6, 59), WARSAW)  # a Friday; one hour behind Warsaw
    assert WEEK.open_at(at(11, 20, 7), WARSAW)
    assert WEEK.open_at(at(11, 20, 12, 59), WARSAW)
    assert not WEEK.open_at(at(11, 20, 13), WARSAW)


def test_the_next_open_moment_passes_over_week_ends_and_holidays() -> None:
    assert WEEK.opens_after(at(11, 20, 9), WARSAW) == at(11, 20, 9)
    assert WEEK.opens_after(at(11, 20, 5), WARSAW) == at(11, 20, 7)
    assert WEEK.opens_after(at(11, 20, 13), WARSAW) == at(11, 23, 7)
    assert WEEK.opens_after(at(12, 24, 16), WARSAW) == at(12, 28, 7)


def test_the_clocks_own_change_is_the_zones() -> None:
    assert WEEK.opens_after(at(10, 23, 20), WARSAW) == at(10, 26, 7), "Friday in summer time, Monday in winter time"


def test_without_hours_somebody_is_always_there_and_without_open_days_nobody() -> None:
    assert ALWAYS.open_at(at(11, 22, 3), WARSAW)
    assert ALWAYS.opens_after(at(11, 22, 3), WARSAW) == at(11, 22, 3)
    assert OfficeHours((None,) * 7).opens_after(at(11, 22, 3), WARSAW) is None


def test_a_list_of_important_customers_knows_addresses_and_domains() -> None:
    rules = DeskRules(vip=("anna@firma.pl", "@bank.example"))
    assert rules.is_vip("Anna@Firma.PL")
    assert rules.is_vip("kto@bank.example")
    assert not rules.is_vip("kto@subbank.example")
    assert not rules.is_vip("jan@firma.pl")
    assert not rules.is_vip(None)


def test_a_request_for_deletion_is_due_in_a_month() -> None:
    def due(year: int, month: int, day: int) -> datetime:
        return erasure_due(datetime(year, month, day, 12, tzinfo=UTC))

    assert due(2026, 11, 21) == datetime(2026, 12, 21, 12, tzinfo=UTC)
    assert due(2026, 12, 31) == datetime(2027, 1, 31, 12, tzinfo=UTC)
    assert due(2027, 1, 31) == datetime(2027, 2, 28, 12, tzinfo=UTC)
