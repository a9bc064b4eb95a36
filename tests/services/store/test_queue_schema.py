"""The queue's tables: made and followed by the installed package's own SQL, gone without a trace when taken down."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.store import migrate, queue_schema
from services.store.database import parse_url
from services.store.errors import StoreTooNew

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
    queue_schema.follow(connection)
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
    queue_schema.follow(connection)
    queue_schema.follow(connection)
    assert noted(connection) == "up to 99.00.00_50_second.sql"
    connection.execute(sa.text("INSERT INTO procrastinate_tried (id) VALUES (1)"))
    assert connection.scalar(sa.text("SELECT share FROM procrastinate_tried")) == "5 %"


def test_tables_of_a_later_package_are_left_alone(connection: sa.Connection) -> None:
    queue_schema.install(connection)
    queue_schema._note(connection, "99.00.00_01_not_yet.sql")
    with pytest.raises(StoreTooNew, match=r"99\.00\.00"):
        queue_schema.follow(connection)


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
