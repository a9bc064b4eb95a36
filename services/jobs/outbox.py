"""The desk's own outbox: a row in the turn's transaction, leased at once to the process that commits it."""

from datetime import timedelta

import sqlalchemy as sa

from services.clock import Clock
from services.jobs.port import StoredJob
from services.store import calls

LEASE = timedelta(seconds=8)
"""How long a dead process's calls lie still before another takes them (promise: work goes on within 10 s)."""


class OwnOutbox:
    """Puts calls into the `call` table; `lease` must be the worker's."""

    def __init__(self, clock: Clock, lease: timedelta = LEASE) -> None:
        self._clock = clock
        self._lease = lease

    def put(self, connection: sa.Connection, call: StoredJob) -> bool:
        """Stores the call; True if it is due and leased to this process."""
        return calls.put(connection, call, now=self._clock.now(), lease_for=self._lease)

    def leave(self, connection: sa.Connection, call: StoredJob) -> None:
        """Stores the call for the next look at what is due."""
        calls.add(connection, call, now=self._clock.now())
