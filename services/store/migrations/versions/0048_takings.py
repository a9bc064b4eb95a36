"""Indexes of what is paid and given back by time, of refunds that wait, and of reported differences."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_PARTIAL = {
    "ix_payment_back": ("payment", ["asked_at", "currency", "refunded_amount"], "refunded_amount > 0"),
    "ix_subscription_extension_renews": ("subscription_extension", ["at", "order_id"], "to_end > from_end"),
    "ix_refund_open": ("refund", ["requested_at", "id"], "status IN ('waits', 'requested')"),
    "ix_ticket_difference": ("ticket", ["created_at"], "subject = 'difference'"),
}


def upgrade() -> None:
    """Forwards."""
    op.create_index("ix_payment_paid_at", "payment", ["paid_at", "currency", "amount"])
    for name, (table, columns, where) in _PARTIAL.items():
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    """Back to the step before."""
    for name, (table, _, _) in _PARTIAL.items():
        op.drop_index(name, table)
    op.drop_index("ix_payment_paid_at", "payment")
