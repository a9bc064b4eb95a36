"""Tables of what a person is asked for: reports to the seller's support, conversations handed over."""

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
