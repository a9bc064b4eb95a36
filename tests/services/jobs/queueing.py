"""What the tests of the engine on PostgreSQL share: engines of the outside, a turn's commit, a look at the queue."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.clock import ManualClock
from services.jobs.port import StoredJob
from services.jobs.queue_engine import QueueEngine
from services.jobs.queue_jobs import QueueOutbox
from services.store import jobs_table
from services.store.database import Store, open_store
from tests.kit.narrow import present
from tests.services.databases import NOW
from tests.services.jobs.outside import Outside

Made = Callable[..., QueueEngine]


def call(key: str, due: timedelta = timedelta(0)) -> StoredJob:
    return StoredJob(key, "c1", "m1", "sms", {"to": "+48600700800"}, background=False, due_at=NOW + due)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Store]:
    """Here it is PostgreSQL."""
    opened = open_store(postgres_url)
    yield opened
    await opened.close()


@pytest.fixture
async def outside(store: Store) -> Outside:
    return Outside(store)


@pytest.fixture
async def make(store: Store, postgres_url: str, clock: ManualClock, outside: Outside) -> AsyncIterator[Made]:
    """Makes engines of the outside on the store; they are stopped at the end."""
    made: list[tuple[QueueEngine, Outside]] = []

    async def no_timers() -> None: ...

    def one(beyond: Outside = outside, at: ManualClock = clock, **settings: Any) -> QueueEngine:
        given: dict[str, Any] = {"tries": lambda _: 3, "sweep_timers": no_timers, "url": postgres_url} | settings
        engine = QueueEngine(store, at, beyond.execute, beyond.finish, **given)
        made.append((engine, beyond))
        return engine

    yield one
    for _, beyond in made:
        beyond.free.set()
    await asyncio.gather(*(engine.stop(timedelta(0)) for engine, _ in made))


@pytest.fixture
async def engine(make: Made) -> QueueEngine:
    started = make()
    await started.start()
    return started


async def quiet(engine: QueueEngine) -> None:
    """Waits until the engine has nothing to do; one that never gets there is a failure, not a hang."""
    async with asyncio.timeout(60):
        await engine.idle()


async def commit(store: Store, clock: ManualClock, *some: StoredJob) -> None:
    """A turn's commit."""
    outbox = QueueOutbox(clock)
    assert await store.write(lambda connection: [outbox.put(connection, one) for one in some]) == [False] * len(some)


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
