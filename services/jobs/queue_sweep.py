"""Brings due calls to the queue that have no job there: put off till now, or their job was lost."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from services.jobs.queue_jobs import defer
from services.store.tables.core import OPEN_CALL
from services.store.tables.core import call as table

MOST = 256
"""How many calls one sweep brings; the next one brings the rest."""

_ONE_AT_A_TIME = 0x6F6B6965_73776570
"""The number of the lock under which one process sweeps at a time: two jobs for one call would be refused."""

_job = sa.table("procrastinate_jobs", sa.column("queueing_lock"))
_live = sa.select(_job.c.queueing_lock).where(
    _job.c.queueing_lock == table.c.key, sa.text("procrastinate_jobs.status IN ('todo', 'doing')")
)
_left = (
    sa.select(table.c.key)
    .where(OPEN_CALL, table.c.due_at <= given("now"), ~_live.exists())
    .order_by(table.c.due_at, table.c.id)
    .limit(given("most"))
)


def left(connection: sa.Connection, now: datetime) -> tuple[str, ...]:
    """The keys of open calls that are due and have no job, waiting or at work."""
    return tuple(connection.scalars(_left, {"now": now, "most": MOST}))


def bring(connection: sa.Connection, now: datetime) -> int:
    """Puts a job on the queue for each of them; returns how many."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    # Looked up under the lock, with a snapshot taken after it.
    if keys := left(connection, now):
        defer(connection, keys)
    return len(keys)
