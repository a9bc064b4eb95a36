"""What the tests of both engines share: the database's engine of an outside, a turn's commit, a look at the queue."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.jobs.port import Engine, StoredJob
from services.jobs.queue_engine import QueueEngine
from services.jobs.worker import Worker, open_outbox
from services.store import jobs_table
from services.store.database import Store
from tests.kit.clock import ManualClock
from tests.kit.narrow import present
from tests.services.databases import NOW
from tests.services.jobs.outside import Outside


def call(key: str, due: timedelta = timedelta(0)) -> StoredJob:
    return StoredJob(key, "c1", "m1", "sms", {"to": "+48600700800"}, background=False, due_at=NOW + due)


async def no_timers() -> None: ...


@dataclass
class Engines:
    """What the engines of one database are made of, and a look at what they do."""

    store: Store
    url: str
    clock: ManualClock
    outside: Outside
    made: list[tuple[Engine, Outside]] = field(default_factory=list[tuple[Engine, Outside]])

    def make(
        self, beyond: Outside | None = None, at: ManualClock | None = None, on: Any = None, **settings: Any
    ) -> Engine:
        """Return an engine of the database's kind, perhaps with another outside, clock or store."""
        queue, outside = self.store.dialect == "postgresql", beyond or self.outside
        given: dict[str, Any] = {"sweep_timers": no_timers, "url": self.url} if queue else {"poll": 0.01}
        kind: Any = QueueEngine if queue else Worker
        given = {"tries": lambda _: 3} | given | settings
        engine: Engine = kind(on or self.store, at or self.clock, outside.execute, outside.finish, **given)
        self.made.append((engine, outside))
        return engine

    async def started(self, **settings: Any) -> Engine:
        engine = self.make(**settings)
        await engine.start()
        return engine

    async def stop(self) -> None:
        for _, outside in self.made:
            outside.free.set()
        await asyncio.gather(*(engine.stop(timedelta(0)) for engine, _ in self.made))

    async def commit(self, *some: StoredJob) -> list[StoredJob]:
        """A turn's commit; return the calls that this process is to run, which on PostgreSQL are none."""
        outbox = open_outbox(self.store, self.clock)
        mine = await self.store.write(lambda connection: [one for one in some if outbox.put(connection, one)])
        assert not mine or self.store.dialect == "sqlite"
        return mine

    async def status(self, key: str) -> str:
        return present(await self.store.read(lambda connection: jobs_table.find(connection, key))).status

    async def jobs(self) -> list[tuple[str, str]]:
        """The calls that have jobs in the queue, and how those stand."""
        return await jobs(self.store)

    async def do(self, statement: str, **values: Any) -> int:
        """Run it and return how many rows it changed."""
        return await self.store.write(lambda connection: connection.execute(sa.text(statement), values).rowcount)

    async def until_read(self, condition: Callable[[sa.Connection], object]) -> None:
        """Wait until the database says so; fail after a minute."""
        async with asyncio.timeout(60):
            while not await self.store.read(condition):  # noqa: ASYNC110 other processes' work makes no event here
                await asyncio.sleep(0.01)


@pytest.fixture
def url(postgres_url: str) -> str:
    """For the tests of one engine: here it is PostgreSQL."""
    return postgres_url


@pytest.fixture
async def at(store: Store, url: str) -> AsyncIterator[Engines]:
    """The engines of the store's database; they are stopped at the end."""
    engines = Engines(store, url, ManualClock(NOW), Outside(store))
    yield engines
    await engines.stop()


@pytest.fixture
async def engine(at: Engines) -> Engine:
    return await at.started()


async def quiet(engine: Engine) -> None:
    """Wait until the engine has nothing to do; one that never gets there is a failure, not a hang."""
    async with asyncio.timeout(60):
        await engine.idle()


async def jobs(store: Store) -> list[tuple[str, str]]:
    """The calls that have jobs, and how those stand."""
    query = sa.text("SELECT queueing_lock, status::text FROM procrastinate_jobs WHERE task_name = 'call' ORDER BY id")
    return [(row[0], row[1]) for row in await store.read(lambda connection: connection.execute(query).all())]
