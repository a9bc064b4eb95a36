"""Subscriptions know the plan that is renewed, where that differs from the one that runs."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.add_column("subscription", sa.Column("next_plan", sa.Text, nullable=True))


def downgrade() -> None:
    """Back to the step before: renewed is what runs."""
    op.drop_column("subscription", "next_plan")
