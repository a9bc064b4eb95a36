"""Statements by which customers withdraw from a contract."""

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import AnyText, UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

INDEXED = ("account_id", "conversation_id", "order_id")


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True),
        sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), nullable=True),
        sa.Column("words", AnyText, nullable=False),
        sa.Column("stated_at", UtcDateTime, nullable=False),
        sa.Column("decision", sa.Text, nullable=True),
        sa.Column("reason", AnyText, nullable=True),
        sa.Column("decided_at", UtcDateTime, nullable=True),
    )
    for column in INDEXED:
        op.create_index(f"ix_withdrawal_{column}", "withdrawal", [column])


def downgrade() -> None:
    """Back to the step before."""
    op.drop_table("withdrawal")
