"""Subscriptions know the plan that is renewed, where that differs from the one that runs; refunds which agent asked.

That agent doesn't confirm them, and has a limit of a day. Withdrawals know what is kept back of the money.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards: of withdrawals accepted before all goes back."""
    op.add_column("subscription", sa.Column("next_plan", sa.Text, nullable=True))
    op.add_column("refund", sa.Column("asked_by", sa.Text, nullable=True))
    op.add_column("withdrawal", sa.Column("kept_back", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    """Back to where renewed is what runs, and nothing waits for a second agent: what does is refused."""
    refund = sa.table("refund", sa.column("status"), sa.column("failure"))
    refused = {"status": "failed", "failure": "not_confirmed"}
    op.execute(sa.update(refund).where(refund.c.status == "waits").values(**refused))
    op.drop_column("withdrawal", "kept_back")
    op.drop_column("refund", "asked_by")
    op.drop_column("subscription", "next_plan")
