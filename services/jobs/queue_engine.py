"""The engine of a desk in several processes: PostgreSQL and a distributed queue, whose jobs say only which call is due.

The `call` row stays the record, the guard against repeats and the home of what is put off: its due time is compared
with the desk's clock, which the sandbox moves, never with the queue's. The queue says who does a call, and notices the
dead.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

import structlog

from services import tasks
from services.clock import Clock
from services.errors import describe
from services.jobs import queue_jobs
from services.jobs.attempt import Attempts, persisted
from services.jobs.backoff import Waker, cancel
from services.jobs.port import Execute, Finish, StoredJob
from services.jobs.queue_worker import QueueWorker
from services.store import jobs_table
from services.store.database import Store, parse_url
from services.store.errors import StoreUnavailable

SHARED_S = 0.02
"""Seconds between looks whether the calls that are due have ended, in whatever process."""

SKEW = timedelta(seconds=0.5)
"""So much may one machine's clock be behind another's: what that one found due isn't left for the next sweep."""

_log = structlog.get_logger(__name__)


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
        if await self._store.read(lambda connection: queue_jobs.left(connection, now)):
            await self._store.write(lambda connection: queue_jobs.bring(connection, now))

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
            job = await persisted(
                lambda: self._store.write(lambda connection: jobs_table.take(connection, key, self._clock.now() + SKEW))
            )
            if job is not None:
                await self._attempts.run(job)
        except Exception as error:
            _log.error("attempt_failed", alarm=True, key=key, **describe(error))

    def _break_off(self) -> None:
        for task in self._at_hand.values():
            task.cancel()
