"""The tables of conversations and of what runs them: journal, inbox, jobs, timers, events, leases.

A partial index is used by SQLite's planner only if the query says literally what the index says, so the conditions
below are shared with the queries as constants: as bare text, since SQLAlchemy writes a Boolean's `= 1` behind others.
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
    SAME,
    hand_out,
    leave_out,
)

_INBOUND = leave_out("the channel's mark of a message and a keyed hash; seven days", KEPT)
_LINE = leave_out("handed out as `messages` of each conversation", DELETED)
_JOB = leave_out("on its way out; emptied when it has ended", KEPT)
_JOB_CONTENT = leave_out("made of what is handed out", BY_RULE)
_TIMER = leave_out("when the desk wakes a conversation, or ends a subscription", BY_RULE)
_EVENT = leave_out("on its way to a conversation; dropped when it has arrived", DELETED)
_OPERATIONAL = leave_out(OPERATIONAL, KEPT)

CLOSED = sa.text("closed_at IS NOT NULL")

conversation = sa.Table(
    "conversation",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(KEPT)),
    sa.Column("channel", sa.Text, nullable=False, info=hand_out(KEPT)),
    sa.Column(
        "address",
        AnyText,
        nullable=False,
        info=leave_out("handed out for Telegram only: on the other channels it is a key to the conversation", KEPT),
    ),
    sa.Column("account_id", sa.Text, index=True, info=leave_out(SAME, EMPTIED)),
    sa.Column("locale", sa.Text, nullable=False, info=hand_out(KEPT)),
    sa.Column("mode", sa.Text, nullable=False, info=hand_out(BY_RULE)),
    sa.Column("revision", sa.Integer, nullable=False, info=leave_out(INTERNAL, BY_RULE)),
    sa.Column(
        "state",
        Json,
        nullable=False,
        info=leave_out("the step of the talk; the answers stand in the other lists", EMPTIED),
    ),
    sa.Column("seq", sa.Integer, nullable=False, info=leave_out(INTERNAL, KEPT)),
    sa.Column("started_at", UtcDateTime, nullable=False, info=hand_out(KEPT)),
    sa.Column("updated_at", UtcDateTime, nullable=False, info=hand_out(BY_RULE)),
    *columns(UtcDateTime, "customer_at", "closed_at", info=hand_out(KEPT)),
    # keyed hash of the network address that the last message came from
    sa.Column("network", sa.Text, info=leave_out("a keyed hash of the network address", KEPT)),
    # what holds it now, where that isn't the address any more: the hash of a token turned at a log-in
    sa.Column("session", sa.Text, info=leave_out("a key to the conversation", KEPT)),
    # drawn when it was opened: its id follows from the address, and comes back with it after a deletion
    sa.Column("birth", sa.Text, nullable=False, server_default="", info=leave_out(INTERNAL, KEPT)),
    # the channel's name of the part of the chat in which the customer wrote last
    sa.Column("topic", sa.Text, info=leave_out(INTERNAL, KEPT)),
    sa.UniqueConstraint("channel", "address"),
    # What no turn changes: written once for a conversation. Few are closed.
    sa.Index("ix_conversation_started_at_channel", "started_at", "channel"),
    PartialIndex("ix_conversation_closed_at", "closed_at", where=CLOSED),
    sa.CheckConstraint("mode IN ('bot', 'waiting', 'agent')", name="mode"),
)
"""One address on one channel. `seq` is the number of the last bot message, `revision` that of the last turn."""


inbound = sa.Table(
    "inbound",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True, info=_INBOUND),
    sa.Column("key", AnyText, primary_key=True, info=_INBOUND),
    # Nothing that an index would have to find when the conversation goes, which outlives its marks by weeks.
    *columns(sa.Text, "conversation_id", "digest", nullable=False, info=_INBOUND),
    sa.Column("at", UtcDateTime, nullable=False, index=True, info=_INBOUND),
    sa.Column("failed", sa.Boolean, nullable=False, info=_INBOUND),
)
"""Messages already taken, by the channel's own key: the guard against a message delivered twice."""

OPEN_DELIVERY = sa.text("delivery = 'open'")

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True, info=_LINE),
    deleted_with("conversation", _LINE),
    sa.Column("revision", sa.Integer, nullable=False, info=_LINE),
    sa.Column("kind", sa.Text, nullable=False, info=_LINE),
    sa.Column("root", AnyText, info=_LINE),
    sa.Column("seq", sa.Integer, info=_LINE),
    sa.Column("data", Json, nullable=False, info=_LINE),
    sa.Column("at", UtcDateTime, nullable=False, info=_LINE),
    sa.Column("delivery", sa.Text, nullable=False, info=_LINE),
    sa.Column("sent_at", UtcDateTime, info=_LINE),
    sa.Column("place", sa.Text, info=_LINE),  # the channel's own name of the message that shows it
    sa.Index("ix_journal_conversation_id_id", "conversation_id", "id"),
    PartialIndex("ix_journal_open", "conversation_id", "id", where=OPEN_DELIVERY),
    sa.CheckConstraint("delivery IN ('none', 'open', 'sent', 'given_up', 'kept', 'given')", name="delivery"),
    # A number is never given twice: web clients resume after the last one that they saw.
    sqlite_autoincrement=True,
)
"""Everything that was said and decided, in order. `seq` only where the bot or an agent spoke."""

OPEN_CALL = sa.text("status = 'open'")

call = sa.Table(
    "call",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True, info=_JOB),
    sa.Column("key", AnyText, nullable=False, unique=True, info=_JOB),
    sa.Column("conversation_id", sa.Text, nullable=False, index=True, info=_JOB),
    sa.Column("root", AnyText, info=_JOB_CONTENT),
    sa.Column("kind", sa.Text, nullable=False, info=_JOB),
    sa.Column("payload", Json, nullable=False, info=_JOB_CONTENT),
    sa.Column("background", sa.Boolean, nullable=False, info=_JOB),
    sa.Column("status", sa.Text, nullable=False, info=_JOB_CONTENT),
    sa.Column("due_at", UtcDateTime, nullable=False, info=_JOB),
    sa.Column("lease_until", UtcDateTime, info=_JOB_CONTENT),
    sa.Column("attempts", sa.Integer, nullable=False, info=_JOB),
    sa.Column("created_at", UtcDateTime, nullable=False, info=_JOB),
    sa.Column("outcome", Json, info=_JOB_CONTENT),
    PartialIndex("ix_call_due", "due_at", where=OPEN_CALL),
    PartialIndex("ix_call_open_root", "root", where=OPEN_CALL),
    sa.CheckConstraint("status IN ('open', 'done', 'failed', 'cancelled')", name="status"),
)
"""The outbox: what a decision causes outside. Not bound to a conversation's row: some concern none."""

timer = sa.Table(
    "timer",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True, info=_TIMER),
    *columns(sa.Text, "conversation_id", "kind", nullable=False, info=_TIMER),
    sa.Column("due_at", UtcDateTime, nullable=False, index=True, info=_TIMER),
    sa.Column("data", Json, nullable=False, info=_TIMER),
    sa.UniqueConstraint("conversation_id", "kind"),
)
"""What is to happen later; at most one of a kind per conversation."""

OPEN_EVENT = sa.text("done_at IS NULL")

event = sa.Table(
    "event",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=_EVENT),
    *columns(sa.Text, "conversation_id", "kind", nullable=False, info=_EVENT),
    sa.Column("payload", Json, nullable=False, info=_EVENT),
    sa.Column("at", UtcDateTime, nullable=False, info=_EVENT),
    sa.Column("done_at", UtcDateTime, info=_EVENT),
    PartialIndex("ix_event_open", "at", "id", where=OPEN_EVENT),
)
"""What pages and providers told for a conversation whose turn hasn't run yet, or has (`done_at`)."""

clock = sa.Table(
    "clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False, info=_OPERATIONAL),
    sa.Column("offset_us", sa.BigInteger, nullable=False, info=_OPERATIONAL),
    sa.CheckConstraint("id = 1", name="one_row"),
)
"""How far the sandbox moved the desk's clock, in microseconds; one row, none outside the sandbox."""

delivered_mark = sa.Table(
    "delivered_mark",
    metadata,
    deleted_with("conversation", _OPERATIONAL, primary_key=True),
    sa.Column("given_seq", sa.Integer, nullable=False, info=_OPERATIONAL),
)
"""The last message that is known to have reached the customer: carried by an answer, or drawn by the page."""

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.Text, primary_key=True, info=_OPERATIONAL),
    sa.Column("holder", sa.Text, nullable=False, info=_OPERATIONAL),
    sa.Column("until", UtcDateTime, nullable=False, info=_OPERATIONAL),
)
"""Which of several processes does what only one may do at a time; `until` is of the database's own clock."""

installation = sa.Table(
    "installation",
    metadata,
    sa.Column("name", sa.Text, primary_key=True, info=_OPERATIONAL),
    sa.Column("value", sa.Text, nullable=False, info=_OPERATIONAL),
)
"""What all processes of one installation must agree on."""
