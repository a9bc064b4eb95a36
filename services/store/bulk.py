"""Many rows at once into a table, the quickest way that each database has."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.store.tables.base import Json, canonical


def write(connection: sa.Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    """Writes rows, their values in the order of the table's columns, in the connection's transaction.

    Raises `driver_error(connection)` or SQLAlchemy's DBAPIError for what the database refuses.
    """
    if connection.dialect.name == "postgresql":
        _stream(connection, table, rows)
    else:
        names = [column.name for column in table.columns]
        connection.execute(sa.insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def driver_error(connection: sa.Connection) -> type[Exception]:
    """What the driver itself raises, of which SQLAlchemy doesn't know."""
    return connection.dialect.loaded_dbapi.Error


def _stream(connection: sa.Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    quoted = connection.dialect.identifier_preparer
    columns = ", ".join(quoted.format_column(column) for column in table.columns)
    texts = [isinstance(column.type, Json) for column in table.columns]
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {quoted.format_table(table)} ({columns}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row([_as_text(value) if text else value for value, text in zip(row, texts, strict=True)])


def _as_text(value: Any) -> str | None:
    return None if value is None else canonical(value)
