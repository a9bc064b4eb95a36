"""Events: what happened outside the chat, stored in the transaction that it happened in, until its turn has run."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import bindparam as given

from services.store.statements import PerDialect, columns, demand_same_stored
from services.store.tables.core import OPEN_EVENT
from services.store.tables.core import event as table


class StoredEvent(Struct, frozen=True):
    """Something to be told to a conversation: a page was submitted, a provider gave notice, an agent acted."""

    id: str
    conversation_id: str
    kind: str
    payload: dict[str, Any]
    at: datetime

    def __repr__(self) -> str:
        return f"Event(id={self.id!r}, conversation_id={self.conversation_id!r}, kind={self.kind!r})"


_fields = columns(table, StoredEvent)
_insert = PerDialect(table, lambda insert: insert.on_conflict_do_nothing(index_elements=["id"]).returning(table.c.id))
_due = sa.select(*_fields).where(OPEN_EVENT).order_by(table.c.at, table.c.id).limit(given("most"))
_done = sa.update(table).where(table.c.id == given("number"), OPEN_EVENT).values(done_at=given("now"))


def store_event(connection: sa.Connection, event: StoredEvent) -> bool:
    """Store an event; False if it is known. Errors: NameTaken where another one has its id."""
    if connection.execute(_insert.of(connection), asdict(event)).first() is not None:
        return True
    demand_same_stored(connection, table.c.id, event.id, conversation_id=event.conversation_id, kind=event.kind)
    return False


def list_due_events(connection: sa.Connection, limit: int = 256) -> tuple[StoredEvent, ...]:
    """Events whose turn hasn't run, the oldest first."""
    return tuple(StoredEvent(*row) for row in connection.execute(_due, {"most": limit}))


def mark_event_done(connection: sa.Connection, id: str, now: datetime) -> bool:
    """Mark an event as done, in its turn's own transaction; False if it was: then the turn must do nothing."""
    return connection.execute(_done, {"number": id, "now": now}).rowcount == 1


def forget_of(connection: sa.Connection, conversation_id: str) -> None:
    """Drop a conversation's events, told or not."""
    connection.execute(sa.delete(table).where(table.c.conversation_id == conversation_id))
