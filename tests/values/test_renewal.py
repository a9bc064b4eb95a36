"""When something is done about a subscription that ends: by the calendar of the seller, and never at night."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.table import table
from values.renewal import RenewalRules, awake, days_left, steps

WARSAW = ZoneInfo("Europe/Warsaw")
RULES = RenewalRules(remind_days=30)
END = datetime(2027, 4, 20, 21, 30, tzinfo=UTC)  # half past eleven in the evening in Warsaw


def test_the_steps_of_a_period_in_their_order() -> None:
    found = steps(RULES, END, WARSAW)

    assert [step.action for step in found] == ["remind", "collect", "collect", "collect", "collect", "lapse", "end"]
    assert [step.number for step in found] == list(range(7))
    assert [step.due_at for step in found] == sorted(step.due_at for step in found)
    assert [days_left(END, step.due_at, WARSAW) for step in found[:5]] == [30, 7, 5, 3, 1]


def test_without_reminders_the_money_comes_first() -> None:
    assert steps(RenewalRules(), END, WARSAW)[0].action == "collect"


@table("day", range(1, 366, 7))
def test_nothing_falls_into_quiet_hours_on_either_side_of_the_clock_s_change(day: int) -> None:
    for hour in range(24):
        end = datetime(2026, 1, 1, hour, 30, tzinfo=UTC) + timedelta(days=day)
        for step in steps(RULES, end, WARSAW):
            assert 7 <= step.due_at.astimezone(WARSAW).hour < 22


def test_quiet_hours_within_one_day_and_none_at_all() -> None:
    noon = datetime(2027, 4, 20, 10, tzinfo=UTC)

    assert awake(noon, RenewalRules(quiet_from=11, quiet_to=14), WARSAW) == datetime(2027, 4, 20, 12, tzinfo=UTC)
    assert awake(noon, RenewalRules(quiet_from=0, quiet_to=0), WARSAW) == noon


def test_days_are_counted_as_on_the_seller_s_wall() -> None:
    just_after_midnight = datetime(2027, 3, 20, 23, 5, tzinfo=UTC)  # already the 21st in Warsaw

    assert days_left(END, just_after_midnight, WARSAW) == 30
    assert days_left(END, END + timedelta(days=3), WARSAW) == 0
