"""Leases between processes on PostgreSQL; on SQLite the one process holds whatever it likes."""

import asyncio
import threading
from datetime import timedelta

import sqlalchemy as sa

from services.jobs.process_lease import ProcessLease
from services.store import leases
from services.store.database import Store, open_store
from services.store.leases import ask_lock, free, held, renew, take
from services.store.tables.core import lease

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
    assert await store.read(lambda c: held(c, "polling", "p1"))
    await run_out(store)
    assert not await store.read(lambda c: held(c, "polling", "p1"))
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
    assert await store.read(lambda c: held(c, "a", "p1"))
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
    assert await store.read(lambda c: held(c, "b", "p1"))
    holder = ProcessLease(store)
    assert holder.holds("anything")
    assert await holder.take("anything")
    await store.close()


async def test_a_holder_knows_what_is_its_own(postgres_pair: Pair) -> None:
    one, two = (ProcessLease(store, timedelta(seconds=0.3)) for store in postgres_pair)
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
