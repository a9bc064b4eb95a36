"""The inbox: a message is taken once, however often and wherever it is delivered."""

import asyncio
from datetime import timedelta

import pytest

from services.store import inbox
from services.store.database import Store
from services.store.inbox import Seen
from tests.services.databases import NOW, a_conversation


async def test_only_the_first_delivery_counts(store: Store) -> None:
    """On psycopg an INSERT's rowcount is -1 either way: the answer must come from a returned row."""
    await a_conversation(store)

    async def deliver(key: str, channel: str = "rest") -> bool:
        return await store.write(lambda connection: inbox.first_time(connection, channel, key, "c1", "d", NOW))

    assert [await deliver("k1"), await deliver("k1"), await deliver("k2")] == [True, False, True]
    assert await deliver("k1", "telegram")


async def test_what_is_known_of_a_message(store: Store) -> None:
    await a_conversation(store)
    await store.write(lambda connection: inbox.first_time(connection, "rest", "k", "c1", "d", NOW, failed=True))
    assert await store.read(lambda connection: inbox.known(connection, "rest", "k")) == Seen("c1", "d", NOW, True)
    assert await store.read(lambda connection: inbox.known(connection, "web", "k")) is None


async def test_a_turn_that_raises_leaves_no_mark(store: Store) -> None:
    await a_conversation(store)

    def turn(connection: object) -> None:
        inbox.first_time(connection, "rest", "k", "c1", "d", NOW)  # type: ignore[arg-type]
        raise RuntimeError("poison")

    with pytest.raises(RuntimeError, match="poison"):
        await store.write(turn)
    assert await store.read(lambda connection: inbox.known(connection, "rest", "k")) is None


async def test_one_of_many_processes_takes_it(postgres_pair: tuple[Store, Store]) -> None:
    await a_conversation(postgres_pair[0])
    taken = await asyncio.gather(
        *(
            store.write(lambda connection: inbox.first_time(connection, "rest", "k", "c1", "d", NOW))
            for store in postgres_pair * 8
        )
    )
    assert sum(taken) == 1


async def test_old_marks_are_forgotten(store: Store) -> None:
    await a_conversation(store)
    for days in range(4):
        await store.write(
            lambda connection, days=days: inbox.first_time(
                connection, "rest", f"k{days}", "c1", "d", NOW - timedelta(days=days)
            )
        )
    assert [await store.write(lambda c: inbox.purge(c, NOW - timedelta(days=1), most=1)) for _ in range(3)] == [1, 1, 0]
    assert await store.read(lambda connection: inbox.known(connection, "rest", "k1")) is not None
    assert await store.read(lambda connection: inbox.known(connection, "rest", "k2")) is None
