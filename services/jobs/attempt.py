"""One attempt at a stored call: do it, and keep what came of it. The same whatever brought the call here."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import structlog

from services.clock import Clock
from services.crash import crash_point
from services.errors import describe
from services.jobs.backoff import pause
from services.jobs.port import Done, Execute, Finish, GaveUp, Outcome, StoredJob, TryLater
from services.store import jobs_table
from services.store.database import Store
from services.store.errors import StoreUnavailable

T = TypeVar("T")
_log = structlog.get_logger(__name__)

STORE_PAUSES = (0.1, 0.3, 1.0, 3.0)
"""Seconds between tries to store an outcome while the database is away; the last one repeats."""


class Attempts:
    """Does calls with `execute` and hands what came of them to `finish`, which ends the call in its own transaction.

    Itself it only puts calls off. `tries` says how often a call of a kind is begun before its last "later" counts as
    given up. Never raises, whatever `execute` and `finish` do.
    """

    def __init__(
        self, store: Store, clock: Clock, execute: Execute, finish: Finish, *, tries: Callable[[str], int]
    ) -> None:
        self._store = store
        self._clock = clock
        self._execute = execute
        self._finish = finish
        self._tries = tries

    async def run(self, call: StoredJob) -> None:
        """Run the job and return once what came of it is stored, however long the database is away."""
        outcome = await self._outcome(call)
        if isinstance(outcome, TryLater):
            await self._put_off(call, outcome.after)
        else:
            await self._hand_over(call, outcome)

    async def _outcome(self, call: StoredJob) -> Outcome:
        try:
            crash_point(f"before call {call.kind}")
            outcome = await self._execute(call)
            crash_point(f"after call {call.kind}")
        except Exception as error:
            _log.error("call_raised", alarm=True, key=call.key, kind=call.kind, **describe(error))
            outcome = TryLater(None, "raised")
        if isinstance(outcome, TryLater):
            _log.info("call_later", key=call.key, kind=call.kind, attempts=call.attempts, reason=outcome.reason)
            if call.attempts >= self._tries(call.kind):
                _log.error("call_given_up", alarm=True, key=call.key, kind=call.kind, reason=outcome.reason)
                return GaveUp(outcome.reason)
        return outcome

    async def _hand_over(self, call: StoredJob, outcome: Done | GaveUp) -> None:
        try:
            await persisted(lambda: self._finish(call, outcome))
        except Exception as error:
            # The result's turn couldn't even be stored as failed. The call is made again, by its key, and then again.
            _log.error("result_failed", alarm=True, key=call.key, kind=call.kind, **describe(error))
            if call.attempts < self._tries(call.kind):
                await self._put_off(call, None)
            else:
                await self._bury(call)

    async def _put_off(self, call: StoredJob, after: timedelta | None) -> None:
        due = self._clock.now() + (pause(call.attempts) if after is None else after)
        await persisted(lambda: self._store.write(lambda connection: jobs_table.retry_later(connection, call.key, due)))

    async def _bury(self, call: StoredJob) -> None:
        _log.error("call_dead", alarm=True, key=call.key, kind=call.kind)
        outcome = {"reason": "result_failed"}
        await persisted(
            lambda: self._store.write(lambda connection: jobs_table.finish(connection, call.key, "failed", outcome))
        )


async def persisted(storing: Callable[[], Awaitable[T]]) -> T:
    """Retry storing an outcome until the database accepts it: its job may have cost money."""
    tried = 0
    while True:
        try:
            return await storing()
        except StoreUnavailable:
            await asyncio.sleep(STORE_PAUSES[min(tried, len(STORE_PAUSES) - 1)])
            tried += 1
