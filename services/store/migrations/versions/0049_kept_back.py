"""Accepted withdrawals know what is kept back of the money, for what was used until they were stated."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards: of those accepted before all goes back."""
    op.add_column("withdrawal", sa.Column("kept_back", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    """Back to the step before."""
    op.drop_column("withdrawal", "kept_back")
