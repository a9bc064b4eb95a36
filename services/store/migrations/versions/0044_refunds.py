"""The desk makes refunds, and keeps each: asked for, done or failed."""

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import AnyText, UtcDateTime

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "refund",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("payment_id", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("reason", AnyText(), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("failure", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_refund"),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name="fk_refund_order_id_sales_order"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_refund_payment_id_payment"),
    )
    for name in ("order_id", "payment_id"):
        op.create_index(f"ix_refund_{name}", "refund", [name])


def downgrade() -> None:
    """Back to the step before. Refunds that providers have made stay made."""
    op.drop_table("refund")
