"""Rows shared by all processes of one installation: agreed values, and the offset of the sandbox's clock."""

from datetime import timedelta

import sqlalchemy as sa

from services.store.statements import Insert, PerDialect
from services.store.tables.core import clock as _clock
from services.store.tables.core import installation as table

_propose = PerDialect(table, lambda insert: insert.on_conflict_do_nothing(index_elements=["name"]))
_replace = PerDialect(
    table, lambda insert: insert.on_conflict_do_update(index_elements=["name"], set_={"value": insert.excluded.value})
)
_value = sa.select(table.c.value).where(table.c.name == sa.bindparam("wanted"))


def agree(connection: sa.Connection, name: str, value: str) -> str:
    """Return the value kept under `name`: this one, unless another process was first."""
    connection.execute(_propose.of(connection), {"name": name, "value": value})
    return connection.execute(_value, {"wanted": name}).scalar_one()


def replace_value(connection: sa.Connection, name: str, value: str) -> None:
    """Keep another value under `name`."""
    connection.execute(_replace.of(connection), {"name": name, "value": value})


def read_value(connection: sa.Connection, name: str) -> str | None:
    """Return the value kept under `name`, if there is one."""
    return connection.execute(_value, {"wanted": name}).scalar()


def read_values_under(connection: sa.Connection, prefix: str) -> dict[str, str]:
    """Return what is kept under names that begin so, by the rest of each name."""
    found = sa.select(table.c.name, table.c.value).where(table.c.name.startswith(prefix, autoescape=True))
    return {name.removeprefix(prefix): value for name, value in connection.execute(found).all()}


def drop(connection: sa.Connection, prefix: str) -> tuple[str, ...]:
    """Forgets what is kept under names that begin so; gives the rest of each name."""
    gone = sa.delete(table).where(table.c.name.startswith(prefix, autoescape=True)).returning(table.c.name)
    return tuple(sorted(name.removeprefix(prefix) for name in connection.execute(gone).scalars()))


_MICROSECOND = timedelta(microseconds=1)


def _put_if_later(insert: Insert) -> sa.Executable:
    new = insert.excluded.offset_us
    return insert.on_conflict_do_update(index_elements=["id"], set_={"offset_us": new}, where=_clock.c.offset_us < new)


_save = PerDialect(
    _clock,
    lambda insert: insert.on_conflict_do_update(index_elements=["id"], set_={"offset_us": insert.excluded.offset_us}),
)
_move_ahead = PerDialect(_clock, _put_if_later)
_load = sa.select(_clock.c.offset_us)


def clock_offset(connection: sa.Connection) -> timedelta:
    """Return the offset by which the desk's clock is ahead of the machine's; zero if nobody has moved it."""
    return (connection.execute(_load).scalar() or 0) * _MICROSECOND


def set_clock_offset(connection: sa.Connection, offset: timedelta) -> None:
    """Set how far the desk's clock is ahead, to the microsecond; back, too."""
    connection.execute(_save.of(connection), {"id": 1, "offset_us": offset // _MICROSECOND})


def move_clock_ahead(connection: sa.Connection, offset: timedelta) -> timedelta:
    """Move the clock ahead, never back: of two processes that move it at once the one further ahead counts."""
    connection.execute(_move_ahead.of(connection), {"id": 1, "offset_us": offset // _MICROSECOND})
    return clock_offset(connection)
