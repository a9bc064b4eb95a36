"""An order keeps for how many terms its discount code was promised, and which of them it is for."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

COLUMNS = ("discount_terms", "discount_term")


def upgrade() -> None:
    """Forwards. Until now each code was for the first order alone."""
    for name in COLUMNS:
        op.add_column("sales_order", sa.Column(name, sa.Integer, nullable=False, server_default="1"))


def downgrade() -> None:
    """Back to the step before. What is left of a code's terms isn't given any more."""
    for name in COLUMNS:
        op.drop_column("sales_order", name)
