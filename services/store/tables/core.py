"""The tables of conversations and of what runs them: journal, inbox, jobs, timers, events, leases.

A partial index is used by SQLite's planner only if the query says literally what the index says, so the conditions
below are shared with the queries as constants: as bare text, since SQLAlchemy writes a Boolean's `= 1` behind others.
"""

import sqlalchemy as sa

from services.store.tables.base import AnyText, BigId, Json, UtcDateTime, metadata

conversation = sa.Table(
    "conversation",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("address", AnyText, nullable=False),
    sa.Column("account_id", sa.Text, index=True),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("state", Json, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("customer_at", UtcDateTime),
    sa.Column("closed_at", UtcDateTime),
    sa.Column("network", sa.Text),  # keyed hash of the network address that the last message came from
    sa.UniqueConstraint("channel", "address"),
    sa.CheckConstraint("mode IN ('bot', 'waiting', 'agent')", name="mode"),
)
"""One address on one channel. `seq` is the number of the last bot message, `revision` that of the last turn."""


def _of_conversation() -> sa.Column[str]:
    """What can't be without its conversation goes with it (erasure)."""
    return sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False)


inbound = sa.Table(
    "inbound",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("key", AnyText, primary_key=True),
    _of_conversation(),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("failed", sa.Boolean, nullable=False),
)
"""Messages already taken, by the channel's own key: the guard against a message delivered twice."""

OPEN_DELIVERY = sa.text("delivery = 'open'")

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    _of_conversation(),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("root", AnyText, index=True),
    sa.Column("seq", sa.Integer),
    sa.Column("data", Json, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("delivery", sa.Text, nullable=False),
    sa.Column("sent_at", UtcDateTime),
    sa.Index("ix_journal_conversation_id_seq", "conversation_id", "seq"),
    sa.Index("ix_journal_conversation_id_id", "conversation_id", "id"),
    sa.Index("ix_journal_open", "conversation_id", "id", sqlite_where=OPEN_DELIVERY, postgresql_where=OPEN_DELIVERY),
    sa.CheckConstraint("delivery IN ('none', 'open', 'sent', 'given_up', 'kept', 'given')", name="delivery"),
    # A number is never given twice: web clients resume after the last one that they saw.
    sqlite_autoincrement=True,
)
"""Everything that was said and decided, in order. `seq` only where the bot or an agent spoke."""

OPEN_CALL = sa.text("status = 'open'")

call = sa.Table(
    "call",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("key", AnyText, nullable=False, unique=True),
    sa.Column("conversation_id", sa.Text, nullable=False, index=True),
    sa.Column("root", AnyText),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", Json, nullable=False),
    sa.Column("background", sa.Boolean, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("outcome", Json),
    sa.Index("ix_call_due", "due_at", sqlite_where=OPEN_CALL, postgresql_where=OPEN_CALL),
    sa.Index("ix_call_open_root", "root", sqlite_where=OPEN_CALL, postgresql_where=OPEN_CALL),
    sa.CheckConstraint("status IN ('open', 'done', 'failed', 'cancelled')", name="status"),
)
"""The outbox: what a decision causes outside. Not bound to a conversation's row: some concern none."""

timer = sa.Table(
    "timer",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False, index=True),
    sa.Column("data", Json, nullable=False),
    sa.UniqueConstraint("conversation_id", "kind"),
)
"""What is to happen later; at most one of a kind per conversation."""

OPEN_EVENT = sa.text("done_at IS NULL")

event = sa.Table(
    "event",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", Json, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("done_at", UtcDateTime),
    sa.Index("ix_event_open", "at", "id", sqlite_where=OPEN_EVENT, postgresql_where=OPEN_EVENT),
)
"""What pages and providers told for a conversation whose turn hasn't run yet, or has (`done_at`)."""

clock = sa.Table(
    "clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("offset_us", sa.BigInteger, nullable=False),
    sa.CheckConstraint("id = 1", name="one_row"),
)
"""How far the sandbox moved the desk's clock, in microseconds; one row, none outside the sandbox."""

delivered_mark = sa.Table(
    "delivered_mark",
    metadata,
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("given_seq", sa.Integer, nullable=False),
)
"""The last bot message that an answer of the REST channel has carried."""

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("until", UtcDateTime, nullable=False),
)
"""Which of several processes does what only one may do at a time; `until` is of the database's own clock."""

installation = sa.Table(
    "installation",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
"""What all processes of one installation must agree on."""
