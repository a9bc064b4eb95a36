"""Run by Alembic for every command: hands it the connection that `services.store.migrate` has opened."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from services.store import queue_schema
from services.store.tables.base import AnyText, Json, PartialIndex, UtcDateTime
from services.store.tables.schema import metadata


def _written(kind: str, value: object, autogen: Any) -> str | Literal[False]:
    """Return a column type of ours by name for a generated migration; False for anything else.

    Alembic would write what one database makes of it.
    """
    if kind == "type" and isinstance(value, AnyText | Json | UtcDateTime):
        autogen.imports.add("from services.store.tables.base import AnyText, Json, UtcDateTime")
        return f"{type(value).__name__}()"
    return False


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    """Return whether a generated migration covers the object: the queue's package migrates its own tables."""
    return kind != "table" or name is None or not name.startswith(queue_schema.PREFIX)


def _run(connection: sa.Connection) -> None:
    # A generated migration names the condition for both databases.
    for index in (index for table in metadata.tables.values() for index in table.indexes):
        if isinstance(index, PartialIndex):
            index.dialect_options["postgresql"]["where"] = index.where
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite can't alter a table: Alembic makes a new one and moves the rows.
        render_as_batch=connection.dialect.name == "sqlite" and bool(sa.inspect(connection).get_table_names()),
        render_item=_written,
        include_name=_ours,
        transaction_per_migration=False,
    )
    context.run_migrations()


_run(context.config.attributes["connection"])
