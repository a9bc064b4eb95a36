"""The numbers that a database gives to rows by itself: how far it has come, and letting another go on from there."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import REGCLASS

_SQLITE = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :of")
_SQLITE_FORGET = sa.text("DELETE FROM sqlite_sequence WHERE name = :of")
_SQLITE_NOTE = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:of, :last)")


def highest(connection: sa.Connection, table: sa.Table) -> int:
    """The highest number ever given, also to a row that is gone; 0 if none was, or the table has no such numbers."""
    column = table.autoincrement_column
    if column is None:
        return 0
    kept = connection.scalar(sa.select(sa.func.max(column))) or 0
    return max(kept, _given(connection, table, column))


def go_on(connection: sa.Connection, table: sa.Table, *, behind: int) -> None:
    """The next row gets a number above `behind`: a number is never given twice."""
    column = table.autoincrement_column
    if column is None or not behind:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.setval(_sequence(table, column), behind)))
    elif _remembers(table):
        connection.execute(_SQLITE_FORGET, {"of": table.name})
        connection.execute(_SQLITE_NOTE, {"of": table.name, "last": behind})


def _given(connection: sa.Connection, table: sa.Table, column: sa.Column[int]) -> int:
    if connection.dialect.name == "postgresql":
        sequence = sa.cast(_sequence(table, column), REGCLASS)
        return connection.scalar(sa.select(sa.func.pg_sequence_last_value(sequence))) or 0
    return (connection.scalar(_SQLITE, {"of": table.name}) or 0) if _remembers(table) else 0


def _sequence(table: sa.Table, column: sa.Column[int]) -> sa.Function[str]:
    return sa.func.pg_get_serial_sequence(table.name, column.name)


def _remembers(table: sa.Table) -> bool:
    """Whether SQLite keeps the number of a table's last row when that row is gone."""
    return bool(table.dialect_options["sqlite"]["autoincrement"])
