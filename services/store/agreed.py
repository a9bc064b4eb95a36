"""What all processes of one installation agree on, by name; the first that says something is right."""

import sqlalchemy as sa

from services.store.statements import Insert, PerDialect
from services.store.tables.core import installation as table


def _put(insert: Insert) -> sa.Executable:
    return insert.on_conflict_do_nothing(index_elements=["name"])


def _put_anew(insert: Insert) -> sa.Executable:
    return insert.on_conflict_do_update(index_elements=["name"], set_={"value": insert.excluded.value})


_propose = PerDialect(table, _put)
_replace = PerDialect(table, _put_anew)
_value = sa.select(table.c.value).where(table.c.name == sa.bindparam("wanted"))


def agree(connection: sa.Connection, name: str, value: str) -> str:
    """The value kept under `name`: this one, unless another process was first."""
    connection.execute(_propose.of(connection), {"name": name, "value": value})
    return connection.execute(_value, {"wanted": name}).scalar_one()


def put(connection: sa.Connection, name: str, value: str) -> None:
    """Keep another value under `name`."""
    connection.execute(_replace.of(connection), {"name": name, "value": value})


def agreed(connection: sa.Connection, name: str) -> str | None:
    """The value kept under `name`, if there is one."""
    return connection.execute(_value, {"wanted": name}).scalar()


def drop(connection: sa.Connection, prefix: str) -> tuple[str, ...]:
    """Forgets what is kept under names that begin so; gives the rest of each name."""
    gone = sa.delete(table).where(table.c.name.startswith(prefix, autoescape=True)).returning(table.c.name)
    return tuple(sorted(name.removeprefix(prefix) for name in connection.execute(gone).scalars()))
