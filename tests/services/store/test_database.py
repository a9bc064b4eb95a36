"""The port's promises on both databases: all or nothing, told after the commit, readers see only what is committed.

Timers, events, the clock's offset and the mark of what was carried.
"""

import asyncio
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from services.store import conversations, events, inbox, installation_rows, timer_rows
from services.store.database import Store, open_store, parse_url
from services.store.errors import ConversationGone, StoreUnavailable
from tests.services.databases import NOW, a_conversation
from tests.table import table


def put(connection: sa.Connection, name: str) -> str:
    assert events.store_event(connection, events.StoredEvent(name, "c1", "k", {}, NOW))
    return name


def names(connection: sa.Connection) -> list[str]:
    return sorted(event.id for event in events.list_due_events(connection))


async def test_what_was_written_is_seen(store: Store) -> None:
    assert await store.write(lambda connection: put(connection, "a")) == "a"
    assert await store.read(names) == ["a"]


async def test_work_that_raises_is_undone_alone(store: Store) -> None:
    def fails(connection: sa.Connection) -> None:
        put(connection, "bad")
        raise LookupError("mine")

    def breaks_a_rule(connection: sa.Connection) -> None:
        put(connection, "bad too")
        connection.execute(sa.text("INSERT INTO clock (id, offset_us) VALUES (2, 0)"))

    ends = await asyncio.gather(
        store.write(lambda connection: put(connection, "a")),
        store.write(fails),
        store.write(breaks_a_rule),
        store.write(lambda connection: put(connection, "b")),
        return_exceptions=True,
    )
    assert [type(end) for end in ends] == [str, LookupError, exc.IntegrityError, str]
    assert await store.read(names) == ["a", "b"]


async def test_work_may_try_a_part_and_go_on_without_it(store: Store) -> None:
    def work(connection: sa.Connection) -> None:
        put(connection, "a")
        try:
            with connection.begin_nested():
                put(connection, "b")
                raise LookupError("the part")
        except LookupError:
            put(connection, "apology")

    await store.write(work)
    assert await store.read(names) == ["a", "apology"]


async def test_readers_see_nothing_uncommitted_and_wait_for_nobody(store: Store) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(connection: sa.Connection) -> None:
        put(connection, "slow")
        begun.set()
        assert go_on.wait(10)

    # On PostgreSQL the work runs in the event loop's thread, so each side has a loop of its own.
    task = asyncio.create_task(asyncio.to_thread(lambda: asyncio.run(_in_another_loop(store, slow))))
    await asyncio.to_thread(begun.wait, 10)
    assert await store.read(names) == []
    go_on.set()
    await task
    assert await store.read(names) == ["slow"]


async def _in_another_loop(store: Store, work: Any) -> None:
    if store.dialect == "sqlite":
        await store.write(work)
        return
    other = open_store(_url_of(store))
    await other.write(work)
    await other.close()


def _url_of(store: Any) -> str:
    return store._engine.url.render_as_string(hide_password=False)


async def test_a_reader_sees_one_state_only(store: Store) -> None:
    loop = asyncio.get_running_loop()
    counted: list[int] = []

    def look(connection: sa.Connection) -> None:
        counted.append(len(names(connection)))
        asyncio.run_coroutine_threadsafe(store.write(lambda c: put(c, "meanwhile")), loop).result(10)
        counted.append(len(names(connection)))

    if store.dialect == "sqlite":
        await store.read(look)
    else:
        await asyncio.to_thread(lambda: asyncio.run(_look_elsewhere(store, look)))
    assert counted == [0, 0]
    assert await store.read(names) == ["meanwhile"]


async def _look_elsewhere(store: Store, look: Any) -> None:
    other = open_store(_url_of(store))
    await other.read(look)
    await other.close()


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(exc.DBAPIError):
        await store.read(lambda connection: put(connection, "a"))
    assert await store.read(names) == []
    await store.write(lambda connection: put(connection, "b"))


async def test_many_at_once(store: Store) -> None:
    wanted = [f"e{n:03}" for n in range(300)]
    done = await asyncio.gather(*(store.write(lambda connection, name=name: put(connection, name)) for name in wanted))
    assert done == wanted
    found = await store.read(lambda connection: events.list_due_events(connection, 1000))
    assert sorted(event.id for event in found) == wanted


async def test_cancelled_work_leaves_the_store_in_order(store: Store) -> None:
    tasks = [asyncio.create_task(store.write(lambda connection, n=n: put(connection, f"e{n}"))) for n in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    acknowledged = {end for end in await asyncio.gather(*tasks, return_exceptions=True) if isinstance(end, str)}
    assert {f"e{n}" for n in range(1, 20, 2)} <= acknowledged
    assert acknowledged <= set(await store.read(names))


async def test_errors_hold_no_parameters(store: Store) -> None:
    def work(connection: sa.Connection) -> None:
        for _ in range(2):
            connection.execute(
                sa.insert(events.table),
                {"id": "anna@example.com", "conversation_id": "c", "kind": "k", "payload": {}, "at": NOW},
            )

    with pytest.raises(exc.IntegrityError) as raised:
        await store.write(work)
    assert "INSERT INTO event" in str(raised.value)
    assert "[SQL parameters hidden" in str(raised.value)


async def test_a_closed_store_takes_nothing(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    queued = [asyncio.create_task(store.write(lambda connection, n=n: put(connection, f"e{n}"))) for n in range(9)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*queued)
    with pytest.raises(StoreUnavailable):
        await store.write(lambda connection: put(connection, "late"))
    await store.close()
    again = open_store(sqlite_url)
    assert len(await again.read(names)) == 9
    await again.close()


@table("address", ["mysql://host/db", "sqlite://", "sqlite:///:memory:", "no address at all", "sqlite+aiosqlite:///x"])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 each has its own sentence
        open_store(address)


@table("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_form_of_a_postgres_address_is_taken(scheme: str) -> None:
    url = parse_url(f"{scheme}://u:p@h:5433/d?sslmode=require")
    assert url.render_as_string(False) == "postgresql+psycopg://u:p@h:5433/d?sslmode=require"


def test_a_bad_address_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="must look like") as raised:
        parse_url("postgres//anna:secret@host")
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


async def test_a_folder_with_odd_characters(tmp_path: Path) -> None:
    folder = tmp_path / "a b?c#d%41é"
    store = open_store(sa.URL.create("sqlite", database=str(folder / "x.db")).render_as_string())
    await store.write(installation_rows._clock.create)
    await store.write(lambda connection: installation_rows.set_clock_offset(connection, NOW - NOW))
    assert (folder / "x.db").stat().st_mode & 0o077 == 0
    await store.close()


MINUTE = timedelta(minutes=1)


async def set_timer(store: Store, conversation: str, kind: str, minutes: int) -> timer_rows.Timer:
    due = NOW + minutes * MINUTE
    await store.write(lambda connection: timer_rows.set_timer(connection, conversation, kind, due, {"n": minutes}))
    known = await store.read(lambda connection: timer_rows.list_due(connection, due))
    return next(timer for timer in known if (timer.conversation_id, timer.kind) == (conversation, kind))


async def test_timers_come_in_the_order_they_are_due(store: Store) -> None:
    late = await set_timer(store, "c1", "silence", 3)
    soon = await set_timer(store, "c2", "silence", 1)
    assert await store.read(lambda connection: timer_rows.next_after(connection, NOW)) == NOW + MINUTE
    assert await store.read(lambda connection: timer_rows.list_due(connection, NOW)) == ()
    assert await store.read(lambda connection: timer_rows.list_due(connection, NOW + MINUTE)) == (soon,)
    assert await store.read(lambda connection: timer_rows.list_due(connection, NOW + 9 * MINUTE)) == (soon, late)
    assert await store.read(lambda connection: timer_rows.list_due(connection, NOW + 9 * MINUTE, 1)) == (soon,)


async def test_a_second_timer_of_a_kind_moves_the_first(store: Store) -> None:
    first = await set_timer(store, "c1", "silence", 1)
    second = await set_timer(store, "c1", "silence", 5)
    assert await store.read(lambda connection: timer_rows.list_due(connection, NOW + 9 * MINUTE)) == (second,)
    assert not await store.write(lambda connection: timer_rows.take(connection, first))
    assert await store.write(lambda connection: timer_rows.take(connection, second))
    assert not await store.write(lambda connection: timer_rows.take(connection, second))


async def test_a_timer_or_an_earlier_one_is_moved_only_to_be_due_sooner(store: Store) -> None:
    first = await set_timer(store, "c1", "silence", 3)

    async def set_or_earlier(minutes: int) -> tuple[timer_rows.Timer, ...]:
        due = NOW + minutes * MINUTE
        await store.write(lambda c: timer_rows.set_timer(c, "c1", "silence", due, or_earlier=True))
        return await store.read(lambda c: timer_rows.list_due(c, NOW + 9 * MINUTE))

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
    left = await store.read(lambda connection: timer_rows.list_due(connection, NOW + MINUTE))
    assert [timer.conversation_id for timer in left] == ["c2"]


async def test_events_wait_until_their_turn_has_run(store: Store) -> None:
    first = events.StoredEvent("e2", "c1", "page_done", {"ok": True}, NOW)
    second = events.StoredEvent("e1", "gone", "paid", {}, NOW + MINUTE)
    for event in (second, first):
        assert await store.write(lambda connection, event=event: events.store_event(connection, event))
    assert not await store.write(lambda connection: events.store_event(connection, first))
    assert await store.read(events.list_due_events) == (first, second)
    assert await store.write(lambda connection: events.mark_event_done(connection, "e2", NOW))
    assert not await store.write(lambda connection: events.mark_event_done(connection, "e2", NOW))
    assert await store.read(events.list_due_events) == (second,)


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
    assert await store.read(lambda connection: inbox.find_seen(connection, "rest", "k")) == inbox.Seen(
        "c1", "d", NOW, True
    )
    assert await store.read(lambda connection: inbox.find_seen(connection, "web", "k")) is None


async def test_a_turn_that_raises_leaves_no_mark(store: Store) -> None:
    await a_conversation(store)

    def turn(connection: object) -> None:
        inbox.first_time(connection, "rest", "k", "c1", "d", NOW)  # type: ignore[arg-type]
        raise RuntimeError("poison")

    with pytest.raises(RuntimeError, match="poison"):
        await store.write(turn)
    assert await store.read(lambda connection: inbox.find_seen(connection, "rest", "k")) is None


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
    assert await store.read(lambda connection: inbox.find_seen(connection, "rest", "k1")) is not None
    assert await store.read(lambda connection: inbox.find_seen(connection, "rest", "k2")) is None
