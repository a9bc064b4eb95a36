"""Range queries over the journal: by line number in a conversation, by time over all; O(range).

A conversation's lines are written under its lock, so a line that is committed later has a higher number: nothing ever
appears below what was read. Numbers rise with time: a few look-ups by key find where a span of time begins. Clocks of
several processes differ by a little, so that range is a little wider, and callers compare the moments as well.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from services.store.journal import CUSTOMER, JournalEntry
from services.store.statements import columns
from services.store.tables.core import OPEN_DELIVERY
from services.store.tables.core import journal as table

LAST_OF_ALL = 2**63 - 1
"""Above every line."""

_here = table.c.conversation_id == given("wanted")
_within = sa.and_(_here, table.c.id > given("after"), table.c.id <= given("until"))
_between = sa.select(*columns(table, JournalEntry)).where(_within).order_by(table.c.id)
_count = sa.select(sa.func.count()).where(_within)
_these = (
    sa.select(*columns(table, JournalEntry))
    .where(_here, table.c.id.in_(given("lines", expanding=True)))
    .order_by(table.c.id)
)
_start = (
    sa.select(table.c.id)
    .where(_here, sa.or_(table.c.seq.is_not(None), table.c.kind == CUSTOMER), table.c.id <= given("until"))
    .order_by(table.c.id.desc())
    .limit(1)
    .offset(given("passed"))
)
_spoken = (
    sa.select(*columns(table, JournalEntry))
    .where(_here, table.c.seq.is_not(None), table.c.id <= given("until"))
    .order_by(table.c.id.desc())
    .limit(given("most"))
)
_open = sa.select(table.c.id).where(_here, OPEN_DELIVERY).order_by(table.c.id)


def read_between(
    connection: sa.Connection, conversation_id: str, after: int, until: int = LAST_OF_ALL
) -> tuple[JournalEntry, ...]:
    """Return the lines of any kind above the line `after`, up to `until`, in order."""
    found = connection.execute(_between, {"wanted": conversation_id, "after": after, "until": until})
    return tuple(JournalEntry(*row) for row in found)


def count(connection: sa.Connection, conversation_id: str, after: int, until: int) -> int:
    """Return the number of lines above `after` up to `until`: as long as it stays, none of them was deleted."""
    found = connection.execute(_count, {"wanted": conversation_id, "after": after, "until": until})
    return found.scalar() or 0


def read_lines_among(connection: sa.Connection, conversation_id: str, ids: Sequence[int]) -> tuple[JournalEntry, ...]:
    """Return the lines among `ids` that are in this conversation, in order."""
    if not ids:
        return ()
    return tuple(
        JournalEntry(*row) for row in connection.execute(_these, {"wanted": conversation_id, "lines": list(ids)})
    )


def start_of_last(connection: sa.Connection, conversation_id: str, said: int, until: int = LAST_OF_ALL) -> int:
    """Return the line after which the last `said` lines of what was said begin, looking up from `until`.

    0 where there are no more than those.
    """
    found = connection.execute(_start, {"wanted": conversation_id, "passed": said, "until": until})
    return found.scalar() or 0


def spoken_last(connection: sa.Connection, conversation_id: str, most: int, until: int) -> tuple[JournalEntry, ...]:
    """Return the last `most` messages of the bot and of agents up to the line `until`, the oldest first."""
    found = connection.execute(_spoken, {"wanted": conversation_id, "most": most, "until": until})
    return tuple(reversed([JournalEntry(*row) for row in found]))


def on_their_way(connection: sa.Connection, conversation_id: str) -> tuple[int, ...]:
    """Return the numbers of the lines that are still to be sent."""
    return tuple(connection.execute(_open, {"wanted": conversation_id}).scalars())


WIDER = 200
# Each end by a query of its own: for both in one SQLite looks through the whole table.
_LOWEST, _HIGHEST = sa.select(sa.func.min(table.c.id)), sa.select(sa.func.max(table.c.id))
_ENDS = sa.select(sa.func.coalesce(_LOWEST.scalar_subquery(), 0), sa.func.coalesce(_HIGHEST.scalar_subquery(), -1))
_FROM = sa.select(table.c.id, table.c.at).where(table.c.id >= sa.bindparam("number")).order_by(table.c.id).limit(1)


def ids_between(connection: sa.Connection, begin: datetime, end: datetime) -> tuple[int, int]:
    """Return the lowest and the highest number between which all lines of `begin` ≤ time < `end` lie."""
    low, high = connection.execute(_ENDS).one()
    return _first(connection, begin, low, high) - WIDER, _first(connection, end, low, high) + WIDER


def _first(connection: sa.Connection, moment: datetime, low: int, high: int) -> int:
    """Return the number from which on lines aren't before `moment`; one above the highest if all are."""
    while low <= high:
        middle = (low + high) // 2
        id, at = connection.execute(_FROM, {"number": middle}).one()
        if at < moment:
            low = id + 1
        else:
            high = middle - 1
    return low
