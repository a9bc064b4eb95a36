"""A subscription may begin with a trial, and whoever has had one is known by hashes."""

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import UtcDateTime

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.add_column("subscription", sa.Column("trial_ends_at", UtcDateTime(), nullable=True))
    op.create_table(
        "trial_claim",
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("order_id", sa.Text, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("subject", name="pk_trial_claim"),
    )
    op.create_index("ix_trial_claim_account_id", "trial_claim", ["account_id"])


def downgrade() -> None:
    """Back to the step before."""
    op.drop_table("trial_claim")
    op.drop_column("subscription", "trial_ends_at")
