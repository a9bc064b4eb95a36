"""How often an agent's account was disabled: a known browser of before isn't one afterwards.

A column without a value: a running desk isn't held up, and an earlier release goes on beside this one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.add_column("agent", sa.Column("times_disabled", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("agent", "times_disabled")
