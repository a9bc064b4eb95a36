"""The tables of customer support: tickets, hand-offs, feedback, notes, replies, blocks, search, labels, mirrors.

Rows about a customer go with their conversation (erasure, retention).
"""

import sqlalchemy as sa

from services.store.tables.base import AnyText, BigId, Json, PartialIndex, UtcDateTime, columns, deleted_with, metadata
from services.store.tables.privacy import (
    BY_RULE,
    DELETED,
    EMPTIED,
    INTERNAL,
    KEPT,
    OPERATIONAL,
    Info,
    hand_out,
    leave_out,
    owner,
    section,
)

_REPLY = leave_out("agents' ready answers: nothing of a person", KEPT)
_SEARCH = leave_out("the words of messages once more, in the form in which they are searched", DELETED)
_LABEL = leave_out("what a sentence meant, without what it says of a person; the message itself is handed out", DELETED)
_DRAFT = leave_out("entries for the seller's FAQ: nothing of a person", KEPT)
_MIRROR = leave_out("where an agents' desk outside shows the conversation, and how far", KEPT)
_NETWORK = leave_out("a network address as a keyed hash, not a person; dropped thirty days after its end", KEPT)
_DELETED = leave_out(INTERNAL, DELETED)
_KEPT = leave_out(INTERNAL, KEPT)
_TROUBLE = leave_out(OPERATIONAL, KEPT)

# What customers told the seller's support, in their own words; numbered like orders are.
ticket = sa.Table(
    "ticket",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(DELETED)),
    sa.Column("number", sa.Text, nullable=False, unique=True, info=hand_out(DELETED)),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True, index=True, info=owner(DELETED)),
    sa.Column("conversation_id", sa.Text, nullable=False, index=True, info=hand_out(DELETED, after="created_at")),
    sa.Column("subject", sa.Text, nullable=False, info=hand_out(DELETED)),
    sa.Column("about", Json, nullable=False, info=hand_out(DELETED)),  # what it is about, as it stood
    sa.Column("words", AnyText, nullable=False, info=hand_out(DELETED)),
    sa.Column("created_at", UtcDateTime, nullable=False, info=hand_out(DELETED)),
    PartialIndex("ix_ticket_difference", "created_at", where=sa.text("subject = 'difference'")),
    info=section("tickets", "created_at", "number"),
)

handoff = sa.Table(
    "handoff",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True, info=_DELETED),
    sa.Column("conversation_id", sa.Text, nullable=False, index=True, info=_DELETED),
    sa.Column("reason", AnyText, nullable=False, info=hand_out(DELETED)),
    sa.Column("email", AnyText, nullable=True, info=hand_out(DELETED)),  # where the answer was promised
    sa.Column("asked_at", UtcDateTime, nullable=False, info=hand_out(DELETED)),
    sa.Column("ended_at", UtcDateTime, nullable=True, info=hand_out(DELETED)),
    sa.Column("agent_id", sa.Text, nullable=True, info=_DELETED),  # who has it now
    sa.Column("taken_at", UtcDateTime, nullable=True, info=_DELETED),
    sa.Column("first_taken_at", UtcDateTime, nullable=True, info=_DELETED),  # when the wait ended
    sa.Column("passed_by", sa.Text, nullable=True, info=_DELETED),  # who passed it on, until the other has come
    sa.Column("typed_at", UtcDateTime, nullable=True, info=_DELETED),  # when whoever has it last typed something
    sa.Column("corrected_at", UtcDateTime, nullable=True, info=_DELETED),  # when an answer was last put right
    PartialIndex("uq_handoff_open", "conversation_id", unique=True, where=sa.text("ended_at IS NULL")),
    PartialIndex("ix_handoff_corrected_at", "corrected_at", where=sa.text("corrected_at IS NOT NULL")),
    # Of all of them it would be taken for the order of the open ones, with those that are over between them.
    PartialIndex("ix_handoff_asked_at", "asked_at", where=sa.text("first_taken_at IS NULL")),
    PartialIndex("ix_handoff_first_taken_at", "first_taken_at", where=sa.text("first_taken_at IS NOT NULL")),
)


feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=_KEPT),
    # It goes with its conversation (erasure): the words are the customer's.
    deleted_with("conversation", _KEPT, index=True),
    sa.Column("about", sa.Text, nullable=False, info=hand_out(KEPT)),  # faq:ENTRY, end:DIALOG
    sa.Column("locale", sa.Text, nullable=False, info=_KEPT),
    sa.Column("helpful", sa.Boolean, nullable=False, info=hand_out(KEPT)),
    sa.Column("words", AnyText, nullable=True, info=hand_out(EMPTIED)),
    sa.Column("at", UtcDateTime, nullable=False, info=hand_out(KEPT)),
    sa.Index("ix_feedback_at_id", "at", "id"),
)


def _of_line(privacy: Info) -> sa.Column[int]:
    return sa.Column(
        "line_id",
        BigId,
        sa.ForeignKey("journal.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=privacy,
    )


desk_note = sa.Table(
    "desk_note",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=_DELETED),
    deleted_with("conversation", _DELETED),
    sa.Column("agent_id", sa.Text, nullable=False, info=_DELETED),
    sa.Column("words", AnyText, nullable=False, info=hand_out(DELETED, after="at")),
    sa.Column("at", UtcDateTime, nullable=False, info=hand_out(DELETED)),
    sa.Index("ix_desk_note_conversation_id", "conversation_id", "at", "id"),
)
"""What agents tell each other about a conversation; the customer never sees it there."""

canned_reply = sa.Table(
    "canned_reply",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=_REPLY),
    sa.Column("owner", sa.Text, nullable=False, info=_REPLY),  # an agent; empty: shared by all
    sa.Column("shortcut", sa.Text, nullable=False, info=_REPLY),
    sa.Column("title", AnyText, nullable=False, info=_REPLY),
    sa.Column("words", Json, nullable=False, info=_REPLY),  # by language
    sa.Column("changed_by", sa.Text, nullable=False, info=_REPLY),
    sa.Column("changed_at", UtcDateTime, nullable=False, info=_REPLY),
    sa.UniqueConstraint("owner", "shortcut"),
)
"""Ready answers that agents wrote; a seller's first ones stand in the profile."""

recording = sa.Table(
    "recording",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=_DELETED),
    deleted_with("conversation", _DELETED, index=True),
    sa.Column("kind", sa.Text, nullable=False, info=hand_out(DELETED, "media_type")),  # empty: no sound is there (yet)
    sa.Column("sealed", sa.LargeBinary, nullable=False, info=hand_out(DELETED, "audio")),
    sa.Column("at", UtcDateTime, nullable=False, info=_DELETED),
    # How far one that agents may play has got; None: it waits to be heard by the recogniser, and is no agent's.
    sa.Column("state", sa.Text, nullable=True, info=_DELETED),
    sa.Column("words", AnyText, nullable=True, info=hand_out(DELETED)),  # as written down for an agent
)
"""A customer's recordings, encrypted: until the words are there, a quarter of an hour at most; those for an agent for
as long as the profile says."""

answer_letter = sa.Table(
    "answer_letter",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=_DELETED),
    deleted_with("conversation", _DELETED),
    sa.Column("first_seq", sa.Integer, nullable=False, info=_DELETED),
    sa.Column("last_seq", sa.Integer, nullable=True, info=_DELETED),  # None: it still gathers
    sa.Column("due_at", UtcDateTime, nullable=False, info=_DELETED),
    sa.Column("state", sa.Text, nullable=False, info=hand_out(DELETED, "answer_by_email")),
    sa.Column("at", UtcDateTime, nullable=True, info=hand_out(DELETED)),  # since when it is in this state
    sa.Column("proven", sa.Boolean, nullable=True, info=_DELETED),  # whether the address was proven when it went out
    sa.Column("mailbox", sa.Text, nullable=True, info=leave_out("a keyed hash of the e-mail address", DELETED)),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True, info=_DELETED),
    PartialIndex("uq_answer_letter_gathering", "conversation_id", unique=True, where=sa.text("last_seq IS NULL")),
    sa.Index("ix_answer_letter_conversation_id", "conversation_id", "first_seq"),
    sa.CheckConstraint(
        "state IN ('gathering', 'leaving', 'mailed', 'read', 'no_address', 'stopped', 'failed')", name="state"
    ),
)
"""An e-mail with what an agent said and its customer hasn't read: which lines, when it is due, what became of it."""

answer_stop = sa.Table(
    "answer_stop",
    metadata,
    sa.Column("mailbox", sa.Text, primary_key=True, info=leave_out("a keyed hash of the e-mail address", KEPT)),
    sa.Column("at", UtcDateTime, nullable=False, info=leave_out("only the hash leads to it", KEPT)),
)
"""Mailboxes whose readers want no such e-mails."""

blocked_address = sa.Table(
    "blocked_address",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True, info=_KEPT),
    sa.Column("address", AnyText, primary_key=True, info=_KEPT),
    sa.Column("agent_id", sa.Text, nullable=False, info=_KEPT),
    sa.Column("reason", AnyText, nullable=False, info=hand_out(EMPTIED)),
    sa.Column("at", UtcDateTime, nullable=False, index=True, info=hand_out(KEPT)),
    sa.Column("until", UtcDateTime, info=hand_out(KEPT)),  # None: for good
    sa.Column("told_at", UtcDateTime, info=_KEPT),  # when the one sentence was said
)
"""From where nothing is taken any more. Not bound to a conversation: that one may go, and the block stays."""

blocked_network = sa.Table(
    "blocked_network",
    metadata,
    sa.Column("network", sa.Text, primary_key=True, info=_NETWORK),  # keyed hash, as conversations have it
    sa.Column("agent_id", sa.Text, nullable=False, info=_NETWORK),
    sa.Column("reason", AnyText, nullable=False, info=_NETWORK),
    *columns(UtcDateTime, "at", "until", nullable=False, info=_NETWORK),
    sa.Column("chats", sa.Integer, nullable=False, info=_NETWORK),  # so many it concerned
)
"""From which networks nothing is taken for a day at most, but of customers."""

transcript_line = sa.Table(
    "transcript_line", metadata, _of_line(_SEARCH), sa.Column("words", AnyText, nullable=False, info=_SEARCH)
)
"""The journal's lines that hold words, folded for search; filled after the turns (`services/support/search.py`)."""

sentence_label = sa.Table(
    "sentence_label",
    metadata,
    _of_line(_LABEL),
    sa.Column("words", AnyText, nullable=False, info=_LABEL),  # without personal data, as an agent has seen it
    sa.Column("locale", sa.Text, nullable=False, info=_LABEL),
    sa.Column("asked", sa.Text, info=_LABEL),
    # Neither intent nor entry: no use as an example.
    sa.Column("intent", sa.Text, info=_LABEL),
    sa.Column("faq", sa.Text, info=_LABEL),  # the entry that it is a way to ask for
    sa.Column("agent_id", sa.Text, nullable=False, info=_LABEL),
    sa.Column("at", UtcDateTime, nullable=False, info=_LABEL),
    sa.Index("ix_sentence_label_at", "at", "line_id"),
)
"""The meanings of doubtful sentences, as agents say; they go with the line of the journal."""

misread_line = sa.Table(
    "misread_line",
    metadata,
    _of_line(_LABEL),
    sa.Column("agent_id", sa.Text, nullable=False, info=_LABEL),
    sa.Column("at", UtcDateTime, nullable=False, info=_LABEL),
)
"""Customers' lines that an agent found wrongly read; they go with the line of the journal."""

faq_draft = sa.Table(
    "faq_draft",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=_DRAFT),
    sa.Column("words", Json, nullable=False, info=_DRAFT),  # title and answer by language
    sa.Column("agent_id", sa.Text, nullable=False, info=_DRAFT),
    sa.Column("at", UtcDateTime, nullable=False, info=_DRAFT),
)
"""Entries that agents wrote for the seller's FAQ: they answer once they stand in the profile."""


helpdesk_conversation = sa.Table(
    "helpdesk_conversation",
    metadata,
    # Without a foreign key: one whose conversation is gone is still there outside, and has to be deleted.
    sa.Column("conversation_id", sa.Text, primary_key=True, info=_MIRROR),
    *columns(sa.BigInteger, "account_id", "inbox_id", "contact_id", nullable=False, info=_MIRROR),
    sa.Column("own_contact", sa.Boolean, nullable=False, info=_MIRROR),  # made by us: goes when the customer is erased
    sa.Column("outside_id", sa.BigInteger, info=_MIRROR),  # None: it was deleted there, and another is to be made
    sa.Column("carded", sa.Boolean, nullable=False, info=_MIRROR),  # what went before stands there
    sa.Column("mirrored_id", BigId, nullable=False, info=_MIRROR),  # the last line of the journal that stands there
    sa.Column("seen_id", sa.BigInteger, nullable=False, info=_MIRROR),  # agents' messages up to this one are done
    sa.Column("told_status", sa.Text, nullable=False, info=_MIRROR),  # as it was there when last looked at
    sa.Column("assignee_id", sa.BigInteger, info=_MIRROR),  # who had it there then
    sa.Column("knocked", sa.BigInteger, nullable=False, info=_MIRROR),  # so many webhooks have come
    # so many of them had come when it was last looked at
    sa.Column("heard", sa.BigInteger, nullable=False, info=_MIRROR),
    sa.Column("state", sa.Text, nullable=False, info=leave_out(INTERNAL, BY_RULE)),
    sa.UniqueConstraint("account_id", "outside_id"),
    sa.CheckConstraint("state IN ('open', 'closed', 'erase')", name="state"),
)
"""One per conversation that ever waited for a person. `erase`: what was said there is to be forgotten."""


desk_topic = sa.Table(
    "desk_topic",
    metadata,
    # Without a foreign key: a topic whose conversation is gone is still there in the group, and has to be deleted.
    sa.Column("conversation_id", sa.Text, primary_key=True, info=_MIRROR),
    sa.Column("chat_id", sa.BigInteger, nullable=False, info=_MIRROR),
    sa.Column("thread_id", sa.BigInteger, info=_MIRROR),  # None: it was deleted by hand, and another is to be made
    sa.Column("card_id", sa.BigInteger, info=_MIRROR),
    sa.Column("shown", sa.Text, info=_MIRROR),  # hash of what the card says
    sa.Column("mirrored_id", BigId, nullable=False, info=_MIRROR),  # the last line of the journal that the topic has
    sa.Column("status", sa.Text, nullable=False, info=leave_out(INTERNAL, BY_RULE)),
    sa.UniqueConstraint("chat_id", "thread_id"),
    sa.CheckConstraint("status IN ('open', 'closed', 'erase')", name="status"),
)
"""One topic per conversation that ever waited for a person. `erase`: what was said there is to be forgotten."""

desk_forum_trouble = sa.Table(
    "desk_forum_trouble",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False, info=_TROUBLE),
    sa.Column("kind", sa.Text, nullable=False, info=_TROUBLE),
    sa.Column("since", UtcDateTime, nullable=False, info=_TROUBLE),
    sa.Column("told_at", UtcDateTime, info=_TROUBLE),  # when the seller's support was written to
)
"""A group that can't be written to; the row goes when it can again."""
