"""Readings are made once a minute, however many look at them.

How busy the desk is, and how long people wait.
"""

import asyncio
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from services.store.database import Store
from services.support import handoffs, overview
from services.support.overview import Load, Overview, WaitTimes
from tests.services.databases import a_conversation
from tests.services.domain.people import NOW, conversation, later


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
