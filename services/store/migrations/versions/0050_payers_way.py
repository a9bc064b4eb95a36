"""Attempts know the method that their payer chose, where it isn't the customer's."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards: until now each attempt was of its payment's method."""
    op.add_column("payment_attempt", sa.Column("method", sa.Text, nullable=True))


def downgrade() -> None:
    """Back to where each attempt is of its payment's method."""
    op.drop_column("payment_attempt", "method")
