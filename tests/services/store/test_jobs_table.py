"""The outbox: stored with the decision, taken by one process, ended once."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from services.jobs.port import StoredJob
from services.store import jobs_table, migrate, queue_schema
from services.store.database import Store, parse_url
from services.store.errors import NameTaken, StoreTooNew
from tests.kit.narrow import present
from tests.services.databases import NOW

LEASE = timedelta(seconds=8)
SECOND = timedelta(seconds=1)


def call(key: str, *, due: timedelta = timedelta(0), root: str | None = "m1", background: bool = False) -> StoredJob:
    return StoredJob(key, "c1", root, "sms", {"to": "+48600700800"}, background, NOW + due)


async def put(store: Store, one: StoredJob, lease: timedelta | None = None) -> bool:
    return await store.write(lambda connection: jobs_table.store_job(connection, one, now=NOW, lease_for=lease))


async def claim(store: Store, after: timedelta = timedelta(0), limit: int = 10) -> list[StoredJob]:
    return list(await store.write(lambda connection: jobs_table.claim(connection, NOW + after, LEASE, limit)))


async def test_the_same_key_is_the_same_call(store: Store) -> None:
    assert await put(store, call("k"), LEASE)
    assert not await put(store, call("k"), LEASE)
    with pytest.raises(NameTaken):
        await put(store, replace(call("k"), kind="other"), LEASE)
    record = present(await store.read(lambda connection: jobs_table.find(connection, "k")))
    assert (record.call, record.status, record.created_at) == (replace(call("k"), attempts=1), "open", NOW)


async def test_a_call_is_leased_to_the_process_that_commits_it(store: Store) -> None:
    assert await put(store, call("k1"), LEASE)
    assert not await put(store, call("k2"))
    assert not await put(store, call("k3", due=SECOND), LEASE)
    assert await claim(store) == [replace(call("k2"), attempts=1)]
    assert [one.key for one in await claim(store, LEASE - SECOND)] == ["k3"]
    assert [(one.key, one.attempts) for one in await claim(store, LEASE)] == [("k1", 2), ("k2", 2)]


async def test_calls_are_taken_in_the_order_they_are_due(store: Store) -> None:
    for n, due in enumerate((3, 1, 2, 1)):
        await put(store, call(f"k{n}", due=due * SECOND))
    assert [one.key for one in await claim(store, 3 * SECOND, limit=3)] == ["k1", "k3", "k2"]
    assert [one.key for one in await claim(store, 3 * SECOND)] == ["k0"]
    assert await claim(store, 3 * SECOND) == []


async def test_no_two_processes_take_the_same_call(postgres_pair: tuple[Store, Store]) -> None:
    for n in range(40):
        await put(postgres_pair[0], call(f"k{n}"))
    taken = await asyncio.gather(*(claim(store, limit=4) for store in postgres_pair * 8))
    keys = [one.key for batch in taken for one in batch]
    assert len(keys) == len(set(keys))
    assert max(len(batch) for batch in taken) <= 4
    rest = await claim(postgres_pair[0], limit=100)
    assert len(keys) + len(rest) == 40


async def test_a_claim_neither_waits_for_another_nor_takes_its_calls(
    postgres_pair: tuple[Store, Store], postgres_url: str
) -> None:
    for n in range(5):
        await put(postgres_pair[0], call(f"k{n}"))
    engine = sa.create_engine(postgres_url)
    with engine.connect() as one, engine.connect() as other, one.begin(), other.begin():
        other.exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
        first = jobs_table.claim(one, NOW, LEASE, 3)
        second = jobs_table.claim(other, NOW, LEASE, 3)
    engine.dispose()
    assert [taken.key for taken in (*first, *second)] == ["k0", "k1", "k2", "k3", "k4"]


async def test_a_call_ends_once(store: Store) -> None:
    await put(store, call("k"), LEASE)

    async def finish(status: str, outcome: dict[str, object] | None) -> bool:
        return await store.write(lambda connection: jobs_table.finish(connection, "k", status, outcome))

    assert await finish("done", {"id": "7"})
    assert not await finish("failed", None)
    assert not await store.write(lambda connection: jobs_table.retry_later(connection, "k", NOW))
    record = present(await store.read(lambda connection: jobs_table.find(connection, "k")))
    assert (record.status, record.call.outcome) == ("done", {"id": "7"})
    assert await claim(store, timedelta(days=1)) == []


async def test_a_call_put_off_waits_for_its_time_and_counts_its_attempts(store: Store) -> None:
    await put(store, call("k"), LEASE)
    assert await store.write(lambda connection: jobs_table.retry_later(connection, "k", NOW + 2 * SECOND))
    assert await claim(store, SECOND) == []
    assert [one.attempts for one in await claim(store, 2 * SECOND)] == [2]


async def test_leases_are_renewed_and_given_back(store: Store) -> None:
    await put(store, call("k1"), LEASE)
    await put(store, call("k2"), LEASE)
    await store.write(lambda connection: jobs_table.renew(connection, ["k1"], NOW + 2 * LEASE))
    assert [one.key for one in await claim(store, LEASE)] == ["k2"]
    await store.write(lambda connection: jobs_table.release(connection, ["k1", "k2"]))
    assert [one.key for one in await claim(store, SECOND)] == ["k1", "k2"]
    assert await store.write(jobs_table.release_all) == 2
    assert [one.key for one in await claim(store, SECOND)] == ["k1", "k2"]
    await store.write(lambda connection: jobs_table.release(connection, []))


async def test_what_a_message_waits_for(store: Store) -> None:
    await put(store, call("k1"))
    await put(store, call("k2"))
    await put(store, call("k3", background=True))
    await put(store, call("k4", root="m2"))
    await put(store, call("k5", root=None))

    async def waiting() -> int:
        return await store.read(lambda connection: len(jobs_table.of_root(connection, "m1")))

    assert await waiting() == 2
    await store.write(lambda connection: jobs_table.finish(connection, "k1", "cancelled", None))
    assert await waiting() == 1


async def test_when_the_next_is_due(store: Store) -> None:
    assert await store.read(jobs_table.next_due) is None
    assert await store.read(jobs_table.next_planned) is None
    await put(store, call("k1"), LEASE)
    assert await store.read(jobs_table.next_due) == NOW + LEASE
    assert await store.read(jobs_table.next_planned) == NOW
    await put(store, call("k2", due=SECOND))
    assert await store.read(jobs_table.next_due) == NOW + SECOND
    for key in ("k1", "k2"):
        await store.write(lambda connection, key=key: jobs_table.finish(connection, key, "done", {}))
    assert await store.read(jobs_table.next_due) is None


async def test_of_free_and_leased_calls_the_next_is_the_earliest(store: Store) -> None:
    await put(store, call("put off", due=3 * SECOND))
    await put(store, call("leased"), 2 * SECOND)
    assert await store.read(jobs_table.next_due) == NOW + 2 * SECOND
    await put(store, call("leased for longer"), 4 * SECOND)
    assert await store.read(jobs_table.next_due) == NOW + 2 * SECOND
    await store.write(lambda connection: jobs_table.finish(connection, "leased", "done", {}))
    assert await store.read(jobs_table.next_due) == NOW + 3 * SECOND


def test_a_call_shows_no_address() -> None:
    assert "600700800" not in repr(call("k"))


# --- the queue's tables: made and followed by the installed package's own SQL, gone without a trace when taken down ---


NAMES = {
    "tables": "SELECT tablename FROM pg_tables WHERE tablename LIKE 'procrastinate%' ORDER BY 1",
    "functions": "SELECT proname FROM pg_proc WHERE proname LIKE 'procrastinate%' ORDER BY 1",
    "types": "SELECT typname FROM pg_type WHERE typname LIKE 'procrastinate%' ORDER BY 1",
    "triggers": "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'procrastinate%' ORDER BY 1",
    "sequences": "SELECT sequencename FROM pg_sequences WHERE sequencename LIKE 'procrastinate%' ORDER BY 1",
}


@pytest.fixture
def connection(postgres: str) -> Iterator[sa.Connection]:
    """A connection to an empty PostgreSQL database, in a transaction."""
    engine = sa.create_engine(parse_url(postgres), poolclass=sa.pool.NullPool)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def found(connection: sa.Connection) -> dict[str, list[str]]:
    return {kind: list(connection.scalars(sa.text(query))) for kind, query in NAMES.items()}


def noted(connection: sa.Connection) -> str:
    return str(connection.scalar(queue_schema._noted))


def test_it_is_the_package_s_schema_and_taken_down_without_a_trace(connection: sa.Connection) -> None:
    queue_schema.install(connection)
    there = found(connection)
    assert "procrastinate_jobs" in there["tables"]
    assert all(there.values())
    assert noted(connection) == f"up to {queue_schema._migrations()[-1].name}"
    queue_schema.apply_missing_migrations(connection)
    assert found(connection) == there
    queue_schema.remove(connection)
    assert not any(found(connection).values())
    queue_schema.install(connection)
    assert found(connection) == there


def test_a_later_package_s_steps_are_applied_in_order_and_once(
    connection: sa.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_schema.install(connection)
    known = queue_schema._migrations()
    (tmp_path / "99.00.00_50_second.sql").write_text(
        "ALTER TABLE procrastinate_tried ADD COLUMN share text DEFAULT '5 %'; SELECT 1;"
    )
    (tmp_path / "99.00.00_01_first.sql").write_text("CREATE TABLE procrastinate_tried (id int); SELECT 2;")
    later = [*known, *sorted(tmp_path.iterdir())]
    monkeypatch.setattr(queue_schema, "_migrations", lambda: later)
    queue_schema.apply_missing_migrations(connection)
    queue_schema.apply_missing_migrations(connection)
    assert noted(connection) == "up to 99.00.00_50_second.sql"
    connection.execute(sa.text("INSERT INTO procrastinate_tried (id) VALUES (1)"))
    assert connection.scalar(sa.text("SELECT share FROM procrastinate_tried")) == "5 %"


def test_tables_of_a_later_package_are_left_alone(connection: sa.Connection) -> None:
    queue_schema.install(connection)
    queue_schema._note(connection, "99.00.00_01_not_yet.sql")
    with pytest.raises(StoreTooNew, match=r"99\.00\.00"):
        queue_schema.apply_missing_migrations(connection)


def test_every_upgrade_looks_for_them_and_a_downgrade_takes_them(postgres: str, connection: sa.Connection) -> None:
    migrate.upgrade(postgres, "0002")
    assert not any(found(connection).values())
    migrate.upgrade(postgres)
    assert all(found(connection).values())
    queue_schema._note(connection, "99.00.00_01_not_yet.sql")
    connection.commit()
    with pytest.raises(StoreTooNew):
        migrate.upgrade(postgres)
    migrate.downgrade(postgres, "0002")
    assert not any(found(connection).values())
