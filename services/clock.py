"""The one clock: the only file where the system's time is read.

Everything else is handed a :class:`Clock` or a moment, so that a whole week can pass in a test and the sandbox can move
the desk's time.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's time plus an offset that the sandbox may move; the offset is zero outside the sandbox."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Return the machine's time, moved by the offset."""
        return datetime.now(UTC) + self.offset
