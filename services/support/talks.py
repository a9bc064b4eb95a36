"""Several conversations at once, for lists of them: the rows, and what was said in each last."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from services.store import conversations
from services.store.journal import CUSTOMER, JournalEntry
from services.store.journal_ranges import LAST_OF_ALL
from services.store.statements import columns
from services.store.tables.core import conversation, journal

MOST_LINES = 6
"""So many of each: enough to know what a pressed button had said."""
SLICE, SLICES = 500, 20
"""Customers' messages read at a time, and how many times, for the conversations of late."""

_THESE = sa.select(*conversations.ROW).where(conversation.c.id.in_(sa.bindparam("these", expanding=True)))
_STAMPS = sa.select(
    conversation.c.id,
    conversation.c.revision,
    sa.select(sa.func.count()).where(journal.c.conversation_id == conversation.c.id).scalar_subquery(),
    sa.select(sa.func.max(journal.c.id)).where(journal.c.conversation_id == conversation.c.id).scalar_subquery(),
).where(conversation.c.id.in_(sa.bindparam("these", expanding=True)))
_SAID = (
    sa.select(journal.c.id, journal.c.conversation_id)
    .where(journal.c.kind == CUSTOMER, journal.c.id < sa.bindparam("before"))
    .order_by(journal.c.id.desc())
    .limit(sa.bindparam("slice"))
)
_LATELY = (
    sa.select(conversation.c.id, conversation.c.customer_at)
    .where(conversation.c.customer_at.is_not(None), conversation.c.id.in_(sa.bindparam("these", expanding=True)))
    .order_by(conversation.c.customer_at.desc(), conversation.c.id)
)
_COLUMNS = columns(journal, JournalEntry)
_NUMBERED = (
    sa.select(
        *_COLUMNS,
        sa.func.row_number().over(partition_by=journal.c.conversation_id, order_by=journal.c.id.desc()).label("n"),
    )
    .where(
        journal.c.conversation_id.in_(sa.bindparam("these", expanding=True)),
        sa.or_(journal.c.seq.is_not(None), journal.c.kind == CUSTOMER),
    )
    .subquery()
)
_LAST = (
    sa.select(*(_NUMBERED.c[column.name] for column in _COLUMNS))
    .where(_NUMBERED.c.n <= MOST_LINES)
    .order_by(_NUMBERED.c.id)
)


class Stamp(Struct, frozen=True):
    """A conversation's version: a turn changes `revision`, a new line `last`, a deleted line `lines`."""

    revision: int
    lines: int
    last: int | None


def load_talks(connection: sa.Connection, ids: Sequence[str]) -> dict[str, conversations.StoredConversation]:
    """Return the conversations of these ids that exist."""
    if not ids:
        return {}
    return {row[0]: conversations.StoredConversation(*row) for row in connection.execute(_THESE, {"these": list(ids)})}


def stamps(connection: sa.Connection, ids: Sequence[str]) -> dict[str, Stamp]:
    """Return each one's stamp; while it is the same, so are the conversation's state and transcript."""
    if not ids:
        return {}
    return {row[0]: Stamp(*row[1:]) for row in connection.execute(_STAMPS, {"these": list(ids)})}


def list_recent_talks(connection: sa.Connection, most: int) -> list[tuple[str, datetime]]:
    """Return the conversations in which a customer wrote last, and when.

    Found from the journal's end: an index of the conversations by time would be written with every turn. In the last
    `SLICE * SLICES` messages of customers there may be fewer.
    """
    seen, before = dict[str, None](), LAST_OF_ALL
    for _ in range(SLICES):
        lines = connection.execute(_SAID, {"before": before, "slice": SLICE}).all()
        seen |= dict.fromkeys(row[1] for row in lines)
        if len(seen) >= most or len(lines) < SLICE:
            break
        before = lines[-1][0]
    found = connection.execute(_LATELY.limit(most), {"these": list(seen)}) if seen else ()
    return [(row[0], row[1]) for row in found]


def last_lines(connection: sa.Connection, ids: Sequence[str]) -> dict[str, list[JournalEntry]]:
    """Return what customers, the bot and agents said last in each, the oldest of it first."""
    found: defaultdict[str, list[JournalEntry]] = defaultdict(list)
    if ids:
        for row in connection.execute(_LAST, {"these": list(ids)}):
            found[row[1]].append(JournalEntry(*row))
    return dict(found)
