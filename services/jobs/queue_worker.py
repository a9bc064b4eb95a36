"""The queue's worker in this process: fetches jobs, looks after dead processes' ones, and outlives its database.

On the queue are calls to be done and, every two seconds, two jobs that whoever is free does: the sweep, and the reaping
of jobs whose worker stopped telling that it lives.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job, Status
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from services import tasks
from services.errors import describe
from services.jobs.queue_jobs import AT_ONCE, CALL, QUEUE, Jobs

HEARTBEAT_S = 1.0
STALLED_S = 5.0
"""How long a worker may be silent before others take its jobs: with the rest of the way less than 10 s."""

POLL_S = 0.5
"""A job whose announcement was missed (it was given back, the listener had lost its connection) lies so long."""

EVERY = "* * * * * */2"
"""When to sweep and reap: every two seconds."""

CONNECTIONS = 6
"""At most, and one more that listens; the calls themselves use the store's."""

PAUSES = (0.2, 0.5, 1.0, 2.0)
"""Seconds before a worker that ended by a fault begins anew; the last one repeats."""

STEADY_S = 10.0
"""A worker that lived so long begins anew with the shortest pause."""

LAST_S = 3.0
"""How long a worker whose calls were broken off may take to give them back."""

_SETTINGS = "-c timezone=UTC -c lock_timeout=10s -c idle_in_transaction_session_timeout=5s"
_log = structlog.get_logger(__name__)


class _GivenBack(BaseRetryStrategy):
    """A job that was broken off is run again, by anybody; otherwise it would count as aborted for good."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        return RetryDecision(retry_at=AT_ONCE) if isinstance(exception, asyncio.CancelledError) else None


class QueueWorker:
    """Runs `do` with the key of each call that this process got, and `sweep` when it is this process's turn.

    `do` must raise only when it is cancelled.
    """

    def __init__(
        self,
        url: sa.URL,
        do: Callable[[str], Awaitable[None]],
        sweep: Callable[[], Awaitable[None]],
        *,
        concurrency: int = 32,
    ) -> None:
        self._do = do
        self._sweep = sweep
        self._concurrency = concurrency
        self._conninfo, self._settings = _connection_of(url)
        connector = PsycopgConnector()
        self._app = App(connector=connector)
        self._app.job_manager = self._jobs = Jobs(connector)
        self._app.task(name=CALL, queue=QUEUE, retry=_GivenBack())(self._call)
        # One of each waits at most. No lock: that of a dead process would keep all later ones from running.
        for name, work in (("sweep", self._swept), ("reap", self._reaped)):
            task = self._app.task(name=name, queue=QUEUE, queueing_lock=name, priority=1)(work)
            self._app.periodic(cron=EVERY)(task)
        self._pool: AsyncConnectionPool[Any] | None = None
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins; a database that is away just now is waited for."""
        self._pool = AsyncConnectionPool(
            self._conninfo,
            kwargs=self._settings,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=STALLED_S,
            open=False,
            name="queue",
            configure=_autocommit,
            check=AsyncConnectionPool.check_connection,
        )
        await self._pool.open(wait=False)
        await self._app.open_async(self._pool)
        self._running = tasks.keep("queue", self._supervised)

    async def stop(self, grace_s: float, break_off: Callable[[], None]) -> None:
        """Fetch no more; what runs gets `grace_s` to end, then `break_off` must cancel it, and it is given back."""
        if self._running is None or self._pool is None:
            return
        self._jobs.closing = True
        self._running.cancel()
        for patience, otherwise in ((grace_s, break_off), (LAST_S, self._running.cancel), (LAST_S, None)):
            await asyncio.wait([self._running], timeout=patience)
            if self._running.done() or otherwise is None:
                break
            otherwise()
        await self._pool.close(timeout=LAST_S)

    async def _supervised(self) -> None:
        failed = 0
        clock = asyncio.get_running_loop().time
        # Not for ever: a worker that is stopped while the database is away ends by a fault, not by the cancellation.
        while not self._jobs.closing:
            began = clock()
            try:
                await self._app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=self._concurrency,
                    fetch_job_polling_interval=POLL_S,
                    update_heartbeat_interval=HEARTBEAT_S,
                    stalled_worker_timeout=STALLED_S,
                    shutdown_graceful_timeout=STALLED_S,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                )
                _log.warning("queue_worker_ended")  # one of its side tasks had failed
            except Exception as error:
                _log.warning("queue_worker_failed", **describe(error))
            failed = 0 if clock() - began > STEADY_S else failed + 1
            await asyncio.sleep(PAUSES[min(failed, len(PAUSES) - 1)])

    async def _call(self, key: str) -> None:
        await self._do(key)

    async def _swept(self, timestamp: int) -> None:
        await self._sweep()

    async def _reaped(self, timestamp: int) -> None:
        """Give out again what dead and frozen processes were at; a sweep comes again anyway."""
        try:
            for job in await self._jobs.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=STALLED_S):
                _log.warning("job_of_a_dead_process", job=job.id, task=job.task_name)
                if job.task_name == CALL:
                    await self._jobs.retry_job(job, retry_at=AT_ONCE)
                else:
                    await self._jobs.finish_job(job, Status.FAILED, delete_job=True)
        except Exception as error:
            _log.warning("reaping_failed", **describe(error))


def _connection_of(url: sa.URL) -> tuple[str, dict[str, Any]]:
    """Return psycopg's arguments for a URL of SQLAlchemy: the address, and the rest."""
    _, given = url.get_dialect()().create_connect_args(url)
    options = f"{given.pop('options', '')} {_SETTINGS}".strip()
    return make_conninfo("", **given), {"options": options, "connect_timeout": 3}


async def _autocommit(connection: psycopg.AsyncConnection[Any]) -> None:
    """Each statement for itself: a process that is frozen between two of them keeps nobody waiting."""
    await connection.set_autocommit(True)
