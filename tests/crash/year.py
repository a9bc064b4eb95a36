"""The next year: a night in which providers are asked, a long sleep, then the days on which renewals fall due.

The clock is the desk's own, moved as the sandbox's page moves it. But the months in which nothing is due but questions
that nobody has a new answer to are slept through: the desks are off, and find the clock moved when they are back.
"""

import asyncio
import itertools
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import sqlalchemy as sa

from services.store import installation_rows
from services.store.tables.subscriptions import subscription
from tests.crash.fate import Fate
from tests.crash.house import House

#: Late notices come in an hour, and each payment's provider is asked within a day.
NIGHT = (timedelta(hours=1.5), timedelta(hours=27))
#: Before the end: nothing is due until the desks wake, then it is announced, then charged or asked for. Who left is
#: reminded by then, by day only, and closed two days later: that has to be a month ago when they come back.
WAKES_DAYS = 36.0
DUE_DAYS = (29.5, 20.0, 13.5, 8.0, 6.5)
#: Until what was refused in between is charged.
AFTER_DAYS = (4.5, 2.5, 0.5)
STEPS = len(NIGHT) + len(DUE_DAYS) + len(AFTER_DAYS)
#: A kill falls so soon after a step has begun.
LONGEST_DELAY_S = 1.5
ANSWER_S = 30.0


@dataclass
class Year:
    """Passes in steps. So many `kills` fall on each, and in the end on those who come back."""

    house: House
    fate: Fate
    dice: random.Random
    kills: list[int] = field(default_factory=list[int])

    def __post_init__(self) -> None:
        falls = self.dice.choices(range(STEPS + 1), k=self.fate.plan.late_kills)
        self.kills = [falls.count(step) for step in range(STEPS + 1)]

    async def night(self) -> None:
        """The first one: what no notice told is found out."""
        began = await self.now()
        for hours in NIGHT:
            await self.step(began + hours)

    async def comes_due(self) -> None:
        """From the night to the days after the first charges."""
        first, _ = await asyncio.to_thread(self._ends)
        await self._sleep(first - timedelta(days=WAKES_DAYS))
        for days in DUE_DAYS:
            await self.step(await self._before_the_end(days))

    async def goes_on(self) -> None:
        """To the last day: what was held back and refused is charged now."""
        for days in AFTER_DAYS:
            await self.step(await self._before_the_end(days))

    async def _before_the_end(self, days: float) -> datetime:
        # Renewed ones end a year later.
        first, _ = await asyncio.to_thread(self._ends)
        return first - timedelta(days=days)

    def _ends(self) -> tuple[datetime, datetime]:
        with self.house.store.connect() as connection:
            running = sa.select(subscription.c.ends_at).where(subscription.c.status != "ended")
            ends = [row[0] for row in connection.execute(running) if row[0] is not None]
        return min(ends), max(ends)

    async def step(self, to: datetime) -> None:
        kills = self.kills.pop(0)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._until(to))
            both.create_task(self._kill(kills))

    async def _until(self, moment: datetime) -> None:
        """A move that is cut off is asked for anew from where it came to."""
        for turn in itertools.count():
            door = await self.house.doors.next(turn)
            try:
                ahead = (moment - await self.now()).total_seconds()
                if ahead <= 0:
                    return
                await self.house.http.post(f"{door.url}/sandbox/api/clock", json={"advance_s": ahead}, timeout=ANSWER_S)
            except httpx.HTTPError:
                await asyncio.sleep(0.03)

    async def now(self) -> datetime:
        door = await self.house.doors.next(0)
        try:
            return datetime.fromisoformat((await self.house.http.get(f"{door.url}/sandbox/api/clock")).json()["now"])
        except (httpx.HTTPError, ValueError, KeyError):
            await asyncio.sleep(0.03)
            return await self.now()

    async def _kill(self, times: int) -> None:
        for _ in range(times):
            await asyncio.sleep(self.dice.uniform(0, LONGEST_DELAY_S))
            await self.fate.kill_one()

    async def _sleep(self, until: datetime) -> None:
        now = await self.now()
        for desk in self.house.desks:
            await desk.kill()

        def move() -> None:
            with self.house.store.begin() as connection:
                offset = installation_rows.clock_offset(connection)
                installation_rows.move_clock_ahead(connection, offset + (until - now))

        await asyncio.to_thread(move)
        await asyncio.gather(*(desk.start(self.house.http) for desk in self.house.desks))
