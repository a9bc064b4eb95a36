"""Attempts know whether somebody else opened them, by the page that the customer passed on."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards: until now the customers paid by themselves."""
    op.add_column("payment_attempt", sa.Column("passed_on", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Back to where each attempt is the customer's."""
    op.drop_column("payment_attempt", "passed_on")
