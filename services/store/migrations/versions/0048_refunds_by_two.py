"""Refunds know which agent asked for them: that one doesn't confirm them, and has a limit of a day."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.add_column("refund", sa.Column("asked_by", sa.Text, nullable=True))


def downgrade() -> None:
    """Back to the step before, where nothing waits for a second agent: what does is refused."""
    refund = sa.table("refund", sa.column("status"), sa.column("failure"))
    refused = {"status": "failed", "failure": "not_confirmed"}
    op.execute(sa.update(refund).where(refund.c.status == "waits").values(**refused))
    op.drop_column("refund", "asked_by")
