"""Time in the sandbox: the clock, handed in or moved ahead, and the timetable of what providers do later."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, runtime_checkable

from sandbox.database import Database
from sandbox.ledger import Ledger

Sleep = Callable[[float], Awaitable[None]]
"""Waits for so many seconds; injected, so that tests do not wait."""
OFFSET = "clock_offset_us"


class SandboxClock(Protocol):
    """A source of the current time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


@runtime_checkable
class SettableClock(SandboxClock, Protocol):
    """A clock that the control API may move; one without this belongs to the desk, and only the desk moves it."""

    def set_to(self, moment: datetime) -> None:
        """Move ahead to `moment`; never back."""

    def restore(self) -> None:
        """Go back to real time."""


class MovableClock:
    """Real time plus an offset kept in the ledger, so that a restart goes on where the clock stood."""

    def __init__(self, real_time: Callable[[], datetime], database: Database) -> None:
        self._real_time = real_time
        self._database = database
        self._offset = timedelta(microseconds=int(database.value(OFFSET) or 0))

    def now(self) -> datetime:
        """Real time plus what the clock was moved ahead."""
        return self._real_time().astimezone(UTC) + self._offset

    def set_to(self, moment: datetime) -> None:
        """Move ahead to `moment`; an earlier one changes nothing."""
        ahead = moment - self.now()
        if ahead > timedelta(0):
            self._keep(self._offset + ahead)

    def restore(self) -> None:
        """Back to real time: the only way back."""
        self._keep(timedelta(0))

    def _keep(self, offset: timedelta) -> None:
        self._database.set_value(OFFSET, str(offset // timedelta(microseconds=1)))
        self._offset = offset


Fire = Callable[[dict[str, Any]], Awaitable[None]]
LONGEST_NAP_S = 30.0


class Timetable:
    """Rows in the ledger, fired by their providers when the clock passes them.

    A row is deleted after it was fired, so that a crash repeats a notice, as providers do, and loses none.
    """

    def __init__(self, ledger: Ledger, clock: SandboxClock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._fire: dict[str, Fire] = {}
        self._one_at_a_time = asyncio.Lock()
        self._changed = asyncio.Event()

    def register(self, provider: str, fire: Fire) -> None:
        """Register the callback that fires a provider's rows."""
        self._fire[provider] = fire

    def schedule(self, provider: str, subject: str, details: dict[str, Any], after: timedelta = timedelta(0)) -> None:
        """Let a provider do something `after` so long."""
        self._ledger.schedule(self._clock.now() + after, provider, subject, details)
        self._changed.set()

    def call_off(self, provider: str, subject: str) -> None:
        """Strike out what was scheduled under that subject."""
        self._ledger.unschedule(provider, subject)

    def next_due(self) -> datetime | None:
        """Return when the next row is due, if any waits."""
        return self._ledger.next_due()

    async def tick(self, now: datetime) -> None:
        """Fire all that is due by `now`, in order."""
        async with self._one_at_a_time:
            while due := self._ledger.first_due(now):
                await self._fire[due.provider](due.details)
                self._ledger.done(due)

    async def run(self) -> None:
        """Fire what falls due while real time passes, until cancelled."""
        while True:
            self._changed.clear()
            try:
                await self.tick(self._clock.now())
                due = self.next_due()
            except sqlite3.Error:
                due = None  # a full disk, say: what is due stays in the ledger, and is looked at again
            nap = LONGEST_NAP_S if due is None else (due - self._clock.now()).total_seconds()
            try:
                async with asyncio.timeout(min(max(nap, 0.01), LONGEST_NAP_S)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def wake(self) -> None:
        """Look again, because the clock was moved."""
        self._changed.set()
