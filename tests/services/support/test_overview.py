"""Readings are made once a minute, however many look at them."""

import asyncio
from datetime import datetime, timedelta

import pytest

from services.store.database import Store
from services.support.overview import Overview
from tests.services.databases import a_conversation
from tests.services.domain.people import NOW, later


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
