"""What the tests of the engine hand to it: an outside that does as told, and a store whose faults are told."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from services.jobs.port import Done, GaveUp, Outcome, StoredJob
from services.store import jobs_table
from services.store.database import Store
from services.store.errors import StoreUnavailable


class Outside:
    """Answers each execution of a key with the next of its script (an outcome, an exception), else with Done.

    `hold` makes executions wait for `free`; `results` are what the result's turn was given.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.script: defaultdict[str, deque[Outcome | BaseException]] = defaultdict(deque)
        self.finish_script: deque[BaseException] = deque()
        self.begun: list[tuple[str, int]] = []
        self.results: list[tuple[str, Done | GaveUp]] = []
        self.running = 0
        self.most_running = 0
        self.free = asyncio.Event()
        self.free.set()

    def hold(self) -> None:
        """From now on executions wait."""
        self.free.clear()

    async def execute(self, call: StoredJob) -> Outcome:
        self.begun.append((call.key, call.attempts))
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await self.free.wait()
            answer = self.script[call.key].popleft() if self.script[call.key] else Done({"of": call.key})
            if isinstance(answer, BaseException):
                raise answer
            return answer
        finally:
            self.running -= 1

    async def finish(self, call: StoredJob, outcome: Done | GaveUp) -> None:
        if self.finish_script:
            raise self.finish_script.popleft()
        status, kept = ("done", outcome.result) if isinstance(outcome, Done) else ("failed", {"reason": outcome.reason})
        if await self.store.write(lambda connection: jobs_table.finish(connection, call.key, status, kept)):
            self.results.append((call.key, outcome))


class Watched:
    """A store that counts, that is away as often as told, and in whose readings something may happen."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.dialect = store.dialect
        self.exclusive = store.exclusive
        self.commits_hold = store.commits_hold
        self.read_only = store.read_only
        self.writes = 0
        self.away = 0
        self.after_read: Callable[[], Any] | None = None

    async def write(self, work: Callable[[sa.Connection], Any], **how: bool) -> Any:
        self._maybe_away()
        self.writes += 1
        return await self.store.write(work, **how)

    async def read(self, work: Callable[[sa.Connection], Any], **how: bool) -> Any:
        self._maybe_away()
        value = await self.store.read(work, **how)
        if self.after_read is not None:
            happening, self.after_read = self.after_read, None
            await happening()
        return value

    async def close(self) -> None:
        await self.store.close()

    def _maybe_away(self) -> None:
        if self.away:
            self.away -= 1
            raise StoreUnavailable("away")


async def until(condition: Callable[[], bool]) -> None:
    """Lets the others run until the condition holds; fails after ten seconds."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 what is waited for is anything
            await asyncio.sleep(0.001)
