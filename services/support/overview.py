"""The supervisor's readings, kept for a minute: a page that many look at, or that renews itself, reads them once."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar, cast

import sqlalchemy as sa

from services.clock import Clock
from services.store.database import Store
from services.support import funnel, load
from services.support.funnel import Funnel
from services.support.load import Load, WaitTimes

T = TypeVar("T")
KEPT = timedelta(minutes=1)
MOST = 32


@dataclass
class Overview:
    """Readings of one desk. `order` and `ends` are the journey's steps and where its way ends."""

    store: Store
    clock: Clock
    order: Sequence[str]
    ends: Sequence[str]
    _kept: dict[Hashable, tuple[datetime, object]] = field(default_factory=dict[Hashable, tuple[datetime, object]])
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def funnel(self, begin: datetime, end: datetime) -> Funnel:
        """The way through the journey in a span. Raises ValueError for one that is too long, StoreUnavailable."""
        return await self._once(
            ("funnel", begin, end),
            lambda c: funnel.read(c, begin=begin, end=end, order=self.order, ends=self.ends),
        )

    async def waits(self, begin: datetime, end: datetime) -> WaitTimes:
        """How long people waited for an agent in a span. Raises StoreUnavailable."""
        return await self._once(("waits", begin, end), lambda c: load.waits(c, begin=begin, end=end))

    async def load(self) -> Load:
        """How busy the desk is now; never an older reading. Raises StoreUnavailable."""
        return await self.store.read(lambda c: load.now(c, self.clock.now()))

    async def _once(self, key: Hashable, work: Callable[[sa.Connection], T]) -> T:
        """One reading at a time: they are the longest that the desk does."""
        async with self._reading:
            now = self.clock.now()
            fresh = {k: kept for k, kept in self._kept.items() if timedelta(0) <= now - kept[0] < KEPT}
            if key not in fresh:
                fresh[key] = now, await self.store.read(work)
            self._kept = dict(list(fresh.items())[-MOST:])
            return cast("T", fresh[key][1])
