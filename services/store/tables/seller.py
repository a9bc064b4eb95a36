"""Tables of what passes between the desk and the seller's own system: events told, and answers kept for repeats.

As in `domain.py`: ids are given by the caller, times are aware UTC, what is compared only is kept as a hash.
"""

import sqlalchemy as sa

from services.store.tables.base import Json, UtcDateTime, metadata

# What happened, as it is told. Whether it has arrived, the call that brings it says (`services/seller/events_out.py`).
outgoing_event = sa.Table(
    "outgoing_event",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=True),  # not bound to its row: an event outlives an account
    sa.Column("data", Json, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_outgoing_event_at_id", "at", "id"),
)

# Requests with an idempotency key. `body` is NULL where the answer holds a secret: that one is derived anew.
api_answer = sa.Table(
    "api_answer",
    metadata,
    sa.Column("key_hash", sa.Text, primary_key=True),
    sa.Column("request_hash", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("body", Json, nullable=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_api_answer_at", "at"),
)
