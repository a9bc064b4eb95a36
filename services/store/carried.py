"""How far the REST channel's answers have carried a conversation's messages to its client."""

import sqlalchemy as sa
from sqlalchemy import bindparam as given
from sqlalchemy import exc

from services.store.errors import ConversationGone
from services.store.statements import Insert, PerDialect
from services.store.tables.core import delivered_mark as table


def _raise(insert: Insert) -> sa.Executable:
    new = insert.excluded.given_seq
    return insert.on_conflict_do_update(
        index_elements=["conversation_id"], set_={"given_seq": new}, where=table.c.given_seq < new
    )


_mark = PerDialect(table, _raise)
_reached = sa.select(table.c.given_seq).where(table.c.conversation_id == given("of"))


def up_to(connection: sa.Connection, conversation_id: str) -> int:
    """The number of the last message carried; 0 if none was."""
    return connection.execute(_reached, {"of": conversation_id}).scalar() or 0


def mark(connection: sa.Connection, conversation_id: str, seq: int) -> None:
    """Notes that all messages up to `seq` were carried; never goes back. Errors: ConversationGone."""
    try:
        connection.execute(_mark.of(connection), {"conversation_id": conversation_id, "given_seq": seq})
    except exc.IntegrityError as gone:  # nothing but the conversation is referred to
        raise ConversationGone(conversation_id) from gone
