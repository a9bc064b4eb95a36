"""Contacts that were proven by a messenger's word."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards. Until now all were proven by a code or a link."""
    op.add_column("contact", sa.Column("vouched_by", sa.Text, nullable=True))


def downgrade() -> None:
    """Back to the step before. Proven contacts stay so; whose word it was is forgotten."""
    op.drop_column("contact", "vouched_by")
