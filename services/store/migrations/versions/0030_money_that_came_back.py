"""Money that came back to its payer, and why a subscription isn't followed by another term.

All of it can be empty: what was refunded before, the providers are asked about.
"""

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.add_column("payment", sa.Column("refunded_amount", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("payment", sa.Column("disputed", sa.Text(), nullable=True))
    op.add_column("payment", sa.Column("asked_at", UtcDateTime(), nullable=True))
    op.execute("UPDATE payment SET refunded_amount = amount WHERE status = 'refunded'")


def downgrade() -> None:
    """Back to the step before."""
    for name in ("asked_at", "disputed", "refunded_amount"):
        op.drop_column("payment", name)
