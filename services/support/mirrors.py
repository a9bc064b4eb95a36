"""What is to be brought to a place outside in which conversations of people are mirrored.

The agents' group in Telegram (`topics.py`), the seller's help desk (`outside.py`). Each keeps a table with a row for
each conversation that it shows.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.store.tables.core import conversation, journal
from services.store.tables.support import handoff
from services.support.handoffs import OPEN

OPENED, CLOSED, ERASE = "open", "closed", "erase"
"""A row's state: shown, no longer shown, to be deleted there with all that was said."""


@dataclass(frozen=True)
class MirrorQueue:
    """Over `table`.

    `here` picks the rows of the place that is set, `number` is the place's own number of a conversation (none: it
    is there no more), `state` one of the above. Both take the parameter `most`.
    """

    table: sa.Table
    here: sa.ColumnElement[bool]
    number: sa.ColumnElement[Any]
    state: sa.ColumnElement[str]

    def wanted(self) -> sa.Select[tuple[str]]:
        """Conversations of people that aren't shown there yet: those that have waited longest come first."""
        of_ours = self.table.c.conversation_id == handoff.c.conversation_id
        shown = sa.exists().where(of_ours, self.here, self.state == OPENED, self.number.is_not(None))
        return (
            sa.select(handoff.c.conversation_id)
            .where(OPEN, ~shown)
            .order_by(handoff.c.asked_at, handoff.c.id)
            .limit(sa.bindparam("most"))
        )

    def to_do(self, *also: sa.ColumnElement[bool]) -> sa.Select[tuple[str]]:
        """Those that lack lines, are no person's any more, are to be erased or are gone; and where `also` holds."""
        ours = self.table.c.conversation_id
        newer = sa.exists().where(journal.c.conversation_id == ours, journal.c.id > self.table.c.mirrored_id)
        held = sa.exists().where(handoff.c.conversation_id == ours, OPEN)
        lacks = sa.and_(self.state == OPENED, sa.or_(newer, ~held))
        gone = ~sa.exists().where(conversation.c.id == ours)
        return (
            sa.select(ours)
            .where(self.here, sa.or_(lacks, self.state == ERASE, gone, *also))
            .limit(sa.bindparam("most"))
        )


def both(connection: sa.Connection, wanted: Any, to_do: Any, given: dict[str, Any]) -> list[str]:
    """Return the results of both, each conversation once, in that order."""
    found = [*connection.execute(wanted, given).scalars(), *connection.execute(to_do, given).scalars()]
    return list(dict.fromkeys(found))
