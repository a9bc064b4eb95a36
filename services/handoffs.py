"""Requests for a person: a row stays until an agent has answered, whatever becomes of processes and chats meanwhile."""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from services.store.domain import handoff as table
from services.store.statements import PerDialect

OPEN = sa.text("ended_at IS NULL")  # literally the index's condition


@dataclass(frozen=True, slots=True)
class Handoff:
    """One conversation waiting for a person. `email` is where an answer was promised."""

    id: int
    conversation_id: str
    reason: str
    email: str | None = field(repr=False)
    asked_at: datetime
    ended_at: datetime | None


_ASK = PerDialect(
    table,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["conversation_id"], index_where=OPEN).returning(
        table.c.id
    ),
)
_WAITING = sa.select(table).where(table.c.conversation_id == sa.bindparam("of"), OPEN)
_QUEUE = sa.select(table).where(OPEN).order_by(table.c.asked_at, table.c.id)


def ask(connection: sa.Connection, *, conversation_id: str, reason: str, email: str | None, now: datetime) -> bool:
    """Puts the conversation into the queue; False if it waits there already (its place and reason stay).

    An address given later is noted, for the answer must go somewhere.
    """
    values = {"conversation_id": conversation_id, "reason": reason, "email": email, "asked_at": now, "ended_at": None}
    first = connection.execute(_ASK.of(connection), values).first() is not None
    if not first and email is not None:
        connection.execute(sa.update(table).where(table.c.conversation_id == conversation_id, OPEN).values(email=email))
    return first


def end(connection: sa.Connection, *, conversation_id: str, now: datetime) -> bool:
    """The person has answered, or is no longer wanted; False if nobody waited."""
    ended = connection.execute(
        sa.update(table)
        .where(table.c.conversation_id == conversation_id, OPEN)
        .values(ended_at=now)
        .returning(table.c.id)
    )
    return ended.first() is not None


def waiting(connection: sa.Connection, conversation_id: str) -> Handoff | None:
    """The conversation's open request."""
    row = connection.execute(_WAITING, {"of": conversation_id}).mappings().first()
    return None if row is None else Handoff(**row)


def queue(connection: sa.Connection) -> list[Handoff]:
    """All who wait, longest first."""
    return [Handoff(**row) for row in connection.execute(_QUEUE).mappings()]
