"""What the tests of both engines share: the database's engine of an outside, a turn's commit, a look at the queue."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.clock import ManualClock
from services.jobs.opening import open_outbox
from services.jobs.port import Engine, StoredJob
from services.jobs.queue_engine import QueueEngine
from services.jobs.worker import Worker
from services.store import jobs_table
from services.store.database import Store
from tests.kit.narrow import present
from tests.services.databases import NOW
from tests.services.jobs.outside import Outside

Made = Callable[..., Any]
"""Of engines: `beyond`, `at` and `on` are another outside, clock and store; what else is given is the engine's."""


def call(key: str, due: timedelta = timedelta(0)) -> StoredJob:
    return StoredJob(key, "c1", "m1", "sms", {"to": "+48600700800"}, background=False, due_at=NOW + due)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def url(postgres_url: str) -> str:
    """For the tests of one engine: here it is PostgreSQL."""
    return postgres_url


@pytest.fixture
async def outside(store: Store) -> Outside:
    return Outside(store)


@pytest.fixture
async def make(store: Store, url: str, clock: ManualClock, outside: Outside) -> AsyncIterator[Made]:
    """Make engines of the outside on the store, of the kind that its database has; they are stopped at the end."""
    made: list[tuple[Engine, Outside]] = []

    async def no_timers() -> None: ...

    def one(beyond: Outside = outside, at: ManualClock = clock, on: Any = store, **settings: Any) -> Engine:
        queue = store.dialect == "postgresql"
        given: dict[str, Any] = {"sweep_timers": no_timers, "url": url} if queue else {"poll": 0.01}
        kind: Any = QueueEngine if queue else Worker
        engine: Engine = kind(on, at, beyond.execute, beyond.finish, **{"tries": lambda _: 3} | given | settings)
        made.append((engine, beyond))
        return engine

    yield one
    for _, beyond in made:
        beyond.free.set()
    await asyncio.gather(*(engine.stop(timedelta(0)) for engine, _ in made))


async def started(engine: Engine) -> Engine:
    await engine.start()
    return engine


@pytest.fixture
async def engine(make: Made) -> Engine:
    return await started(make())


async def quiet(engine: Engine) -> None:
    """Waits until the engine has nothing to do; one that never gets there is a failure, not a hang."""
    async with asyncio.timeout(60):
        await engine.idle()


async def commit(store: Store, clock: ManualClock, *some: StoredJob) -> list[StoredJob]:
    """A turn's commit; returns the calls that this process is to run, which on PostgreSQL are none."""
    outbox = open_outbox(store, clock)
    mine = await store.write(lambda connection: [one for one in some if outbox.put(connection, one)])
    assert not mine or store.dialect == "sqlite"
    return mine


async def status(store: Store, key: str) -> str:
    return present(await store.read(lambda connection: jobs_table.find(connection, key))).status


async def jobs(store: Store) -> list[tuple[str, str]]:
    """The calls that have jobs, and how those stand."""
    query = sa.text("SELECT queueing_lock, status::text FROM procrastinate_jobs WHERE task_name = 'call' ORDER BY id")
    return [(row[0], row[1]) for row in await store.read(lambda connection: connection.execute(query).all())]


async def do(store: Store, statement: str, **values: Any) -> int:
    """Runs it and returns how many rows it changed."""
    return await store.write(lambda connection: connection.execute(sa.text(statement), values).rowcount)


async def until_read(store: Store, condition: Callable[[sa.Connection], object]) -> None:
    """Waits until the database says so; fails after ten seconds."""
    async with asyncio.timeout(60):
        while not await store.read(condition):  # noqa: ASYNC110 other processes' work makes no event here
            await asyncio.sleep(0.01)
