"""Conversations: opened once, saved by revision, locked by one turn at a time."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa
from msgspec.structs import replace

from services.store import conversations, inbox
from services.store.database import Store, open_store
from tests.kit.narrow import present
from tests.services.databases import NOW, a_conversation


async def test_the_first_message_opens_it_and_the_second_finds_it(store: Store) -> None:
    first = await a_conversation(store, "c1")
    assert (first.revision, first.seq, first.mode, first.state) == (0, 0, "bot", {})
    again = await store.write(
        lambda connection: conversations.open(connection, "rest", first.address, "it", NOW + timedelta(days=1), "c2")
    )
    assert again == first
    assert await store.read(lambda connection: conversations.find(connection, "rest", first.address)) == first
    assert await store.read(lambda connection: conversations.find(connection, "web", first.address)) is None


async def test_an_address_may_hold_any_character(store: Store) -> None:
    opened = await store.write(
        lambda connection: conversations.open(connection, "rest", "a\0\ud800'; --", "pl", NOW, "c9")
    )
    again = await store.read(lambda connection: conversations.find(connection, "rest", "a\0\ud800'; --"))
    assert opened == again


async def test_two_processes_that_open_it_at_once_get_the_same(postgres_pair: tuple[Store, Store]) -> None:
    opened = await asyncio.gather(
        *(
            store.write(lambda connection, n=n: conversations.open(connection, "telegram", "17", "pl", NOW, f"c{n}"))
            for n, store in enumerate(postgres_pair * 8)
        )
    )
    assert len({conversation.id for conversation in opened}) == 1


async def test_saving_takes_the_next_revision_and_every_field(store: Store) -> None:
    old = await a_conversation(store)
    later = NOW + timedelta(minutes=1)
    changed = replace(
        old,
        account_id="a1",
        locale="it",
        mode="waiting",
        state={"slots": {"e": None}},
        seq=3,
        customer_at=later,
        closed_at=later,
        address="not stored",
    )
    assert await store.write(lambda connection: conversations.save(connection, changed, later))
    found = await store.read(lambda connection: conversations.load(connection, "c1", lock=False))
    assert found == replace(conversations.saved(changed, later), address=old.address)
    assert found is not None
    assert found.revision == 1
    of = await store.read(lambda connection: conversations.of_account(connection, "a1"))
    assert of == (found,)


async def test_a_stale_revision_changes_nothing(store: Store) -> None:
    old = await a_conversation(store)
    assert await store.write(lambda connection: conversations.save(connection, replace(old, seq=1), NOW))
    assert not await store.write(lambda connection: conversations.save(connection, replace(old, seq=9), NOW))
    found = present(await store.read(lambda connection: conversations.load(connection, "c1", lock=False)))
    assert found.seq == 1


async def test_nobody_has_an_unknown_one(store: Store) -> None:
    assert await store.write(lambda connection: conversations.load(connection, "c7", lock=True)) is None


async def test_turns_of_two_processes_wait_for_each_other(postgres_pair: tuple[Store, Store]) -> None:
    await a_conversation(postgres_pair[0])

    def turn(connection: sa.Connection) -> None:
        now = present(conversations.load(connection, "c1", lock=True))
        connection.exec_driver_sql("SELECT pg_sleep(0.002)")  # room for the others
        assert conversations.save(connection, replace(now, seq=now.seq + 1), NOW)

    await asyncio.gather(*(store.write(turn) for store in postgres_pair * 10))
    found = present(await postgres_pair[0].read(lambda connection: conversations.load(connection, "c1", lock=False)))
    assert (found.seq, found.revision) == (20, 20)


async def test_an_inbox_row_first_and_the_lock_after_make_no_deadlock(postgres_url: str) -> None:
    """The reference to the conversation locks it weakly; two turns that both hold that must not wait for each other."""
    store = open_store(postgres_url)
    await a_conversation(store)
    met = asyncio.Barrier(2)
    loop = asyncio.get_running_loop()

    async def turn(key: str) -> int:
        return await asyncio.to_thread(_sync_turn, postgres_url, key, met, loop)

    revisions = await asyncio.gather(turn("k1"), turn("k2"))
    assert sorted(revisions) == [0, 1]
    await store.close()


def _sync_turn(url: str, key: str, met: asyncio.Barrier, loop: asyncio.AbstractEventLoop) -> int:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        assert inbox.first_time(connection, "rest", key, "c1", "d", NOW)
        asyncio.run_coroutine_threadsafe(met.wait(), loop).result(10)
        now = present(conversations.load(connection, "c1", lock=True))
        conversations.save(connection, now, NOW)
    engine.dispose()
    return now.revision


def test_its_repr_tells_nothing_of_the_person() -> None:
    shown = repr(
        conversations.StoredConversation(
            "c1", "rest", "secret-address", None, "pl", "bot", 0, {"e": "anna@example.com"}, 0, NOW, NOW, None, None
        )
    )
    assert "secret-address" not in shown
    assert "anna" not in shown
