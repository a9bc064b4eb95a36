"""Conversations: opened once, saved by revision, locked by one turn at a time.

No copy of a REST client's sender is kept, nor of one that an earlier release has stored.
"""

import asyncio
from datetime import timedelta

import sqlalchemy as sa
from msgspec.structs import replace

from benchmarks.upgrade import opened
from bot.conversation.identity import conversation_id, hashed_address
from services.store import conversations, inbox, migrate
from services.store.database import Store, open_store
from services.store.tables.core import call, conversation, inbound, journal
from services.store.tables.support import blocked_address
from tests.kit.narrow import present
from tests.services.databases import NOW, a_conversation


async def test_the_first_message_opens_it_and_the_second_finds_it(store: Store) -> None:
    first = await a_conversation(store, "c1")
    assert (first.revision, first.seq, first.mode, first.state) == (0, 0, "bot", {})
    again = await store.write(
        lambda connection: conversations.open_talk(
            connection, "rest", first.address, "it", NOW + timedelta(days=1), "c2"
        )
    )
    assert again == first
    assert await store.read(lambda connection: conversations.find(connection, "rest", first.address)) == first
    assert await store.read(lambda connection: conversations.find(connection, "web", first.address)) is None


async def test_an_address_may_hold_any_character(store: Store) -> None:
    opened = await store.write(lambda c: conversations.open_talk(c, "rest", "a\0\ud800'; --", "pl", NOW, "c9"))
    assert opened == await store.read(lambda connection: conversations.find(connection, "rest", "a\0\ud800'; --"))


async def test_two_processes_that_open_it_at_once_get_the_same(postgres_pair: tuple[Store, Store]) -> None:
    opened = await asyncio.gather(
        *(
            store.write(
                lambda connection, n=n: conversations.open_talk(connection, "telegram", "17", "pl", NOW, f"c{n}")
            )
            for n, store in enumerate(postgres_pair * 8)
        )
    )
    assert len({conversation.id for conversation in opened}) == 1


async def test_saving_takes_the_next_revision_and_every_field(store: Store) -> None:
    old, later = await a_conversation(store), NOW + timedelta(minutes=1)
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
    assert found == replace(conversations.advance_revision(changed, later), address=old.address)
    assert found is not None
    assert found.revision == 1
    assert await store.read(lambda connection: conversations.of_account(connection, "a1")) == (found,)


async def test_a_stale_revision_changes_nothing(store: Store) -> None:
    old = await a_conversation(store)
    assert await store.write(lambda connection: conversations.save(connection, replace(old, seq=1), NOW))
    assert not await store.write(lambda connection: conversations.save(connection, replace(old, seq=9), NOW))
    assert present(await store.read(lambda connection: conversations.load(connection, "c1", lock=False))).seq == 1


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
    met, loop = asyncio.Barrier(2), asyncio.get_running_loop()

    async def turn(key: str) -> int:
        return await asyncio.to_thread(_sync_turn, postgres_url, key, met, loop)

    assert sorted(await asyncio.gather(turn("k1"), turn("k2"))) == [0, 1]
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


ODD_SENDER = "Kanarek'); -- ąę 0001"


def fill(connection: sa.Connection, channel: str) -> None:
    """A conversation as an earlier release stored it; it is blocked, too."""
    id, root = conversation_id(channel, ODD_SENDER), f"{channel}:{ODD_SENDER}:m:1"
    talk = {"id": id, "channel": channel, "address": ODD_SENDER, "locale": "pl", "mode": "bot", "revision": 1, "seq": 1}
    taken = {"channel": channel, "key": f"{ODD_SENDER}:m:1", "conversation_id": id, "digest": "", "failed": False}
    said = {"conversation_id": id, "revision": 1, "kind": "bot", "root": root, "data": {}, "delivery": "kept"}
    due = {"key": id, "conversation_id": id, "root": root, "kind": "X", "payload": {}, "background": False}
    block = {"channel": channel, "address": ODD_SENDER, "agent_id": "a", "reason": "r"}
    connection.execute(sa.insert(conversation).values(**talk, state={}, started_at=NOW, updated_at=NOW))
    connection.execute(sa.insert(inbound).values(**taken, at=NOW))
    connection.execute(sa.insert(journal).values(**said, at=NOW))
    connection.execute(sa.insert(call).values(**due, status="open", due_at=NOW, attempts=0, created_at=NOW))
    connection.execute(sa.insert(blocked_address).values(**block, at=NOW))


def test_senders_stored_by_earlier_releases_are_hashed(empty_url: str) -> None:
    migrate.upgrade(empty_url, "0022")
    with opened(empty_url) as engine, engine.begin() as connection:
        fill(connection, "rest")
        fill(connection, "telegram")

    migrate.upgrade(empty_url)

    hashed = hashed_address("rest", ODD_SENDER)
    assert conversation_id("rest", hashed) == conversation_id("rest", ODD_SENDER)
    columns = conversation.c.address, inbound.c.key, journal.c.root, call.c.root, blocked_address.c.address
    with opened(empty_url) as engine, engine.begin() as connection:
        found = [set(connection.scalars(sa.select(column))) for column in columns]
    assert found == [
        {ODD_SENDER, hashed},
        {f"{ODD_SENDER}:m:1", f"{hashed}:m:1"},
        {f"telegram:{ODD_SENDER}:m:1", f"rest:{hashed}:m:1"},
        {f"telegram:{ODD_SENDER}:m:1", f"rest:{hashed}:m:1"},
        {ODD_SENDER, hashed},
    ]
