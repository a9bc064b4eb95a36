"""All that a desk has stored, taken to another database: the same rows, the numbers going on, or nothing at all."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.store import copying, migrate, presence
from services.store.database import open_store, parse_url
from services.store.errors import NotCopied, StoreInUse
from services.store.presence import DatabasePresence
from services.store.table_copy import RowSum, as_written
from services.store.tables.accounts import account_revision
from services.store.tables.base import canonical
from services.store.tables.core import conversation
from services.store.tables.schema import TABLES, metadata
from tests.kit.filled_tables import ODD, a_value
from tests.services.databases import NOW


def engine(url: str) -> sa.Engine:
    return sa.create_engine(parse_url(url), json_serializer=canonical, poolclass=sa.pool.NullPool)


# The revisions of accounts are written by each database's own triggers.
COPIED = [table for table in metadata.sorted_tables if table is not account_revision]


def fill(url: str, rows: int = 3) -> None:
    """Some rows in every table."""
    migrate.upgrade(url)
    filled = engine(url)
    with filled.begin() as connection:
        for table in COPIED:
            numbers = range(1, 2 if table.name == "clock" else 1 + rows)
            made = [{column.name: a_value(column, n) for column in table.columns} for n in numbers]
            connection.execute(sa.insert(table), made)
    filled.dispose()


def everything(url: str) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, in the order of their keys."""
    opened = engine(url)
    found: dict[str, list[dict[str, Any]]] = {}
    with opened.connect() as connection:
        for table in COPIED:
            rows = [dict(row) for row in connection.execute(sa.select(table)).mappings()]
            names = [column.name for column in table.primary_key]
            found[table.name] = sorted(rows, key=lambda row: [row[name] for name in names])
    opened.dispose()
    return found


@pytest.fixture(params=["to postgresql", "to sqlite"])
def way(request: pytest.FixtureRequest, tmp_path: Path, postgres: str) -> tuple[str, str]:
    """From one database to the other, and the way back."""
    pair = f"sqlite:///{tmp_path}/desk.db", postgres
    return pair if request.param == "to postgresql" else (pair[1], pair[0])


def test_every_table_is_the_same_afterwards(way: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "AT_ONCE", 2)  # so that each table takes several rounds
    fill(way[0])
    told: dict[str, int] = {}

    rows = copying.copy(*way, told.__setitem__)

    expected = everything(way[0]) | {"lease": []}
    expected["call"] = [row | {"lease_until": None} for row in expected["call"]]
    assert everything(way[1]) == expected
    assert told == {name: len(found) for name, found in expected.items() if name != "lease"}
    assert rows == sum(told.values())
    assert {name for name, found in expected.items() if not found} == {"lease"}, "a table was never tried"
    assert {*expected, account_revision.name} == TABLES


def test_a_server_without_patience_gets_some(tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One side waits while the other works."""
    source = f"sqlite:///{tmp_path}/desk.db"
    fill(source)
    limits = ("idle_in_transaction_session_timeout", "statement_timeout")
    server = engine(postgres)
    with server.begin() as connection:
        for limit in limits:
            connection.exec_driver_sql(f"ALTER DATABASE {server.url.database} SET {limit} = '1min'")
    server.dispose()
    found: set[Any] = set()
    write = copying.table_copy.write_rows

    def watched(connection: sa.Connection, table: sa.Table, rows: Any) -> None:
        found.update(connection.scalar(sa.text(f"SHOW {limit}")) for limit in limits)
        write(connection, table, rows)

    monkeypatch.setattr(copying.table_copy, "write_rows", watched)
    copying.copy(source, postgres)
    assert found == {"0"}


def test_there_and_back_is_where_it_began(tmp_path: Path, postgres: str) -> None:
    first, last = f"sqlite:///{tmp_path}/first.db", f"sqlite:///{tmp_path}/last.db"
    fill(first)

    copying.copy(first, postgres)
    copying.copy(postgres, last)

    expected = everything(first) | {"lease": []}
    expected["call"] = [row | {"lease_until": None} for row in expected["call"]]
    assert everything(last) == expected


async def test_a_number_given_once_is_never_given_again(way: tuple[str, str]) -> None:
    """Web clients resume after the last number that they saw, though its row may be gone."""
    fill(way[0])
    emptied = engine(way[0])
    with emptied.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT setval('journal_id_seq', 3)"))
        for found_by in (
            "transcript_line",
            "sentence_label",
            "misread_line",
        ):  # no cascade here: keys aren't looked after
            connection.execute(sa.text(f"DELETE FROM {found_by} WHERE line_id > 1"))
        connection.execute(sa.text("DELETE FROM journal WHERE id > 1"))
    emptied.dispose()

    copying.copy(*way)

    there = open_store(way[1], engine=False)
    written = await there.write(_next_numbers)
    await there.close()
    assert written == {"journal": 4, "call": 4, "timer": 4, "audit": 4}


def _next_numbers(connection: sa.Connection) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in ("journal", "call", "timer", "audit"):
        table = metadata.tables[name]
        row = {column.name: a_value(column, 2) for column in table.columns if column.name != "id"}
        row |= {"key": "another"} if name == "call" else {}
        row |= {"kind": "another"} if name == "timer" else {}
        found[name] = connection.execute(sa.insert(table).returning(table.c.id), row).scalar_one()
    return found


def test_only_an_empty_database_is_a_target(way: tuple[str, str]) -> None:
    fill(way[0])
    fill(way[1], rows=1)
    before = everything(way[1])

    with pytest.raises(NotCopied, match=r"isn't empty .*conversation"):
        copying.copy(*way)

    assert everything(way[1]) == before


def test_what_was_broken_off_left_nothing_and_is_begun_again(
    way: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(way[0])

    class Broken(Exception):
        pass

    def breaks(table: str, _rows: int) -> None:
        if table == "journal":
            raise Broken

    with pytest.raises(Broken):
        copying.copy(*way, breaks)
    assert not any(everything(way[1]).values())

    copying.copy(*way)
    assert len(everything(way[1])["journal"]) == 3


def test_an_older_schema_is_brought_up_first(way: tuple[str, str]) -> None:
    migrate.upgrade(way[0], "0001")

    with pytest.raises(NotCopied, match="okienko db upgrade"):
        copying.copy(*way)


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path, postgres: str) -> None:
    with pytest.raises(NotCopied, match=r"no file desk\.db"):
        copying.copy(f"sqlite:///{tmp_path}/desk.db", postgres)
    assert list(tmp_path.iterdir()) == []


def test_a_database_is_not_copied_to_itself(way: tuple[str, str]) -> None:
    with pytest.raises(NotCopied, match="one database"):
        copying.copy(way[0], way[0])


@pytest.mark.parametrize("side", [0, 1], ids=["source", "target"])
async def test_nothing_is_copied_while_a_desk_is_at_work(
    way: tuple[str, str], side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(way[0])
    migrate.upgrade(way[1])
    leave = await _desk_at_work(way[side])

    with monkeypatch.context() as hurried:
        hurried.setattr(presence, "ROUNDS", 1)
        with pytest.raises(StoreInUse, match="desk"):
            copying.copy(*way)

    await leave()
    copying.copy(*way)


async def _desk_at_work(url: str) -> Callable[[], Any]:
    if url.startswith("sqlite"):
        return open_store(url).close
    presence = DatabasePresence(parse_url(url), alone=False)
    await presence.enter()
    return presence.leave


def test_an_error_names_the_table_never_what_is_in_it(tmp_path: Path, postgres: str) -> None:
    """PostgreSQL's own text would show the row."""
    source = f"sqlite:///{tmp_path}/desk.db"
    fill(source)
    broken = engine(source)
    with broken.begin() as connection:
        connection.execute(sa.update(conversation).values(revision=2**40))
    broken.dispose()

    with pytest.raises(NotCopied, match="conversation") as caught:
        copying.copy(source, postgres)

    assert "address" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert not any(everything(postgres).values())


def test_a_row_that_differs_is_noticed() -> None:
    rows = [(n, ODD, NOW) for n in range(3)]
    one = RowSum()
    one.add(rows)
    for changed in ((9, ODD, NOW), (1, {**ODD, "text": ""}, NOW), (1, ODD, NOW + timedelta(microseconds=1))):
        other = RowSum()
        other.add([rows[0], changed, rows[2]])
        assert other != one
    backwards = RowSum()
    backwards.add(reversed(rows))
    assert backwards == one
    assert as_written(("a\x00b", 1, None)) == ("a\ufffdb", 1, None)


def test_a_target_that_changes_what_is_written_is_noticed(way: tuple[str, str]) -> None:
    fill(way[0])
    migrate.upgrade(way[1])
    spoilt = engine(way[1])
    with spoilt.begin() as connection:
        for statement in SPOILING[connection.dialect.name]:
            connection.exec_driver_sql(statement)
    spoilt.dispose()

    with pytest.raises(NotCopied, match="call: 3 rows were read"):
        copying.copy(*way)


SPOILING = {
    "sqlite": ["CREATE TRIGGER t AFTER INSERT ON call BEGIN UPDATE call SET attempts = 99 WHERE id = 2; END"],
    "postgresql": [
        "CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.attempts = 99; RETURN NEW; END $$",
        "CREATE TRIGGER t BEFORE INSERT ON call FOR EACH ROW WHEN (NEW.id = 2) EXECUTE FUNCTION t()",
    ],
}


def test_all_that_is_copied_is_named_and_nothing_else_is_left() -> None:
    assert {table.name for table in copying.tables()} | copying.LEFT == TABLES
