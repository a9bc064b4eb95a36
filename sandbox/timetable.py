"""The timetable: what the providers do by themselves later, fired when the clock passes it."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.ledger import Ledger

Fire = Callable[[dict[str, Any]], Awaitable[None]]
LONGEST_NAP_S = 30.0


class Timetable:
    """Rows in the ledger and the providers that know what to do with them.

    A row is struck out after it was fired, so that a crash repeats a notice, as providers do, and loses none.
    """

    def __init__(self, ledger: Ledger, clock: SandboxClock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._fire: dict[str, Fire] = {}
        self._one_at_a_time = asyncio.Lock()
        self._changed = asyncio.Event()

    def register(self, provider: str, fire: Fire) -> None:
        """Say who fires a provider's rows."""
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
