"""The funnel: each conversation counts once at a step, back is no answer, and who stays away is counted where."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from services.store import conversations, journal
from services.store.database import Store
from services.support import funnel, handoffs, overview
from services.support.funnel import Funnel, FunnelChannel, FunnelStep
from services.support.overview import Load, Overview, WaitTimes
from tests.services.databases import a_conversation
from tests.services.domain.people import NOW, PLAN, buyer, conversation, later, paid_order, placed

ORDER = ("account.start", "account.email", "order.plan", "zone.home")


def line(connection: sa.Connection, talk: str, minutes: float, kind: str = "customer", **data: Any) -> None:
    journal.add(connection, [journal.NewJournalEntry(talk, 1, kind, data, later(minutes=minutes))])


def read(connection: sa.Connection, begin: datetime = NOW, end: datetime | None = None) -> Funnel:
    return funnel.read_funnel(
        connection, begin=begin, end=end or begin + timedelta(days=1), order=ORDER, ends=("zone.home",)
    )


def steps(found: Funnel) -> dict[str, FunnelStep]:
    return {step.step: step for step in found.steps}


def way(connection: sa.Connection, talk: str, *minutes: float, channel: str = "web") -> None:
    """Someone who comes to as many steps, at these minutes."""
    conversation(connection, talk, channel)
    for step, minute in zip(ORDER, minutes, strict=False):
        line(connection, talk, minute, step="said.at", moved=step)


def test_each_step_in_the_journeys_order(connection: sa.Connection) -> None:
    way(connection, "c1", 0, 1, 4, 9)
    way(connection, "c2", 0, 3, channel="telegram")

    found = read(connection)

    assert [step.step for step in found.steps] == list(ORDER)
    assert steps(found)["account.start"] == FunnelStep("account.start", entered=2, answered=2, median_s=120.0)
    assert steps(found)["account.email"] == FunnelStep("account.email", entered=2, answered=1, median_s=180.0)
    assert steps(found)["order.plan"] == FunnelStep("order.plan", entered=1, answered=1, median_s=300.0)
    assert steps(found)["zone.home"] == FunnelStep("zone.home", entered=1)
    assert found.channels == (FunnelChannel("telegram", 1, 0), FunnelChannel("web", 1, 1))


def test_back_is_no_answer_and_nobody_counts_twice(connection: sa.Connection) -> None:
    conversation(connection, "c1")
    for minute, step in enumerate(("account.start", "account.email", "account.start", "account.email", "order.plan")):
        line(connection, "c1", minute, moved=step)

    found = steps(read(connection))

    assert (found["account.start"].entered, found["account.start"].answered) == (1, 1)
    assert (found["account.email"].entered, found["account.email"].answered) == (1, 1)
    assert found["account.email"].median_s == 60.0, "only the time that ended in an answer"


def test_who_stayed_away_is_counted_where(connection: sa.Connection) -> None:
    way(connection, "silent", 0, 1)
    line(connection, "silent", 90, "timer", closed="account.email")
    way(connection, "came back", 0, 1)
    line(connection, "came back", 90, "timer", closed="account.email")
    line(connection, "came back", 95, step="account.email", moved="order.plan", reopened="order.plan")
    way(connection, "blocked us", 0, 1, 2)
    conversations.close(connection, "blocked us", later(minutes=5))
    way(connection, "still there", 0, 1)

    found = steps(read(connection))

    assert (found["account.email"].left, found["order.plan"].left) == (1, 1)


def test_silence_counts_where_the_step_was_entered_before_the_span(connection: sa.Connection) -> None:
    way(connection, "c1", 0, 1)
    line(connection, "c1", 90, "timer", closed="account.email")

    found = steps(read(connection, begin=later(minutes=60)))

    assert (found["account.email"].entered, found["account.email"].left) == (0, 1)


def test_corrections_and_what_wasnt_understood(connection: sa.Connection) -> None:
    way(connection, "c1", 0, 1, 2)
    for minute in (3, 4):
        line(connection, "c1", minute, step="order.plan", corrected=["account.email"])
        line(connection, "c1", minute, step="order.plan", missed="not_understood")
    line(connection, "c1", 5, "bot", step="order.plan", missed="not a customer's")

    found = steps(read(connection))

    assert (found["account.email"].corrected, found["order.plan"].missed) == (1, 2)


def test_steps_of_another_release_stand_behind(connection: sa.Connection) -> None:
    conversation(connection, "c1")
    line(connection, "c1", 0, moved="old.step")
    line(connection, "c1", 1, moved="account.email")

    found = read(connection)

    assert [step.step for step in found.steps] == [*ORDER, "old.step"]
    assert steps(found)["old.step"].answered == 1


def test_only_the_span_counts(connection: sa.Connection) -> None:
    way(connection, "c1", 0, 1, 2)

    found = read(connection, begin=later(minutes=1), end=later(minutes=2))

    assert [step.entered for step in found.steps] == [0, 1, 0, 0]
    assert found.channels == ()


@pytest.mark.parametrize("lasting", [timedelta(0), timedelta(seconds=-1), timedelta(days=93)])
def test_no_span_and_too_long_a_one_are_refused(connection: sa.Connection, lasting: timedelta) -> None:
    with pytest.raises(ValueError, match="span"):
        read(connection, end=NOW + lasting)


def test_an_empty_desk_has_an_empty_funnel(connection: sa.Connection) -> None:
    assert [step.entered for step in read(connection).steps] == [0] * 4


# --- readings are made once a minute, however many look at them ---


class Clock:
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def url(sqlite_url: str) -> str:  # one database is enough for what isn't about databases
    return sqlite_url


async def test_once_a_minute(store: Store) -> None:
    clock = Clock()
    seen = Overview(store, clock, ("a.b",), ("a.b",))
    both = await asyncio.gather(*(seen.funnel(NOW, later(days=1)) for _ in range(2)))
    assert both[0] is both[1]
    await a_conversation(store)

    assert (await seen.funnel(NOW, later(days=1))).channels == ()
    assert (await seen.funnel(NOW, later(days=2))).channels != (), "another span is another reading"
    clock.time += timedelta(minutes=1)
    assert (await seen.funnel(NOW, later(days=1))).channels != ()
    clock.time -= timedelta(hours=1)
    assert (await seen.funnel(NOW, later(days=1))) is not both[0], "the clock was set back"
    assert (await seen.waits(NOW, later(days=1))).taken == 0
    assert (await seen.load()).waiting == 0


def ask(connection: sa.Connection, talk: str, minutes: float = 0) -> None:
    conversation(connection, talk)
    handoffs.ask(connection, conversation_id=talk, reason="asked", email=None, now=later(minutes=minutes))


def take(connection: sa.Connection, talk: str, agent: str, minutes: float) -> None:
    handoffs.take(connection, conversation_id=talk, agent_id=agent, now=later(minutes=minutes))


def test_nobody_waits_and_nobody_has_any(connection: sa.Connection) -> None:
    assert overview.load_now(connection, NOW) == Load(0, None, {})
    assert overview.wait_times(connection, begin=NOW, end=later(days=1)) == WaitTimes(0, None, None, 0)


def test_who_waits_and_who_has_how_many(connection: sa.Connection) -> None:
    for n in range(5):
        ask(connection, f"c{n}", n)
    take(connection, "c0", "anna", 6)
    take(connection, "c1", "anna", 6)
    take(connection, "c2", "marek", 6)

    assert overview.load_now(connection, later(minutes=10)) == Load(2, timedelta(minutes=7), {"anna": 2, "marek": 1})


def test_how_long_those_waited_who_were_taken_in_the_span(connection: sa.Connection) -> None:
    for n in range(1, 11):
        ask(connection, f"c{n}")
        take(connection, f"c{n}", "anna", n)
    conversation(connection, "unasked")
    take(connection, "unasked", "anna", 5)
    ask(connection, "gone")
    handoffs.end(connection, conversation_id="gone", now=later(minutes=3))
    ask(connection, "before", -600)
    take(connection, "before", "anna", -5)

    found = overview.wait_times(connection, begin=NOW, end=later(minutes=60))

    assert found == WaitTimes(10, timedelta(minutes=5.5), timedelta(minutes=9), 1)


def test_a_clock_that_was_set_back_makes_no_negative_wait(connection: sa.Connection) -> None:
    ask(connection, "c1", 5)

    assert overview.load_now(connection, NOW).longest == timedelta(0)


async def test_takings_are_of_the_seller_s_months_and_this_one_is_read_anew(store: Store) -> None:
    clock, zone = Clock(), ZoneInfo("Europe/Warsaw")
    clock.time = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
    seen = Overview(store, clock, ("a.b",), ("a.b",))

    def sell(connection: sa.Connection) -> None:
        buyer(connection)
        placed(connection)
        for id, at in (("o2", datetime(2026, 2, 28, 23, 30, tzinfo=UTC)), ("o3", clock.now())):
            paid_order(connection, [PLAN], id, 36777, at)

    months = await seen.months(zone)
    assert [one.begin for one in months[:4]] == [date(2026, month, 1) for month in (4, 3, 2, 1)]
    assert (len(months), [one.by_currency for one in months if one.by_currency]) == (13, [])
    await store.write(sell)
    for minutes, sold in ((1, [date(2026, 4, 1)]), (60, [date(2026, 4, 1), date(2026, 3, 1)])):
        clock.time += timedelta(minutes=minutes)
        assert [one.begin for one in await seen.months(zone) if one.by_currency] == sold
