"""One attempt at a stored job: do it, and keep what came of it. The same whatever brought the job here."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from services.clock import Clock
from services.crash import crash_point
from services.errors import describe
from services.jobs.backoff import patience, pause
from services.jobs.port import Done, Execute, Finish, GaveUp, Outcome, StoredJob, TryLater
from services.store import jobs_table
from services.store.database import Store
from services.store.errors import StoreUnavailable

T = TypeVar("T")
SOONEST, LATEST = timedelta(seconds=30), timedelta(minutes=2)
"""While a provider fails, it is tried again after an eighth of the time that it has failed, within these bounds."""
_log = structlog.get_logger(__name__)

STORE_PAUSES = (0.1, 0.3, 1.0, 3.0)
"""Seconds between tries to store an outcome while the database is away; the last one repeats."""


class Attempts:
    """Does jobs with `execute` and hands what came of them to `finish`, which ends the job in its own transaction.

    Itself it only puts jobs off. `tries` says how often a job of a kind is begun before its last "later" counts as
    given up; while a provider is away, for as long as so many tries take, however often it was tried. Never raises,
    whatever `execute` and `finish` do.
    """

    def __init__(
        self, store: Store, clock: Clock, execute: Execute, finish: Finish, *, tries: Callable[[str], int]
    ) -> None:
        self._store = store
        self._clock = clock
        self._execute = execute
        self._finish = finish
        self._tries = tries

    async def run(self, job: StoredJob) -> None:
        """Run the job and return once what came of it is stored, however long the database is away."""
        outcome = await self._outcome(job)
        if isinstance(outcome, TryLater):
            await self._put_off(job, outcome)
        else:
            await self._hand_over(job, outcome)

    async def _outcome(self, job: StoredJob) -> Outcome:
        try:
            crash_point(f"before call {job.kind}")
            outcome = await self._execute(job)
            crash_point(f"after call {job.kind}")
        except Exception as error:
            _log.error("call_raised", alarm=True, key=job.key, kind=job.kind, **describe(error))
            outcome = TryLater(None, "raised")
        if isinstance(outcome, TryLater):
            of = {"key": job.key, "kind": job.kind, "reason": outcome.reason, "provider": outcome.provider}
            _log.info("call_later", attempts=job.attempts, **of)
            tries = self._tries(job.kind)
            of_provider = outcome.provider is not None and self._failing_for(job) < patience(tries)
            if job.attempts >= tries and not of_provider:
                _log.error("call_given_up", alarm=True, **of)
                return GaveUp(outcome.reason)
        return outcome

    def _failing_for(self, job: StoredJob) -> timedelta:
        return self._clock.now() - datetime.fromisoformat(job.outcome["since"]) if job.outcome else timedelta(0)

    async def _hand_over(self, job: StoredJob, outcome: Done | GaveUp) -> None:
        try:
            await persist_outcome(lambda: self._finish(job, outcome))
        except Exception as error:
            # The result's turn couldn't even be stored as failed. The job is made again, by its key, and then again.
            _log.error("result_failed", alarm=True, key=job.key, kind=job.kind, **describe(error))
            if job.attempts < self._tries(job.kind):
                await self._put_off(job, TryLater(None, "result_failed"))
            else:
                await self._bury(job)

    async def _put_off(self, job: StoredJob, outcome: TryLater) -> None:
        now, failing, rest = self._clock.now(), self._failing_for(job), pause(job.attempts)
        if outcome.provider is not None:
            rest = min(rest, max(failing / 8, SOONEST), LATEST)
        due = now + (rest if outcome.after is None else outcome.after)
        failure = {"since": (now - failing).isoformat(), "provider": outcome.provider} if outcome.failed else None
        await persist_outcome(lambda: self._store.write(lambda c: jobs_table.retry_later(c, job.key, due, failure)))

    async def _bury(self, job: StoredJob) -> None:
        _log.error("call_dead", alarm=True, key=job.key, kind=job.kind)
        outcome = {"reason": "result_failed"}
        await persist_outcome(
            lambda: self._store.write(lambda connection: jobs_table.finish(connection, job.key, "failed", outcome))
        )


async def persist_outcome(storing: Callable[[], Awaitable[T]]) -> T:
    """Retry storing an outcome until the database accepts it: its job may have cost money."""
    tried = 0
    while True:
        try:
            return await storing()
        except StoreUnavailable:
            await asyncio.sleep(STORE_PAUSES[min(tried, len(STORE_PAUSES) - 1)])
            tried += 1
