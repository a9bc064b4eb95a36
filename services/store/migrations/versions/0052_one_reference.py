"""Transfers know what their bank said of them, and which one of another order a person has booked as them."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_MOVED = sa.text("""
    UPDATE payment_attempt SET moved_from = (
        SELECT MIN(told.payment_id || '-' || CAST(told.n AS TEXT)) FROM payment_attempt AS told
        WHERE told.provider = 'transfer' AND told.provider_ref = payment_attempt.provider_ref
        AND told.status = 'dropped' AND told.changed_at = payment_attempt.created_at
    )
    WHERE provider = 'transfer' AND status <> 'dropped'
""")


def upgrade() -> None:
    """Forwards. A transfer was moved at the moment from which it stands with its new order; digests come with files."""
    op.add_column("payment_attempt", sa.Column("digest", sa.Text, nullable=True))
    op.add_column("payment_attempt", sa.Column("moved_from", sa.Text, nullable=True))
    op.execute(_MOVED)


def downgrade() -> None:
    """Back to where a reference is all that is known of a transfer."""
    op.drop_column("payment_attempt", "moved_from")
    op.drop_column("payment_attempt", "digest")
