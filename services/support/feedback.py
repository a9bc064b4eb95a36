"""Customers' feedback on answers and on finished dialogs: a row for each yes or no, with the reason if one was given.

`about` says what was asked of: "faq:ENTRY" or "end:DIALOG".
"""

from datetime import datetime

import sqlalchemy as sa
from msgspec.structs import asdict

from services.store import statements
from services.store.statements import PerDialect, Window, columns, demand_same_stored
from services.store.tables.support import feedback as table
from values.private import Private, PrivateStruct


class FeedbackRecord(PrivateStruct):
    """One yes or no. `words` are redacted; None where no reason was given."""

    id: str
    conversation_id: str
    about: str
    locale: str
    helpful: bool
    words: Private[str | None]
    at: datetime


_COLUMNS = columns(table, FeedbackRecord)
_KEEP = PerDialect(table, lambda insert: insert.on_conflict_do_nothing(index_elements=["id"]).returning(table.c.id))


def keep(connection: sa.Connection, said: FeedbackRecord) -> None:
    """Store feedback; the same id twice is the same row. Errors: NameTaken."""
    if connection.execute(_KEEP.of(connection), asdict(said)).first() is None:
        demand_same_stored(connection, table.c.id, said.id, conversation_id=said.conversation_id, about=said.about)


def give_reason(connection: sa.Connection, *, feedback_id: str, conversation_id: str, words: str) -> None:
    """Set the reason, with what was said in this conversation. The first one stays."""
    connection.execute(
        sa.update(table)
        .where(table.c.id == feedback_id, table.c.conversation_id == conversation_id, table.c.words.is_(None))
        .values(words=words)
    )


def list_feedback(
    connection: sa.Connection, asked: Window, *, about: str | None = None, helpful: bool | None = None
) -> list[FeedbackRecord]:
    """Return a page of the rows, in the order of time."""
    query = sa.select(*_COLUMNS)
    if about is not None:
        query = query.where(table.c.about == about)
    if helpful is not None:
        query = query.where(table.c.helpful.is_(helpful))
    return [
        FeedbackRecord(*row) for row in connection.execute(statements.page_after(query, table.c.at, table.c.id, asked))
    ]
