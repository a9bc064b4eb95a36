"""Notes of agents on a conversation. The customer never sees them in the chat.

They are about the customer: they are in the export of personal data, and go when the conversation is erased.
"""

from datetime import datetime

import sqlalchemy as sa
from msgspec.structs import asdict

from services.store.statements import PerDialect, columns
from services.store.tables.support import desk_note as table
from values.private import Private, PrivateStruct

MOST_CHARS = 4000


class Note(PrivateStruct):
    """One note, as an agent wrote it."""

    id: str
    conversation_id: str
    agent_id: str
    words: Private[str]
    at: datetime


class NoteRefused(ValueError):
    """A note that can't be kept; the message is the reason: `empty` or `too_long`."""


_COLUMNS = columns(table, Note)
_ADD = PerDialect(table, lambda insert: insert.on_conflict_do_nothing(index_elements=["id"]).returning(table.c.id))
_OF = sa.select(*_COLUMNS).where(table.c.conversation_id == sa.bindparam("wanted")).order_by(table.c.at, table.c.id)


def add(connection: sa.Connection, note: Note) -> bool:
    """Store a note; False for the same id again. Raises NoteRefused; the conversation must be there."""
    words = note.words.strip()
    if not words:
        raise NoteRefused("empty")
    if len(words) > MOST_CHARS:
        raise NoteRefused("too_long")
    values = asdict(note) | {"words": words}
    return connection.execute(_ADD.of(connection), values).first() is not None


def of_conversation(connection: sa.Connection, conversation_id: str) -> list[Note]:
    """Return the conversation's notes, the oldest first."""
    return [Note(*row) for row in connection.execute(_OF, {"wanted": conversation_id})]
