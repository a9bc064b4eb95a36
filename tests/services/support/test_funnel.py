"""The funnel: each conversation counts once at a step, back is no answer, and who stays away is counted where."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.store import conversations, journal
from services.support import funnel
from services.support.funnel import Funnel, FunnelChannel, FunnelStep
from tests.services.domain.people import NOW, conversation, later

ORDER = ("account.start", "account.email", "order.plan", "zone.home")


def line(connection: sa.Connection, talk: str, minutes: float, kind: str = "customer", **data: Any) -> None:
    journal.add(connection, [journal.NewJournalEntry(talk, 1, kind, data, later(minutes=minutes))])


def read(connection: sa.Connection, begin: datetime = NOW, end: datetime | None = None) -> Funnel:
    return funnel.read(connection, begin=begin, end=end or begin + timedelta(days=1), order=ORDER, ends=("zone.home",))


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
