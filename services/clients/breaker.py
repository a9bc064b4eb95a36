"""A circuit breaker per provider: one that fails again and again is left alone for a while.

closed ──`failures` in a row within `window`──▶ open ──`open_for` later──▶ half-open ──one good try──▶ closed
                                                  ▲                            │
                                                  └────────one bad try─────────┘
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Literal

from services.clock import Clock
from services.errors import ProviderUnavailable, ServiceError

BreakerState = Literal["closed", "open", "half_open"]


class Breaker:
    """Guards calls to one provider; `name` and `state` are what the metrics show.

    Failures that concern the same `subject` (a number at which the far end always stumbles) count once, so that one bad
    question does not take the provider away from everybody else.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        *,
        failures: int = 3,
        window: timedelta = timedelta(minutes=2),
        open_for: timedelta = timedelta(minutes=5),
    ) -> None:
        self.name = name
        self._clock = clock
        self._limit = failures
        self._window = window
        self._open_for = open_for
        self._failures: list[tuple[datetime, str]] = []
        self._opened_at: datetime | None = None
        self._probing = False

    @property
    def state(self) -> BreakerState:
        """closed: calls go through; open: none does; half_open: one may try."""
        if self._opened_at is None:
            return "closed"
        # A clock set back (the sandbox's reset) must not keep it open for as long as it had been moved.
        passed = self._clock.now() - self._opened_at
        return "open" if timedelta(0) <= passed < self._open_for else "half_open"

    @contextmanager
    def guard(self, subject: str = "") -> Generator[None]:
        """Let one call through and learn from its end. Raises Unavailable at once while nothing may go through."""
        self._admit()
        try:
            yield
        except ProviderUnavailable:
            self._failed(subject)
            raise
        except ServiceError:
            self._answered()  # a refusal is an answer, too
            raise
        except BaseException:
            self._probing = False  # cancelled or our own bug: says nothing about the provider
            raise
        else:
            self._answered()

    def _admit(self) -> None:
        state = self.state
        if state == "open" and self._opened_at is not None:
            rest = self._opened_at + self._open_for - self._clock.now()
            raise ProviderUnavailable("breaker_open", origin=self.name, retry_after=rest)
        if state == "half_open":
            if self._probing:
                raise ProviderUnavailable("breaker_open", origin=self.name, retry_after=timedelta(seconds=5))
            self._probing = True

    def _failed(self, subject: str) -> None:
        now = self._clock.now()
        recent = [(at, what) for at, what in self._failures if timedelta(0) <= now - at < self._window]
        self._failures = [*recent, (now, subject)]
        distinct = {what or number for number, (_, what) in enumerate(self._failures)}
        if self._probing or len(distinct) >= self._limit:
            self._opened_at = now
            self._failures = []
        self._probing = False

    def _answered(self) -> None:
        self._failures = []
        self._opened_at = None
        self._probing = False
