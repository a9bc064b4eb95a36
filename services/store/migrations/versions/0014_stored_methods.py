"""Ways to pay that a provider keeps: whose they are there, until when they are good, and the charges made to them.

New columns that may be empty: a running desk isn't held up.
"""

import sqlalchemy as sa
from alembic import op

from services.store.base import AnyText, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.add_column("payment_method", sa.Column("customer", AnyText(), nullable=True))
    op.add_column("payment_method", sa.Column("expires_on", sa.Date(), nullable=True))
    op.add_column("payment_method", sa.Column("payment_id", sa.Text(), nullable=True))
    op.add_column("payment_method", sa.Column("gone_at", UtcDateTime(), nullable=True))
    op.add_column("payment_method", sa.Column("forgotten_at", UtcDateTime(), nullable=True))
    op.add_column("payment", sa.Column("stored_id", sa.Text(), nullable=True))
    op.add_column("payment_attempt", sa.Column("stored_id", sa.Text(), nullable=True))
    op.add_column("payment_attempt", sa.Column("refusal", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back."""
    for table, column in (
        ("payment_attempt", "refusal"),
        ("payment_attempt", "stored_id"),
        ("payment", "stored_id"),
        ("payment_method", "forgotten_at"),
        ("payment_method", "gone_at"),
        ("payment_method", "payment_id"),
        ("payment_method", "expires_on"),
        ("payment_method", "customer"),
    ):
        op.drop_column(table, column)
