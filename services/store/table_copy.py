"""Copying a table to another database: bulk writes, the numbers that go on, and a sum to compare the rows by."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.postgresql import REGCLASS

from services.store.tables.base import Json, canonical, storable, stored_json


def write_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    """Write rows, their values in the order of the table's columns, in the connection's transaction.

    Raises the driver's own error, unknown to SQLAlchemy, or SQLAlchemy's DBAPIError for what the database refuses.
    """
    if connection.dialect.name == "postgresql":
        _stream(connection, table, rows)
    else:
        names = [column.name for column in table.columns]
        connection.execute(sa.insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def _stream(connection: sa.Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    quoted = connection.dialect.identifier_preparer
    columns = ", ".join(quoted.format_column(column) for column in table.columns)
    texts = [isinstance(column.type, Json) for column in table.columns]
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {quoted.format_table(table)} ({columns}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row([stored_json(value) if text else value for value, text in zip(row, texts, strict=True)])


_SQLITE = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :of")
_SQLITE_FORGET = sa.text("DELETE FROM sqlite_sequence WHERE name = :of")
_SQLITE_NOTE = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:of, :last)")


def highest_number(connection: sa.Connection, table: sa.Table) -> int:
    """Return the highest number ever given, also to a deleted row; 0 for none, or a table without such numbers."""
    column = table.autoincrement_column
    if column is None:
        return 0
    kept = connection.scalar(sa.select(sa.func.max(column))) or 0
    return max(kept, _last_given(connection, table, column))


def continue_numbering(connection: sa.Connection, table: sa.Table, *, behind: int) -> None:
    """Let the next row get a number above `behind`: a number is never given twice."""
    column = table.autoincrement_column
    if column is None or not behind:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.setval(_sequence(table, column), behind)))
    elif _remembers(table):
        connection.execute(_SQLITE_FORGET, {"of": table.name})
        connection.execute(_SQLITE_NOTE, {"of": table.name, "last": behind})


def _last_given(connection: sa.Connection, table: sa.Table, column: sa.Column[int]) -> int:
    if connection.dialect.name == "postgresql":
        sequence = sa.cast(_sequence(table, column), REGCLASS)
        return connection.scalar(sa.select(sa.func.pg_sequence_last_value(sequence))) or 0
    return (connection.scalar(_SQLITE, {"of": table.name}) or 0) if _remembers(table) else 0


def _sequence(table: sa.Table, column: sa.Column[int]) -> sa.Function[str]:
    return sa.func.pg_get_serial_sequence(table.name, column.name)


def _remembers(table: sa.Table) -> bool:
    """Return whether SQLite keeps the number of a table's last row when that row is gone."""
    return bool(table.dialect_options["sqlite"]["autoincrement"])


Values = tuple[Any, ...]
_MODULUS = 1 << 128
_FLOAT = re.compile(r"\d(\.|e[+-]?)\d")


class RowSum(Struct):
    """The number of rows, and the sum of their hashes, in whatever order they come."""

    rows: int = 0
    total: int = 0

    def add(self, rows: Iterable[Values]) -> None:
        for row in rows:
            self.rows += 1
            self.total = (self.total + _hash(row)) % _MODULUS


def as_written(row: Iterable[Any]) -> Values:
    """Return the row with its texts as either database can hold them."""
    return tuple(storable(value) if isinstance(value, str) else value for value in row)


def _hash(row: Values) -> int:
    text = repr([_json(value) if isinstance(value, dict | list) else value for value in row])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())


def _json(value: Any) -> str:
    """Return the text that both databases' JSON comes to: PostgreSQL's tells 1e16 and 10000000000000000 not apart."""
    text = canonical(value)
    return canonical(_whole(value)) if _FLOAT.search(text) else text


def _whole(value: Any) -> Any:
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {name: _whole(held) for name, held in value.items()}
        case list():
            return [_whole(held) for held in value]
        case _:
            return value
