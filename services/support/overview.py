"""The supervisors' overview: load per agent, the figures of the day, and takings."""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from statistics import median
from typing import TypeVar, cast

import sqlalchemy as sa
from msgspec import Struct, field

from services.clock import Clock
from services.store import takings
from services.store.database import Store
from services.store.tables.support import handoff
from services.store.takings import Takings
from services.support import funnel, second_line
from services.support.handoffs import OPEN


class Load(Struct, frozen=True):
    """Now. `longest`: how long the first of the queue has waited, None if nobody waits.

    `held`: conversations that each agent has, by the agent's id; `second`: so many more wait in the second line.
    """

    waiting: int
    longest: timedelta | None
    held: dict[str, int]
    second: int = 0


class WaitTimes(Struct, frozen=True):
    """The waits of requests first taken in a span.

    `nine_of_ten` waited no longer than that. `gone`: asked in the span and ended without an agent.
    """

    taken: int
    median: timedelta | None
    nine_of_ten: timedelta | None
    gone: int


_NOW = sa.select(handoff.c.agent_id, sa.func.count(), sa.func.min(handoff.c.asked_at)).where(OPEN)
_TAKEN = sa.select(handoff.c.asked_at, handoff.c.first_taken_at).where(
    handoff.c.first_taken_at >= sa.bindparam("begin"),
    handoff.c.first_taken_at < sa.bindparam("end"),
    # Taken without having been asked for: nobody waited.
    handoff.c.reason != "taken",
)
_GONE = sa.select(sa.func.count()).where(
    handoff.c.asked_at >= sa.bindparam("begin"),
    handoff.c.asked_at < sa.bindparam("end"),
    handoff.c.ended_at.is_not(None),
    handoff.c.first_taken_at.is_(None),
)


def load_now(connection: sa.Connection, moment: datetime) -> Load:
    """Return the queue and who has how many."""
    rows = connection.execute(_NOW.group_by(handoff.c.agent_id)).all()
    counted = {agent: (count, first) for agent, count, first in rows}
    waiting, first = counted.pop(None, (0, None))
    longest = max(moment - first, timedelta(0)) if first is not None else None
    second = len(second_line.ids(connection)) if waiting > second_line.CEILING else 0
    return Load(waiting - second, longest, {agent: count for agent, (count, _) in sorted(counted.items())}, second)


def wait_times(connection: sa.Connection, *, begin: datetime, end: datetime) -> WaitTimes:
    """Return the waits of requests first taken in `begin` ≤ time < `end`."""
    times = {"begin": begin, "end": end}
    waited = sorted(taken - asked for asked, taken in connection.execute(_TAKEN, times))
    gone = connection.execute(_GONE, times).scalar_one()
    if not waited:
        return WaitTimes(0, None, None, gone)
    return WaitTimes(len(waited), median(waited), waited[-(-9 * len(waited) // 10) - 1], gone)


T = TypeVar("T")
KEPT = timedelta(minutes=1)
OVER_KEPT = timedelta(hours=1)
"""Of a month that is over: little changes in it."""
MONTHS = 13
MOST = 32


class _Reading(Struct, frozen=True):
    at: datetime
    until: datetime
    found: object


class MonthTakings(Struct, frozen=True):
    """Of the month that begins on this day, by currency."""

    begin: date
    by_currency: Mapping[str, Takings]


class Overview(Struct):
    """Readings of one desk. `order` and `ends` are the journey's steps and where its way ends."""

    store: Store
    clock: Clock
    order: Sequence[str]
    ends: Sequence[str]
    _kept: dict[Hashable, _Reading] = field(default_factory=dict[Hashable, _Reading])
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def funnel(self, begin: datetime, end: datetime) -> funnel.Funnel:
        """Return the funnel of a span. Raises ValueError for one that is too long, StoreUnavailable."""
        return await self._once(
            ("funnel", begin, end),
            lambda c: funnel.read_funnel(c, begin=begin, end=end, order=self.order, ends=self.ends),
        )

    async def waits(self, begin: datetime, end: datetime) -> WaitTimes:
        """Return the waits of a span. Raises StoreUnavailable."""
        return await self._once(("waits", begin, end), lambda c: wait_times(c, begin=begin, end=end))

    async def takings(self, begin: datetime, end: datetime | None, lasts: timedelta = KEPT) -> Mapping[str, Takings]:
        """Return what was sold and given back in a span, by currency. Raises StoreUnavailable."""
        return await self._once(("takings", begin, end), lambda c: takings.sum_takings(c, begin, end), lasts)

    async def months(self, zone: tzinfo) -> list[MonthTakings]:
        """Return the takings of the last months by the seller's calendar, this one first. Raises StoreUnavailable."""
        midnight = self.clock.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        begin, end = midnight.replace(day=1), None
        found: list[MonthTakings] = []
        for _ in range(MONTHS):
            lasts = KEPT if end is None else OVER_KEPT
            found.append(MonthTakings(begin.date(), await self.takings(begin, end, lasts)))
            begin, end = (begin - timedelta(days=1)).replace(day=1), begin
        return found

    async def load(self) -> Load:
        """Return the desk's load now, never an older reading. Raises StoreUnavailable."""
        return await self.store.read(lambda c: load_now(c, self.clock.now()))

    async def _once(self, key: Hashable, work: Callable[[sa.Connection], T], lasts: timedelta = KEPT) -> T:
        """Read once a minute, or in what it `lasts`, and one at a time: they are the desk's longest queries."""
        async with self._reading:
            now = self.clock.now()
            fresh = {k: kept for k, kept in self._kept.items() if kept.at <= now < kept.until}
            if key not in fresh:
                fresh[key] = _Reading(now, now + lasts, await self.store.read(work))
            self._kept = dict(list(fresh.items())[-MOST:])
            return cast("T", fresh[key].found)
