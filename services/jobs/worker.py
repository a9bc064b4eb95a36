"""The engine on SQLite: the outbox, and the worker that runs stored jobs when they are due and free.

Which engine a desk has, its database decides.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta
from importlib import import_module
from typing import Any

import sqlalchemy as sa
import structlog
from msgspec.structs import replace

from services import tasks
from services.clock import Clock
from services.errors import describe
from services.jobs.attempt import Attempts
from services.jobs.backoff import Waker, cancel
from services.jobs.port import Engine, Execute, Finish, Outbox, StoredJob
from services.jobs.timers import Fire, SweptTimers, TimerLoop
from services.store import jobs_table
from services.store.database import Store
from services.store.errors import StoreUnavailable

LEASE = timedelta(seconds=8)
"""How long a dead process's jobs lie still before another takes them (promise: work goes on within 10 s)."""


class SqliteOutbox:
    """Puts jobs into the `call` table; `lease` must be the worker's."""

    def __init__(self, clock: Clock, lease: timedelta = LEASE) -> None:
        self._clock = clock
        self._lease = lease

    def put(self, connection: sa.Connection, job: StoredJob) -> bool:
        """Store the job; True if it is due and leased to this process."""
        return jobs_table.store_job(connection, job, now=self._clock.now(), lease_for=self._lease)

    def leave(self, connection: sa.Connection, job: StoredJob) -> None:
        """Store the job for the next look at what is due."""
        jobs_table.add(connection, job, now=self._clock.now())


_log = structlog.get_logger(__name__)

SHARED = 0.05
"""Seconds until the next look when other processes hold what is due."""


class Worker:
    """Runs jobs, each at least once, at most `concurrency` at a time, as `Attempts` does them.

    The lease of every job at hand is renewed, so only a dead or frozen process loses one.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        execute: Execute,
        finish: Finish,
        *,
        tries: Callable[[str], int],
        lease: timedelta = LEASE,
        concurrency: int = 32,
        poll: float = 1.0,
    ) -> None:
        self._store = store
        self._clock = clock
        self._attempts = Attempts(store, clock, execute, finish, tries=tries)
        self._lease = lease
        self._concurrency = concurrency
        self._poll = poll
        self._slots = asyncio.Semaphore(concurrency)
        self._waker = Waker()
        self._taken = Waker()  # of who waits until nothing is due: a job was begun
        self._at_hand: dict[str, asyncio.Task[None]] = {}
        self._loops: list[asyncio.Task[None]] = []
        self._full = False
        self._stopping = False

    async def start(self) -> None:
        """Begins to take what is due. On a store of its own, what a dead process had leased is free at once."""
        if self._store.exclusive:
            await self._store.write(jobs_table.release_all)
        self._loops = [tasks.keep("worker-claims", self._claim_loop), tasks.keep("worker-leases", self._renew_loop)]

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Take nothing more, let jobs under way end for `grace`, then break them off and give them back."""
        self._stopping = True
        await cancel(*self._loops)
        if self._at_hand:
            await asyncio.wait(self._at_hand.values(), timeout=grace.total_seconds())
        left = tuple(self._at_hand)
        await cancel(*self._at_hand.values())
        if left:
            try:
                await self._store.write(lambda connection: jobs_table.release(connection, left))
            except StoreUnavailable:
                _log.warning("leases_kept", count=len(left))  # they run out by themselves

    def submit(self, leased: Iterable[StoredJob]) -> None:
        """Run jobs just committed by this process: exactly those for which `Outbox.put` returned True."""
        for job in leased:
            self._begin(replace(job, attempts=1))

    def wake(self) -> None:
        """Look again for what is due: a job was stored that nobody leased, or the clock was moved."""
        self._waker.wake()

    async def is_idle(self) -> bool:
        """Return whether no job is at hand here and no open job of any process is due."""
        due = await self._store.read(lambda connection: jobs_table.any_due(connection, self._clock.now()), brief=True)
        return not due and not self._at_hand

    async def idle(self) -> None:
        """Return once `is_idle`; what is put off till later isn't waited for."""
        while True:
            self._taken.listen()
            if await self.is_idle():
                return
            self._waker.wake()
            if self._at_hand:
                await asyncio.wait(self._at_hand.values(), timeout=self._poll, return_when=asyncio.FIRST_COMPLETED)
            else:
                await self._taken.sleep(min(SHARED, self._poll))

    async def _claim_loop(self) -> None:
        while True:
            self._waker.listen()
            try:
                rest = await self._take_due()
            except StoreUnavailable:
                rest = self._poll
            except Exception as error:
                _log.error("claim_failed", alarm=True, **describe(error))
                rest = self._poll
            await self._waker.sleep(rest)

    async def _take_due(self) -> float:
        """Begins what is due; returns the seconds until the next look."""
        room = self._concurrency - len(self._at_hand)
        self._full = room <= 0
        if self._full:
            return self._poll  # the end of any job wakes the loop
        # Looked up before claimed: an idle desk writes nothing.
        due = await self._store.read(jobs_table.next_due, brief=True)
        now = self._clock.now()
        if due is None or due > now:
            return self._poll if due is None else min(self._poll, (due - now).total_seconds())
        taken = await self._store.write(lambda connection: jobs_table.claim(connection, now, self._lease, room))
        for job in taken:
            self._begin(job)
        return 0 if taken else SHARED

    async def _renew_loop(self) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            if not (keys := tuple(self._at_hand)):
                continue
            until = self._clock.now() + self._lease
            try:
                await self._store.write(
                    lambda connection, keys=keys, until=until: jobs_table.renew(connection, keys, until)
                )
            except StoreUnavailable:
                _log.warning("leases_not_renewed", count=len(keys))

    def _begin(self, job: StoredJob) -> None:
        # A job at hand can be claimed again when its lease ran out or the clock was moved: it goes on as it is.
        if self._stopping or job.key in self._at_hand:
            return
        task = tasks.spawn(f"call-{job.kind}", self._run(job))
        self._at_hand[job.key] = task
        self._taken.wake()
        task.add_done_callback(lambda _: self._ended(job.key))

    def _ended(self, key: str) -> None:
        self._at_hand.pop(key, None)
        if self._full:
            self._waker.wake()

    async def _run(self, job: StoredJob) -> None:
        async with self._slots:
            await self._attempts.run(job)


_QUEUE = "postgresql"


def open_outbox(store: Store, clock: Clock) -> Outbox:
    if store.dialect == _QUEUE:
        return _by_name("queue_jobs").QueueOutbox(clock)
    return SqliteOutbox(clock)


def open_engine(
    store: Store, clock: Clock, url: str, *, execute: Execute, finish: Finish, fire: Fire, tries: Callable[[str], int]
) -> tuple[Engine, TimerLoop]:
    """Return the engine of the jobs and the loop of the timers; `url` is the address of the store's database."""
    if store.dialect == _QUEUE:
        timers = SweptTimers(store, clock, fire)
        made = _by_name("queue_engine").QueueEngine
        return made(store, clock, execute, finish, tries=tries, sweep_timers=timers.run_due, url=url), timers
    return Worker(store, clock, execute, finish, tries=tries), TimerLoop(store, clock, fire)


def _by_name(module: str) -> Any:
    # The queue's package is an extra that a desk on SQLite does without.
    return import_module(f"services.jobs.{module}")
