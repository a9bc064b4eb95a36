"""The seller's own system: events told to it, answers kept for repeated requests, lists in the order of time.

Two new tables. The four indexes are made while the tables can be read; PostgreSQL holds up writes to each of them for
as long as its index takes.
"""

import sqlalchemy as sa
from alembic import op

from services.store.base import Json, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LISTED = (
    ("account", "created_at"),
    ("company", "created_at"),
    ("sales_order", "placed_at"),
    ("subscription", "created_at"),
)


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "outgoing_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("data", Json(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_event")),
    )
    op.create_index("ix_outgoing_event_at_id", "outgoing_event", ["at", "id"])
    op.create_table(
        "api_answer",
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", Json(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_api_answer")),
    )
    op.create_index("ix_api_answer_at", "api_answer", ["at"])
    for table, moment in LISTED:
        op.create_index(f"ix_{table}_{moment}_id", table, [moment, "id"])


def downgrade() -> None:
    """Back."""
    for table, moment in LISTED:
        op.drop_index(f"ix_{table}_{moment}_id", table)
    op.drop_table("api_answer")
    op.drop_table("outgoing_event")
