"""Time in the sandbox: handed in, or handed in and moved ahead."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable

from sandbox.database import Database

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
        ...

    def restore(self) -> None:
        """Go back to real time."""
        ...


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
