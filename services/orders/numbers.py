"""Numbers that people read, counted on in a series without gaps, but for a restore: "FS/2026" makes FS/2026/000001."""

import sqlalchemy as sa

from services.store.statements import PerDialect
from services.store.tables.orders import counter

_COUNT_ON = PerDialect(
    counter,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["series"], set_={"value": counter.c.value + 1}
    ).returning(counter.c.value),
)


def take_next_count(connection: sa.Connection, series: str) -> int:
    """Return the next count of the series, from 1; its row is the lock that keeps two from getting the same."""
    return connection.execute(_COUNT_ON.of(connection), {"series": series, "value": 1}).scalar_one()


def is_counted(connection: sa.Connection, series: str) -> bool:
    """Return whether any number of the series was ever given."""
    return connection.execute(sa.select(counter.c.value).where(counter.c.series == series)).first() is not None


def next_number(connection: sa.Connection, series: str) -> str:
    return f"{series}/{take_next_count(connection, series):06d}"
