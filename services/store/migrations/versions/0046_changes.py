"""Subscriptions know how many of them are renewed, where that differs from how many run."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.add_column("subscription", sa.Column("next_quantity", sa.Integer, nullable=True))


def downgrade() -> None:
    """Back to the step before: renewed is what runs."""
    op.drop_column("subscription", "next_quantity")
