"""The tables of customer support: tickets, hand-offs, feedback, notes, replies, blocks, search, labels, mirrors.

Rows about a customer go with their conversation (erasure, retention).
"""

import sqlalchemy as sa

from services.store.tables.base import AnyText, BigId, Json, UtcDateTime, metadata

# What customers told the seller's support, in their own words; numbered like orders are.
ticket = sa.Table(
    "ticket",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("about", Json, nullable=False),  # what it is about, as it stood
    sa.Column("words", AnyText, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("ix_ticket_account_id", "account_id"),
)

handoff = sa.Table(
    "handoff",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("reason", AnyText, nullable=False),
    sa.Column("email", AnyText, nullable=True),  # where the answer was promised
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime, nullable=True),
    sa.Column("agent_id", sa.Text, nullable=True),  # who has it now
    sa.Column("taken_at", UtcDateTime, nullable=True),
    sa.Column("first_taken_at", UtcDateTime, nullable=True),  # when the wait ended
    sa.Column("passed_by", sa.Text, nullable=True),  # who passed it on, until the other has come
    sa.Column("typed_at", UtcDateTime, nullable=True),  # when whoever has it last typed something
    sa.Column("corrected_at", UtcDateTime, nullable=True),  # when an answer was last put right
    sa.Index(
        "uq_handoff_open",
        "conversation_id",
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
    sa.Index(
        "ix_handoff_corrected_at",
        "corrected_at",
        sqlite_where=sa.text("corrected_at IS NOT NULL"),
        postgresql_where=sa.text("corrected_at IS NOT NULL"),
    ),
)


feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    # It goes with its conversation (erasure): the words are the customer's.
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    sa.Column("about", sa.Text, nullable=False),  # faq:ENTRY, end:DIALOG
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("helpful", sa.Boolean, nullable=False),
    sa.Column("words", AnyText, nullable=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_feedback_at_id", "at", "id"),
    sa.Index("ix_feedback_conversation_id", "conversation_id"),
)


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


helpdesk_conversation = sa.Table(
    "helpdesk_conversation",
    metadata,
    # Without a foreign key: one whose conversation is gone is still there outside, and has to be deleted.
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.BigInteger, nullable=False),
    sa.Column("inbox_id", sa.BigInteger, nullable=False),
    sa.Column("contact_id", sa.BigInteger, nullable=False),
    sa.Column("own_contact", sa.Boolean, nullable=False),  # made by us: goes when the customer is erased
    sa.Column("outside_id", sa.BigInteger),  # None: it was deleted there, and another is to be made
    sa.Column("carded", sa.Boolean, nullable=False),  # what went before stands there
    sa.Column("mirrored_id", BigId, nullable=False),  # the last line of the journal that stands there
    sa.Column("seen_id", sa.BigInteger, nullable=False),  # agents' messages up to this one are done
    sa.Column("told_status", sa.Text, nullable=False),  # as it was there when last looked at
    sa.Column("assignee_id", sa.BigInteger),  # who had it there then
    sa.Column("knocked", sa.BigInteger, nullable=False),  # so many webhooks have come
    sa.Column("heard", sa.BigInteger, nullable=False),  # so many of them had come when it was last looked at
    sa.Column("state", sa.Text, nullable=False),
    sa.UniqueConstraint("account_id", "outside_id"),
    sa.CheckConstraint("state IN ('open', 'closed', 'erase')", name="state"),
)
"""One per conversation that ever waited for a person. `erase`: what was said there is to be forgotten."""


desk_topic = sa.Table(
    "desk_topic",
    metadata,
    # Without a foreign key: a topic whose conversation is gone is still there in the group, and has to be deleted.
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("thread_id", sa.BigInteger),  # None: it was deleted by hand, and another is to be made
    sa.Column("card_id", sa.BigInteger),
    sa.Column("shown", sa.Text),  # hash of what the card says
    sa.Column("mirrored_id", BigId, nullable=False),  # the last line of the journal that the topic has
    sa.Column("status", sa.Text, nullable=False),
    sa.UniqueConstraint("chat_id", "thread_id"),
    sa.CheckConstraint("status IN ('open', 'closed', 'erase')", name="status"),
)
"""One topic per conversation that ever waited for a person. `erase`: what was said there is to be forgotten."""

desk_forum_trouble = sa.Table(
    "desk_forum_trouble",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("told_at", UtcDateTime),  # when the seller's support was written to
)
"""A group that can't be written to; the row goes when it can again."""
