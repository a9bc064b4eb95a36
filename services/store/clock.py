"""The sandbox's clock belongs to the desk: how far it was moved is a row, so that every process sees it."""

from datetime import timedelta

import sqlalchemy as sa

from services.store.statements import Insert, PerDialect
from services.store.tables.core import clock as table

_MICROSECOND = timedelta(microseconds=1)


def _put(insert: Insert) -> sa.Executable:
    return insert.on_conflict_do_update(index_elements=["id"], set_={"offset_us": insert.excluded.offset_us})


def _put_if_later(insert: Insert) -> sa.Executable:
    new = insert.excluded.offset_us
    return insert.on_conflict_do_update(index_elements=["id"], set_={"offset_us": new}, where=table.c.offset_us < new)


_save = PerDialect(table, _put)
_move_ahead = PerDialect(table, _put_if_later)
_load = sa.select(table.c.offset_us)


def load(connection: sa.Connection) -> timedelta:
    """How far the desk's clock is ahead of the machine's; zero if it never was moved."""
    return (connection.execute(_load).scalar() or 0) * _MICROSECOND


def save(connection: sa.Connection, offset: timedelta) -> None:
    """Sets how far the desk's clock is ahead, to the microsecond; back, too."""
    connection.execute(_save.of(connection), {"id": 1, "offset_us": offset // _MICROSECOND})


def move_ahead(connection: sa.Connection, offset: timedelta) -> timedelta:
    """The same, but never back: of two processes that move it at once the one further ahead counts."""
    connection.execute(_move_ahead.of(connection), {"id": 1, "offset_us": offset // _MICROSECOND})
    return load(connection)
