"""The port's promises on both databases: all or nothing, told after the commit, readers see only what is committed."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from services.store import events, installation_rows
from services.store.database import Store, open_store, parse_url
from services.store.errors import StoreUnavailable
from services.store.events import StoredEvent
from tests.services.databases import NOW
from tests.table import table


def put(connection: sa.Connection, name: str) -> str:
    assert events.put(connection, StoredEvent(name, "c1", "k", {}, NOW))
    return name


def names(connection: sa.Connection) -> list[str]:
    return sorted(event.id for event in events.due(connection))


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
    writing = asyncio.to_thread(lambda: asyncio.run(_in_another_loop(store, slow)))
    task = asyncio.create_task(writing)
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
        _while_it_looks(store, loop)
        counted.append(len(names(connection)))

    if store.dialect == "sqlite":
        await store.read(look)
    else:
        await asyncio.to_thread(lambda: asyncio.run(_look_elsewhere(store, look)))
    assert counted == [0, 0]
    assert await store.read(names) == ["meanwhile"]


def _while_it_looks(store: Store, loop: asyncio.AbstractEventLoop) -> None:
    writing = store.write(lambda connection: put(connection, "meanwhile"))
    asyncio.run_coroutine_threadsafe(writing, loop).result(10)


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
    found = await store.read(lambda connection: events.due(connection, 1000))
    assert sorted(event.id for event in found) == wanted


async def test_cancelled_work_leaves_the_store_in_order(store: Store) -> None:
    tasks = [asyncio.create_task(store.write(lambda connection, n=n: put(connection, f"e{n}"))) for n in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    acknowledged = {end for end in ends if isinstance(end, str)}
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
