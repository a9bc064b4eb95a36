"""The sandbox's clock belongs to the desk: how far it was moved is a row, so that every process sees it."""

from datetime import timedelta

import sqlalchemy as sa

from services.store.statements import Insert, PerDialect
from services.store.tables import clock as table

_MICROSECOND = timedelta(microseconds=1)


def _put(insert: Insert) -> sa.Executable:
    return insert.on_conflict_do_update(index_elements=["id"], set_={"offset_us": insert.excluded.offset_us})


_save = PerDialect(table, _put)
_load = sa.select(table.c.offset_us)


def load(connection: sa.Connection) -> timedelta:
    """How far the desk's clock is ahead of the machine's; zero if it never was moved."""
    return (connection.execute(_load).scalar() or 0) * _MICROSECOND


def save(connection: sa.Connection, offset: timedelta) -> None:
    """Stores how far the desk's clock is ahead, to the microsecond."""
    connection.execute(_save.of(connection), {"id": 1, "offset_us": offset // _MICROSECOND})
