"""Jobs of the distributed queue: the outbox, the sweep of due jobs, and the queue's manager with its traps closed.

A queued job holds the key of a stored one and nothing else; the `call` row says whether and when it is to be done.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog
from procrastinate import PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager, NotificationCallback
from sqlalchemy import bindparam as given
from sqlalchemy import exc

from services.clock import Clock
from services.crash import crash_point
from services.errors import describe
from services.jobs.port import StoredJob
from services.store import jobs_table
from services.store.tables.core import OPEN_CALL
from services.store.tables.core import call as table

QUEUE = "okienko"
CALL = "call"
"""The name of the task that does a stored call."""

AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
"""A job that is given back is due at once, whatever the difference between this machine's clock and the database's."""

PAUSES = (0.1, 0.5, 1.0)
"""Seconds between tries to tell the queue what became of a job; the last one repeats."""

_log = structlog.get_logger(__name__)
# Never opened: it writes on the caller's connection only.
_on_given_connections = JobManager(SyncPsycopgConnector())


def defer(connection: sa.Connection, keys: Iterable[str]) -> None:
    """Put a job for each call on the queue, in the connection's own transaction: they come and go together.

    No such job may be waiting yet: the queue refuses a second one, and the transaction would be lost. Jobs have no
    lock: one that waits would hold up all later ones of its conversation.
    """
    jobs = [Job(queue=QUEUE, lock=None, queueing_lock=key, task_name=CALL, task_kwargs={"key": key}) for key in keys]
    driver: Any = connection.connection.driver_connection
    try:
        _on_given_connections.batch_defer_jobs(jobs, connection=driver)
    except ConnectorException as error:
        if isinstance(error.__cause__, psycopg.Error):
            # As if the statement had been SQLAlchemy's: the store tells a lost connection from a faulty turn.
            raise exc.DBAPIError.instance(None, None, error.__cause__, psycopg.Error, hide_parameters=True) from error
        raise


class Jobs(JobManager):
    """The queue's manager for one worker; `closing` makes it try everything once only."""

    def __init__(self, connector: PsycopgConnector) -> None:
        super().__init__(connector)
        self.closing = False
        self._heard = 0

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        async def heard(*, channel: str, notification: Any) -> None:
            self._heard += 1
            await on_notification(channel=channel, notification=notification)

        await super().listen_for_jobs(on_notification=heard, queues=queues)

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """Return the next job; looks again if one was announced during a look that found none.

        The worker forgets announcements after each look: such a job would lie until the next poll.
        """
        while True:
            heard = self._heard
            job = await super().fetch_job(queues, worker_id)
            if job is not None:
                crash_point(f"after taking the job {job.task_name}")
            if job is not None or heard == self._heard:
                return job

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """End the job however long the database is away: one that stayed "doing" here would never be given out again.

        That it is gone is no fault: another process took it over while this one seemed dead.
        """
        crash_point(f"before ending the job {job.task_name}")
        await self._surely(job, partial(super().finish_job, job, status, delete_job))
        crash_point(f"after ending the job {job.task_name}")

    async def retry_job(self, job: Job, *args: Any, **given: Any) -> None:
        """Give the job back, however long the database is away. One that waits already stands for both."""
        try:
            await self._surely(job, partial(super().retry_job, job, *args, **given))
        except UniqueViolation:
            await self.finish_job(job, Status.FAILED, delete_job=True)

    async def _surely(self, job: Job, telling: Callable[[], Awaitable[None]]) -> None:
        tried = 0
        while True:
            try:
                return await telling()
            except UniqueViolation:
                raise
            except ConnectorException as error:
                # Nobody waits for the worker's own calls of this, so it is told here.
                if isinstance(error.__cause__, psycopg.errors.RaiseException):
                    _log.info("job_gone", job=job.id, task=job.task_name)
                    return None
                if self.closing:
                    _log.warning("job_not_told", job=job.id, task=job.task_name)  # reaped with its worker
                    return None
                if tried == 0:
                    _log.warning("job_not_told_yet", job=job.id, task=job.task_name, **describe(error))
            await asyncio.sleep(PAUSES[min(tried, len(PAUSES) - 1)])
            tried += 1


class QueueOutbox:
    """Puts calls into the `call` table, and those that are due on the queue; the others wait for the sweep."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def put(self, connection: sa.Connection, job: StoredJob) -> bool:
        """Store the call. Always False: whichever process is free does it."""
        now = self._clock.now()
        if jobs_table.add(connection, job, now=now) and job.due_at <= now:
            defer(connection, (job.key,))
        return False

    def leave(self, connection: sa.Connection, job: StoredJob) -> None:
        """Store the job, as `put` does: its queued job brings it."""
        self.put(connection, job)


MOST = 256
"""How many calls one sweep brings; the next one brings the rest."""

_ONE_AT_A_TIME = 0x6F6B6965_73776570
"""The number of the lock under which one process sweeps at a time: two jobs for one call would be refused."""

_queued = sa.table("procrastinate_jobs", sa.column("queueing_lock"))
_with_job = sa.select(_queued.c.queueing_lock).where(
    _queued.c.queueing_lock == table.c.key, sa.text("procrastinate_jobs.status IN ('todo', 'doing')")
)
_left = (
    sa.select(table.c.key)
    .where(OPEN_CALL, table.c.due_at <= given("now"), ~_with_job.exists())
    .order_by(table.c.due_at, table.c.id)
    .limit(given("most"))
)


def list_jobless_calls(connection: sa.Connection, now: datetime) -> tuple[str, ...]:
    """Return the keys of open calls that are due and have no job, waiting or at work."""
    return tuple(connection.scalars(_left, {"now": now, "most": MOST}))


def queue_jobless_calls(connection: sa.Connection, now: datetime) -> int:
    """Put a job on the queue for each of them; return how many."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    # Looked up under the lock, with a snapshot taken after it.
    if keys := list_jobless_calls(connection, now):
        defer(connection, keys)
    return len(keys)
