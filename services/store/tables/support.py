"""The tables behind the agents' desk: notes, ready answers, whom nobody wants to hear, lines to be found, labels.

What is about a customer goes with the conversation that it is about (erasure, retention).
"""

import sqlalchemy as sa

from services.store.tables.base import AnyText, BigId, Json, UtcDateTime, metadata


def _of_conversation() -> sa.Column[str]:
    return sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False)


def _of_line() -> sa.Column[int]:
    return sa.Column(
        "line_id", BigId, sa.ForeignKey("journal.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


desk_note = sa.Table(
    "desk_note",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _of_conversation(),
    sa.Column("agent_id", sa.Text, nullable=False),
    sa.Column("words", AnyText, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_desk_note_conversation_id", "conversation_id", "at", "id"),
)
"""What agents tell each other about a conversation; the customer never sees it there."""

canned_reply = sa.Table(
    "canned_reply",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),  # an agent; empty: shared by all
    sa.Column("shortcut", sa.Text, nullable=False),
    sa.Column("title", AnyText, nullable=False),
    sa.Column("words", Json, nullable=False),  # by language
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("owner", "shortcut"),
)
"""Ready answers that agents wrote; a seller's first ones stand in the profile."""

blocked_address = sa.Table(
    "blocked_address",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("address", AnyText, primary_key=True),
    sa.Column("agent_id", sa.Text, nullable=False),
    sa.Column("reason", AnyText, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("until", UtcDateTime),  # None: for good
    sa.Column("told_at", UtcDateTime),  # when the one sentence was said
)
"""From where nothing is taken any more. Not bound to a conversation: that one may go, and the block stays."""

transcript_line = sa.Table(
    "transcript_line",
    metadata,
    _of_line(),
    sa.Column("words", AnyText, nullable=False),
)
"""The journal's lines that hold words, folded for search; filled after the turns (`services/support/search.py`)."""

sentence_label = sa.Table(
    "sentence_label",
    metadata,
    _of_line(),
    sa.Column("words", AnyText, nullable=False),  # without personal data, as an agent has seen it
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("asked", sa.Text),
    sa.Column("intent", sa.Text),  # None: no use as an example
    sa.Column("agent_id", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_sentence_label_at", "at", "line_id"),
)
"""What sentences that weren't understood mean, as agents say; they go with the line of the journal."""
