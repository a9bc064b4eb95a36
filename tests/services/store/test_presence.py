"""A desk's place at a PostgreSQL database: alone or beside others, freed when its holder is gone, taken again."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy import make_url

from services.jobs.process_lease import ProcessLease
from services.store import leases, presence
from services.store.database import Store, open_store
from services.store.errors import StoreUnavailable
from services.store.leases import ask_lock, free, holds_lease, renew, take
from services.store.presence import DESKS, Crowded, DatabasePresence
from services.store.tables.core import lease

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


# --- leases between processes on PostgreSQL; on SQLite the one process holds whatever it likes ---


LONG = timedelta(minutes=5)
Pair = tuple[Store, Store]


async def run_out(store: Store) -> None:
    """The holder stood still for too long."""
    await store.write(lambda c: c.execute(sa.update(lease).values(until=sa.func.now() - timedelta(seconds=1))))


async def test_one_process_holds_it_until_it_runs_out(postgres_pair: Pair) -> None:
    store, other = postgres_pair
    assert await store.write(lambda c: take(c, "polling", "p1", LONG))
    assert not await other.write(lambda c: take(c, "polling", "p2", LONG))
    assert await store.write(lambda c: take(c, "polling", "p1", LONG))
    assert await store.read(lambda c: holds_lease(c, "polling", "p1"))
    await run_out(store)
    assert not await store.read(lambda c: holds_lease(c, "polling", "p1"))
    assert await other.write(lambda c: take(c, "polling", "p2", LONG))
    assert not await store.write(lambda c: take(c, "polling", "p1", LONG))


async def test_what_has_run_out_is_not_renewed_but_taken(postgres_pair: Pair) -> None:
    store, _ = postgres_pair
    for name in ("a", "b"):
        assert await store.write(lambda c, name=name: take(c, name, "p1", LONG))
    assert await store.write(lambda c: renew(c, ["a", "b", "unknown"], "p1", LONG)) == {"a", "b"}
    assert await store.write(lambda c: renew(c, ["a"], "p2", LONG)) == frozenset()
    await run_out(store)
    assert await store.write(lambda c: renew(c, ["a", "b"], "p1", LONG)) == frozenset()


async def test_only_the_holder_gives_it_back(postgres_pair: Pair) -> None:
    store, other = postgres_pair
    assert await store.write(lambda c: take(c, "a", "p1", LONG))
    await other.write(lambda c: free(c, ["a"], "p2"))
    assert await store.read(lambda c: holds_lease(c, "a", "p1"))
    await store.write(lambda c: free(c, ["a"], "p1"))
    assert await other.write(lambda c: take(c, "a", "p2", LONG))


async def test_the_holder_waits_for_those_whom_it_kept_out(postgres_pair: Pair) -> None:
    """What a refused transaction leaves to the holder is seen by it before it gives the lease back."""
    store, other = postgres_pair
    assert await store.write(lambda c: take(c, "a", "p1", LONG))
    refused, go_on = threading.Event(), threading.Event()
    done: list[str] = []

    def leave(connection: sa.Connection) -> None:
        assert not take(connection, "a", "p2", LONG)
        refused.set()
        assert go_on.wait(10)
        done.append("left")

    leaving = asyncio.create_task(other.write(leave))
    assert await asyncio.to_thread(refused.wait, 10)
    locking = asyncio.create_task(store.write(lambda c: (ask_lock(c, "a", "p1")(), done.append("locked"))))
    await store.read(lambda c: c.execute(sa.select(1)))  # time for it to get as far as it can
    assert done == []
    go_on.set()
    await asyncio.gather(leaving, locking)
    assert done == ["left", "locked"]


async def test_on_sqlite_there_is_nobody_else(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    assert await store.write(lambda c: take(c, "a", "p1", LONG))
    assert await store.read(lambda c: holds_lease(c, "b", "p1"))
    holder = ProcessLease(store)
    assert holder.holds("anything")
    assert await holder.take("anything")
    await store.close()


async def test_a_holder_knows_what_is_its_own(postgres_pair: Pair) -> None:
    one, two = (ProcessLease(store, timedelta(seconds=3)) for store in postgres_pair)  # a busy machine prolongs it
    await one.start()
    assert await one.take("polling")
    assert not await two.take("polling")
    first = await postgres_pair[0].read(_until)
    async with asyncio.timeout(30):
        while await postgres_pair[0].read(_until) == first:  # until it is prolonged
            pass
    await one.stop()
    assert not one.holds("polling")
    assert await two.take("polling"), "given back at once"


async def test_a_holder_that_can_not_renew_holds_nothing_soon(postgres_pair: Pair) -> None:
    one, two = (ProcessLease(store, timedelta(seconds=0.2)) for store in postgres_pair)
    assert await one.take("polling")  # never started: nothing is prolonged, as in a process that stands still
    async with asyncio.timeout(30):
        while not await two.take("polling"):
            assert two.holds("polling") is False
    assert not one.holds("polling"), "it gave up before another could take it"


def _until(connection: sa.Connection) -> object:
    return connection.execute(sa.select(leases.table.c.until)).scalar()
