"""A desk's place at a PostgreSQL database: alone or beside others, freed when its holder is gone, taken again."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy import make_url

from services.store import presence
from services.store.database import Store, open_store
from services.store.errors import StoreUnavailable
from services.store.presence import DESKS, Crowded, DatabasePresence

HOLDERS = sa.text("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = :low AND granted")


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "ROUNDS", 2)
    monkeypatch.setattr(presence, "PAUSE_S", 0.01)
    monkeypatch.setattr(presence, "LONGEST_PAUSE_S", 0.01)


@asynccontextmanager
async def a_place(url: str, *, alone: bool) -> AsyncGenerator[DatabasePresence]:
    place = DatabasePresence(make_url(url), alone=alone)
    await place.enter()
    try:
        yield place
    finally:
        await place.leave()


async def holders(store: Store) -> list[int]:
    return await store.read(lambda c: list(c.execute(HOLDERS, {"low": DESKS & 0xFFFFFFFF}).scalars()))


async def nobody(store: Store) -> bool:
    return await holders(store) == []


async def another(store: Store, before: int) -> bool:
    return await holders(store) not in ([], [before])


async def told(logs: list[Any]) -> bool:
    return "presence_taken" in [line["event"] for line in logs]


async def until(so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await so():  # noqa: ASYNC110 - the server's locks tell nobody that they changed
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(("first", "second"), [(True, True), (True, False), (False, True)])
async def test_whoever_wants_to_be_alone_is(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, first: bool, second: bool
) -> None:
    async with a_place(postgres_url, alone=first):
        with pytest.raises(Crowded):
            await DatabasePresence(make_url(postgres_url), alone=second).enter()
    monkeypatch.setattr(presence, "ROUNDS", 500)  # the server frees the place when its process has ended
    async with a_place(postgres_url, alone=second):
        pass


async def test_those_that_are_not_alone_are_together(postgres_url: str) -> None:
    async with a_place(postgres_url, alone=False), a_place(postgres_url, alone=False):
        with pytest.raises(Crowded):
            await DatabasePresence(make_url(postgres_url), alone=True).enter()


async def test_a_place_whose_connection_broke_is_taken_again(postgres_url: str) -> None:
    store = open_store(postgres_url)
    with structlog.testing.capture_logs():
        async with a_place(postgres_url, alone=True):
            [before] = await holders(store)
            await _end(store, before)
            await until(lambda: another(store, before))
            with pytest.raises(Crowded):
                await DatabasePresence(make_url(postgres_url), alone=False).enter()
        await until(lambda: nobody(store))  # the server ends a session a moment after its client has left
    await store.close()


async def test_a_place_that_another_took_meanwhile_raises_an_alarm(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(postgres_url)
    other = DatabasePresence(make_url(postgres_url), alone=True)
    mine = DatabasePresence(make_url(postgres_url), alone=True)
    connected = mine._connected

    async def later() -> Any:
        if not mine_is_first:
            await taken.wait()
        return await connected()

    monkeypatch.setattr(mine, "_connected", later)
    taken, mine_is_first = asyncio.Event(), True
    with structlog.testing.capture_logs() as logs:
        await mine.enter()
        mine_is_first = False
        await _end(store, (await holders(store))[0])
        await until(lambda: nobody(store))
        await other.enter()
        taken.set()
        await until(lambda: told(logs))
        await other.leave()
        await until(lambda: another(store, 0))
    assert [line.get("alarm") for line in logs if line["event"] == "presence_taken"] == [True]
    await mine.leave()
    await store.close()


async def test_a_database_that_is_away_is_said_so() -> None:
    with pytest.raises(StoreUnavailable):
        await DatabasePresence(make_url("postgresql://nobody@127.0.0.1:1/none"), alone=True).enter()


async def _end(store: Store, pid: int) -> None:
    await store.write(lambda c: c.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid}))
