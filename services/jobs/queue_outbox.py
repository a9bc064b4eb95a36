"""The outbox on PostgreSQL: the call's row and the job that will do it, both in the turn's own transaction."""

import sqlalchemy as sa

from services.clock import Clock
from services.jobs.port import StoredJob
from services.jobs.queue_jobs import defer
from services.store import calls


class QueueOutbox:
    """Puts calls into the `call` table, and those that are due on the queue; the others wait for the sweep."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def put(self, connection: sa.Connection, call: StoredJob) -> bool:
        """Stores the call. Always False: whichever process is free does it."""
        now = self._clock.now()
        if calls.add(connection, call, now=now) and call.due_at <= now:
            defer(connection, (call.key,))
        return False

    def leave(self, connection: sa.Connection, call: StoredJob) -> None:
        """The same: the job brings it."""
        self.put(connection, call)
