"""Customers' lines that agents found wrongly read: the measure of wrong answers, and what is worth labelling.

A mark has nothing of the words. It goes with the line.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from services.store import journal_ranges
from services.store.journal import CUSTOMER
from services.store.statements import PerDialect, member
from services.store.tables.core import journal
from services.store.tables.support import misread_line as table

_MARK = PerDialect(
    table, lambda insert: insert.on_conflict_do_nothing(index_elements=["line_id"]).returning(table.c.line_id)
)
_HERE = sa.select(journal.c.id).where(
    journal.c.conversation_id == sa.bindparam("wanted"),
    journal.c.id > sa.bindparam("after"),
    journal.c.id <= sa.bindparam("until"),
)
_MARKED = sa.select(table.c.line_id).where(table.c.line_id.in_(_HERE))
_STEP = member(journal.c.data, sa.literal_column("'step'"))
_BY_STEP = (
    sa.select(_STEP, sa.func.count())
    .join(table, table.c.line_id == journal.c.id)
    .where(
        table.c.line_id.between(sa.bindparam("low"), sa.bindparam("high")),
        journal.c.at >= sa.bindparam("begin", type_=journal.c.at.type),
        journal.c.at < sa.bindparam("end", type_=journal.c.at.type),
    )
    .group_by(_STEP)
)


def mark(connection: sa.Connection, *, conversation_id: str, line_id: int, agent_id: str, now: datetime) -> bool:
    """Mark a customer's line of this conversation; False if it is marked already, or gone."""
    line = (
        sa.select(journal.c.id)
        .where(journal.c.id == line_id, journal.c.conversation_id == conversation_id, journal.c.kind == CUSTOMER)
        .with_for_update(key_share=True)
    )
    if connection.execute(line).first() is None:
        return False
    given = {"line_id": line_id, "agent_id": agent_id, "at": now}
    return connection.execute(_MARK.of(connection), given).first() is not None


def unmark(connection: sa.Connection, *, conversation_id: str, line_id: int) -> bool:
    """Take a mark back; False if there is none."""
    here = sa.select(journal.c.id).where(journal.c.conversation_id == conversation_id)
    gone = sa.delete(table).where(table.c.line_id == line_id, table.c.line_id.in_(here)).returning(table.c.line_id)
    return connection.execute(gone).first() is not None


def list_marked_lines(
    connection: sa.Connection, conversation_id: str, after: int, until: int = journal_ranges.LAST_OF_ALL
) -> frozenset[int]:
    """Return the conversation's marked lines above the line `after`, up to `until`."""
    found = connection.execute(_MARKED, {"wanted": conversation_id, "after": after, "until": until})
    return frozenset(found.scalars())


def by_step(connection: sa.Connection, begin: datetime, end: datetime) -> Mapping[str, int]:
    """Return the number of marked lines that were said in `begin` ≤ time < `end`, by step; "" for those at none."""
    low, high = journal_ranges.ids_between(connection, begin, end)
    found = connection.execute(_BY_STEP, {"low": low, "high": high, "begin": begin, "end": end})
    return {step or "": int(count) for step, count in found}
