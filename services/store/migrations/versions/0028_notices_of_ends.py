"""Notices before an end, what an earlier release may have promised of a renewal, and why a term wasn't followed.

Each term that runs when the desk is upgraded is looked at once: the customer zone of earlier releases could promise a
charge that nobody would make.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.add_column("renewal", sa.Column("noticed", sa.Integer, nullable=True))
    op.add_column("renewal", sa.Column("corrects", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("subscription", sa.Column("end_reason", sa.Text, nullable=True))
    op.execute(
        "UPDATE renewal SET corrects = true WHERE EXISTS (SELECT 1 FROM subscription"
        " WHERE subscription.id = renewal.subscription_id AND subscription.ends_at = renewal.period_end"
        " AND subscription.status = 'active')"
    )
    op.execute("UPDATE subscription SET end_reason = 'term' WHERE status = 'ended'")


def downgrade() -> None:
    """Back to the step before."""
    op.drop_column("subscription", "end_reason")
    op.drop_column("renewal", "corrects")
    op.drop_column("renewal", "noticed")
