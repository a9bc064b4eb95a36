"""Statements are built once, at import; where the two databases spell one differently, once for each."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert


class PerDialect:
    """An INSERT … ON CONFLICT, built once per database.

    Whether a row was inserted is told by RETURNING a row, never by `rowcount`: psycopg gives none for an INSERT.
    """

    def __init__(self, table: sa.Table, build: Callable[[Insert], sa.Executable]) -> None:
        self._built: dict[str, Any] = {
            "postgresql": build(postgresql.insert(table)),
            "sqlite": build(sqlite.insert(table)),
        }

    def of(self, connection: sa.Connection) -> Any:
        """The statement for this connection's database."""
        return self._built[connection.dialect.name]


def columns(table: sa.Table, shape: type[Any]) -> tuple[sa.Column[Any], ...]:
    """The columns that a dataclass names, in the order of its fields: so a row becomes one by `shape(*row)`."""
    return tuple(table.c[field.name] for field in fields(shape))
