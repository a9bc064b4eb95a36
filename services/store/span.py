"""The stretch of the journal's numbers that belongs to a span of time, found without an index on time.

Numbers rise with time, so a few look-ups by key find the border. Clocks of several processes differ by a little: the
stretch is a little wider, and whoever uses it compares the moments as well.
"""

from datetime import datetime

import sqlalchemy as sa

from services.store.tables.core import journal

WIDER = 200
_ENDS = sa.select(sa.func.coalesce(sa.func.min(journal.c.id), 0), sa.func.coalesce(sa.func.max(journal.c.id), -1))
_FROM = (
    sa.select(journal.c.id, journal.c.at).where(journal.c.id >= sa.bindparam("number")).order_by(journal.c.id).limit(1)
)


def numbers(connection: sa.Connection, begin: datetime, end: datetime) -> tuple[int, int]:
    """The lowest and the highest number between which all lines of `begin` ≤ time < `end` lie."""
    low, high = connection.execute(_ENDS).one()
    return _first(connection, begin, low, high) - WIDER, _first(connection, end, low, high) + WIDER


def _first(connection: sa.Connection, moment: datetime, low: int, high: int) -> int:
    """The number from which on lines aren't before `moment`; one above the highest if all are."""
    while low <= high:
        middle = (low + high) // 2
        id, at = connection.execute(_FROM, {"number": middle}).one()
        if at < moment:
            low = id + 1
        else:
            high = middle - 1
    return low
