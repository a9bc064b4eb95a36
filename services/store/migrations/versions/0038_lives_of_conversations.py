"""Each life of a conversation has a mark of its own; what an earlier one had spent is revoked."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import UtcDateTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_DRAWN = {
    "sqlite": "lower(hex(randomblob(8)))",
    "postgresql": "substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)",
}


def _table(name: str, moment: str, *columns: str) -> Any:
    return sa.table(name, sa.column(moment, UtcDateTime), *(sa.column(column, sa.Text) for column in columns))


_conversation = _table("conversation", "started_at", "id", "birth")
_journal = _table("journal", "at", "conversation_id", "revision")
_call = _table("call", "created_at", "conversation_id", "key")
_link = _table("one_time_link", "created_at", "conversation_id", "id", "state")
_code = _table("code", "issued_at", "conversation_id", "challenge_id", "state", "code_hash")


def upgrade() -> None:
    """Forwards. Conversations under way get their marks; links and codes stay good but for those never sent."""
    op.add_column("conversation", sa.Column("birth", sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    connection.execute(sa.update(_conversation).values(birth=sa.text(_DRAWN[connection.dialect.name])))
    connection.execute(
        sa.update(_link)
        .where(_link.c.state == "open", _spent(_link, _link.c.id, _link.c.created_at))
        .values(state="cancelled")
    )
    connection.execute(
        sa.update(_code)
        .where(_code.c.state == "open", _spent(_code, _code.c.challenge_id, _code.c.issued_at))
        .values(state="replaced", code_hash=None)
    )


def downgrade() -> None:
    """Back to the step before. What was revoked stays so."""
    op.drop_column("conversation", "birth")


def _spent(table: Any, id: sa.ColumnElement[str], issued: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Return whether an earlier conversation under the same id had spent the key of the job that was to send it.

    Such a letter or text message was never sent. The key begins with the conversation's id and the turn's revision, or
    with the link's id.
    """
    of_turn = _call.c.conversation_id + ":" + sa.cast(_journal.c.revision, sa.Text) + ":%"
    turn = sa.select(_journal.c.at).where(
        _journal.c.conversation_id == _call.c.conversation_id, _journal.c.at == issued, _call.c.key.like(of_turn)
    )
    earlier = sa.select(_call.c.key).where(
        _call.c.conversation_id == table.c.conversation_id,
        _conversation.c.id == table.c.conversation_id,
        _call.c.created_at < _conversation.c.started_at,
        sa.or_(_call.c.key.like(id + ":%"), turn.correlate(_call, table).exists()),
    )
    return earlier.correlate(table).exists()
