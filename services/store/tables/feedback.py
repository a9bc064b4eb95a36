"""The table of what customers said of answers and of the way: did it help, and if not, why."""

import sqlalchemy as sa

from services.store.tables import core
from services.store.tables.base import AnyText, UtcDateTime, metadata

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    # It goes with its conversation (erasure): the words are the customer's.
    sa.Column("conversation_id", sa.Text, sa.ForeignKey(core.conversation.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("about", sa.Text, nullable=False),  # faq:ENTRY, end:DIALOG
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("helpful", sa.Boolean, nullable=False),
    sa.Column("words", AnyText, nullable=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_feedback_at_id", "at", "id"),
    sa.Index("ix_feedback_conversation_id", "conversation_id"),
)
