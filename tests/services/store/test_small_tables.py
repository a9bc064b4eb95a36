"""Timers, events, the clock's offset and the mark of what was carried."""

import asyncio
from datetime import timedelta

import pytest

from services.store import conversations, events, inbox, installation_rows, timer_rows
from services.store.database import Store
from services.store.errors import ConversationGone
from services.store.events import StoredEvent
from services.store.inbox import Seen
from services.store.timer_rows import Timer
from tests.services.databases import NOW, a_conversation

MINUTE = timedelta(minutes=1)


async def set_timer(store: Store, conversation: str, kind: str, minutes: int) -> Timer:
    due = NOW + minutes * MINUTE
    await store.write(lambda connection: timer_rows.set(connection, conversation, kind, due, {"n": minutes}))
    known = await store.read(lambda connection: timer_rows.due(connection, due))
    return next(timer for timer in known if (timer.conversation_id, timer.kind) == (conversation, kind))


async def test_timers_come_in_the_order_they_are_due(store: Store) -> None:
    late = await set_timer(store, "c1", "silence", 3)
    soon = await set_timer(store, "c2", "silence", 1)
    assert await store.read(lambda connection: timer_rows.next_after(connection, NOW)) == NOW + MINUTE
    assert await store.read(lambda connection: timer_rows.due(connection, NOW)) == ()
    assert await store.read(lambda connection: timer_rows.due(connection, NOW + MINUTE)) == (soon,)
    assert await store.read(lambda connection: timer_rows.due(connection, NOW + 9 * MINUTE)) == (soon, late)
    assert await store.read(lambda connection: timer_rows.due(connection, NOW + 9 * MINUTE, 1)) == (soon,)


async def test_a_second_timer_of_a_kind_moves_the_first(store: Store) -> None:
    first = await set_timer(store, "c1", "silence", 1)
    second = await set_timer(store, "c1", "silence", 5)
    assert await store.read(lambda connection: timer_rows.due(connection, NOW + 9 * MINUTE)) == (second,)
    assert not await store.write(lambda connection: timer_rows.take(connection, first))
    assert await store.write(lambda connection: timer_rows.take(connection, second))
    assert not await store.write(lambda connection: timer_rows.take(connection, second))


async def test_a_timer_or_an_earlier_one_is_moved_only_to_be_due_sooner(store: Store) -> None:
    first = await set_timer(store, "c1", "silence", 3)

    async def set_or_earlier(minutes: int) -> tuple[Timer, ...]:
        due = NOW + minutes * MINUTE
        await store.write(lambda c: timer_rows.set(c, "c1", "silence", due, or_earlier=True))
        return await store.read(lambda c: timer_rows.due(c, NOW + 9 * MINUTE))

    assert await set_or_earlier(5) == (first,)
    [sooner] = await set_or_earlier(1)
    assert (sooner.id, sooner.due_at) == (first.id, NOW + MINUTE)
    assert await store.write(lambda c: timer_rows.take(c, sooner))
    [alone] = await set_or_earlier(5)
    assert alone.due_at == NOW + 5 * MINUTE


async def test_timers_are_cancelled(store: Store) -> None:
    for kind in ("a", "b", "c"):
        await set_timer(store, "c1", kind, 1)
    await set_timer(store, "c2", "a", 1)
    assert await store.write(lambda connection: timer_rows.cancel(connection, "c1", "a"))
    assert not await store.write(lambda connection: timer_rows.cancel(connection, "c1", "a"))
    assert await store.write(lambda connection: timer_rows.cancel_all(connection, "c1")) == 2
    left = await store.read(lambda connection: timer_rows.due(connection, NOW + MINUTE))
    assert [timer.conversation_id for timer in left] == ["c2"]


async def test_events_wait_until_their_turn_has_run(store: Store) -> None:
    first = StoredEvent("e2", "c1", "page_done", {"ok": True}, NOW)
    second = StoredEvent("e1", "gone", "paid", {}, NOW + MINUTE)
    for event in (second, first):
        assert await store.write(lambda connection, event=event: events.put(connection, event))
    assert not await store.write(lambda connection: events.put(connection, first))
    assert await store.read(events.due) == (first, second)
    assert await store.write(lambda connection: events.done(connection, "e2", NOW))
    assert not await store.write(lambda connection: events.done(connection, "e2", NOW))
    assert await store.read(events.due) == (second,)


async def test_the_clock_offset_is_kept_to_the_microsecond(store: Store) -> None:
    assert await store.read(installation_rows.clock_offset) == timedelta(0)
    for offset in (timedelta(days=400, microseconds=1), timedelta(microseconds=-7), timedelta(0)):
        await store.write(lambda connection, offset=offset: installation_rows.set_clock_offset(connection, offset))
        assert await store.read(installation_rows.clock_offset) == offset


async def test_what_was_carried_never_goes_back(store: Store) -> None:
    await a_conversation(store)
    assert await store.read(lambda connection: conversations.delivered_seq(connection, "c1")) == 0
    for seq in (2, 5, 3):
        await store.write(lambda connection, seq=seq: conversations.mark_delivered(connection, "c1", seq))
    assert await store.read(lambda connection: conversations.delivered_seq(connection, "c1")) == 5


async def test_nothing_is_carried_of_a_conversation_that_was_erased(store: Store) -> None:
    with pytest.raises(ConversationGone):
        await store.write(lambda connection: conversations.mark_delivered(connection, "erased", 1))


# --- the inbox: a message is taken once, however often and wherever it is delivered ---


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
