"""How busy the desk is, and how long people wait."""

from datetime import timedelta

import sqlalchemy as sa

from services.support import handoffs, overview
from services.support.overview import Load, WaitTimes
from tests.services.domain.people import NOW, conversation, later


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
