"""The engine of a desk in several processes: PostgreSQL and a distributed queue, whose jobs say only which call is due.

The `call` row stays the record, the guard against repeats and the home of what is put off: its due time is compared
with the desk's clock, which the sandbox moves, never with the queue's. The queue says who does a call, and notices the
dead: on it are calls to be done and, every two seconds, two jobs that whoever is free does, the sweep, and the reaping
of jobs whose worker stopped telling that it lives. The worker of this process outlives its database.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job, Status
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from services import tasks
from services.clock import Clock
from services.errors import describe
from services.jobs import queue_jobs
from services.jobs.attempt import Attempts, persist_outcome
from services.jobs.backoff import Waker, cancel
from services.jobs.port import Execute, Finish, StoredJob
from services.jobs.queue_jobs import AT_ONCE, CALL, QUEUE, Jobs
from services.store import jobs_table
from services.store.database import Store, parse_url
from services.store.errors import StoreUnavailable

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
SHARED_S = 0.02
"""Seconds between looks whether the calls that are due have ended, in whatever process."""

SKEW = timedelta(seconds=0.5)
"""So much may one machine's clock be behind another's: what that one found due isn't left for the next sweep."""


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


class QueueEngine:
    """Fulfils `port.Engine`. `sweep_timers` fires the timers that are due (`TimerLoop.run_due`).

    A call begun here goes on when the queue's worker has to begin anew because the database was away: its job, given
    out again, waits for the attempt at hand instead of making another.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        execute: Execute,
        finish: Finish,
        *,
        tries: Callable[[str], int],
        sweep_timers: Callable[[], Awaitable[object]],
        url: str,
        concurrency: int = 32,
    ) -> None:
        self._store = store
        self._clock = clock
        self._attempts = Attempts(store, clock, execute, finish, tries=tries)
        self._sweep_timers = sweep_timers
        self._worker = QueueWorker(parse_url(url), self._do, self.sweep, concurrency=concurrency)
        self._at_hand: dict[str, asyncio.Task[None]] = {}
        self._waker = Waker()
        self._looking: asyncio.Task[None] | None = None
        self._firing = False

    async def start(self) -> None:
        """Begins to take jobs, and looks what was left."""
        await self._worker.start()
        self._looking = tasks.keep("queue-sweep", self._look_when_woken)

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Take nothing more, let jobs under way end for `grace`, then break them off and give them back."""
        await cancel(self._looking)
        await self._worker.stop(grace.total_seconds(), self._break_off)
        self._break_off()
        await asyncio.gather(*self._at_hand.values(), return_exceptions=True)

    def submit(self, leased: Iterable[StoredJob]) -> None:
        """Nothing: a call comes back by its job, to this process or another, as soon as it is committed."""

    def wake(self) -> None:
        self._waker.wake()

    async def is_idle(self) -> bool:
        """Return whether no job is at hand here and no open job of any process is due."""
        due = await self._store.read(lambda connection: jobs_table.any_due(connection, self._clock.now()))
        return not due and not self._at_hand

    async def idle(self) -> None:
        """Return once `is_idle`, bringing to the queue what isn't there; what is put off isn't waited for."""
        while not await self.is_idle():
            await self._bring()
            if self._at_hand:
                await asyncio.wait(self._at_hand.values(), timeout=SHARED_S, return_when=asyncio.FIRST_COMPLETED)
            else:
                await asyncio.sleep(SHARED_S)

    async def sweep(self) -> None:
        """Brings calls to the queue that are due and have no job, then fires due timers. Never raises."""
        try:
            await self._bring()
            # Firing may take longer than it is till the next sweep, which is then for the calls only.
            if not self._firing:
                self._firing = True
                try:
                    await self._sweep_timers()
                finally:
                    self._firing = False
        except StoreUnavailable:
            pass  # the next sweep is soon
        except Exception as error:
            _log.error("sweep_failed", alarm=True, **describe(error))

    async def _look_when_woken(self) -> None:
        while True:
            self._waker.listen()
            await self.sweep()
            await self._waker.sleep(3600)  # sweeps without a reason are the queue's

    async def _bring(self) -> None:
        now = self._clock.now()
        # Looked up before it is locked: an idle desk writes nothing.
        if await self._store.read(lambda connection: queue_jobs.list_jobless_calls(connection, now)):
            await self._store.write(lambda connection: queue_jobs.queue_jobless_calls(connection, now))

    async def _do(self, key: str) -> None:
        """Run a queued job: return when the stored one has ended or is put off. Raises only if it is cancelled."""
        task = self._at_hand.get(key)
        if task is None:
            task = tasks.spawn("call", self._attempt(key))
            self._at_hand[key] = task
            task.add_done_callback(lambda _: self._at_hand.pop(key, None))
        await asyncio.shield(task)

    async def _attempt(self, key: str) -> None:
        try:
            job = await persist_outcome(
                lambda: self._store.write(lambda connection: jobs_table.take(connection, key, self._clock.now() + SKEW))
            )
            if job is not None:
                await self._attempts.run(job)
        except Exception as error:
            _log.error("attempt_failed", alarm=True, key=key, **describe(error))

    def _break_off(self) -> None:
        for task in self._at_hand.values():
            task.cancel()
