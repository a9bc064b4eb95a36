"""Outages of providers, in rows that all processes share and a restart finds: when each failed first and last.

Its first answer, to whichever process, ends the outage, and makes due what had failed there and was put off.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from services.clock import Clock
from services.store import installation_rows, jobs_table
from services.store.database import Store
from services.store.errors import StoreUnavailable

AWAY_AFTER = timedelta(minutes=2)
"""A provider that has answered nothing for so long is away, however few have asked."""
FORGOTTEN_AFTER = timedelta(hours=1)
"""After so long without a question or a waiting job, a provider's state is unknown."""

LOOK_AGAIN = timedelta(seconds=10)
"""So old may be what a process knows of failures in the others."""

_FAILING = "failing:"
_log = structlog.get_logger(__name__)


class Outages:
    """Takes what the breakers learn of their providers; `wake` has the engine look for jobs at once."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._failing: set[str] = set()
        self._looked: datetime | None = None
        self.wake: Callable[[], None] = lambda: None

    async def failed(self, provider: str, reason: str) -> None:
        """Keep that it failed just now, and raise the alarm once it has been away for long enough."""
        now = self._clock.now()
        self._failing.add(provider)
        with suppress(StoreUnavailable):  # the store tells of itself, and the next failure is kept
            since = await self._store.write(lambda connection: _note(connection, provider, now))
            if now - since >= AWAY_AFTER:
                _log.error("provider_away", alarm=True, provider=provider, reason=reason, since=since.isoformat())

    async def answered(self, provider: str) -> None:
        """End its outage, if it had one, and let run what waits for it."""
        now = self._clock.now()
        with suppress(StoreUnavailable):  # the next answer ends it
            if self._looked is None or not timedelta(0) <= now - self._looked < LOOK_AGAIN:
                await self.away()
            if provider in self._failing:
                hastened = await self._store.write(lambda connection: _end(connection, provider, now))
                self._failing.discard(provider)
                _log.info("provider_back", provider=provider, hastened=hastened)
                self.wake()

    async def away(self) -> list[str]:
        """Return the providers that are away. Raises StoreUnavailable."""
        found = await self._store.read(lambda connection: installation_rows.read_values_under(connection, _FAILING))
        self._failing, self._looked = set(found), self._clock.now()
        known = [(name, *_moments(value)) for name, value in sorted(found.items())]
        still = self._looked - FORGOTTEN_AFTER
        return [name for name, since, last in known if last - since >= AWAY_AFTER and last > still]


def _moments(value: str) -> tuple[datetime, datetime]:
    since, _, last = value.partition(" ")
    return datetime.fromisoformat(since), datetime.fromisoformat(last)


def _note(connection: sa.Connection, provider: str, now: datetime) -> datetime:
    known = installation_rows.read_value(connection, _FAILING + provider)
    # A clock set back (the sandbox's reset) begins anew.
    since = now if known is None else min(now, _moments(known)[0])
    installation_rows.replace_value(connection, _FAILING + provider, f"{since.isoformat()} {now.isoformat()}")
    return since


def _end(connection: sa.Connection, provider: str, now: datetime) -> int:
    installation_rows.drop(connection, _FAILING + provider)
    return jobs_table.hasten(connection, provider, now)
