"""A clock that tests move."""

from datetime import UTC, datetime, timedelta


class ManualClock:
    """A clock that stands still until it is told to go on; each test has its own."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware moment to start from")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment reached so far."""
        return self._now

    def advance(self, seconds: float) -> datetime:
        """Let that many seconds pass and say what time it is then."""
        self._now += timedelta(seconds=seconds)
        return self._now
