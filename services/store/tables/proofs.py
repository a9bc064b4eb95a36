"""Tables of what proves somebody, and of how often it may be tried: codes, links, limits.

What must be compared but never read again (codes, tokens, the subjects of limits) is kept as a hash."""

import sqlalchemy as sa

from services.store.tables.base import AnyText, BigId, Json, UtcDateTime, metadata

limit_hit = sa.Table(
    "limit_hit",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("subject_hash", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_limit_hit_scope_subject_hash_at", "scope", "subject_hash", "at"),
    sa.Index("ix_limit_hit_at", "at"),
)

code = sa.Table(
    "code",
    metadata,
    sa.Column("challenge_id", sa.Text, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("target_hash", sa.Text, nullable=False),
    sa.Column("prefix", sa.Text, nullable=True),  # a phone number without its last four digits
    sa.Column("code_hash", sa.Text, nullable=True),  # gone once the code can't be used any more
    sa.Column("state", sa.Text, nullable=False),  # open, used, replaced, exhausted
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("issued_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("network", sa.Text, nullable=True),  # keyed hash of the network address that asked
    sa.Index("ix_code_target_hash_issued_at", "target_hash", "issued_at"),
    sa.Index("ix_code_conversation_id_issued_at", "conversation_id", "issued_at"),
    sa.Index("ix_code_prefix_issued_at", "prefix", "issued_at"),
    sa.Index("ix_code_network_issued_at", "network", "issued_at"),
    sa.Index("ix_code_issued_at", "issued_at"),
)

one_time_link = sa.Table(
    "one_time_link",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True),
    sa.Column("data", Json, nullable=False),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False),  # open, used, cancelled; expired follows from the time
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime, nullable=True),
    sa.Index("ix_one_time_link_conversation_id_purpose", "conversation_id", "purpose"),
)

start_link = sa.Table(
    "start_link",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True),
    sa.Column("customer_id", AnyText, nullable=True),  # on file, where there is no account
    sa.Column("entry", AnyText, nullable=True),  # where the journey begins
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("taken_by", sa.Text, nullable=True),  # the conversation that a personal link brought in
    sa.Column("taken_at", UtcDateTime, nullable=True),
    sa.Column("from_conversation", sa.Text, nullable=True),  # the one that goes on where this link is opened
    sa.Index("ix_start_link_account_id", "account_id"),
    sa.CheckConstraint("account_id IS NOT NULL OR customer_id IS NOT NULL OR entry IS NOT NULL", name="leads"),
)
