"""Who has a conversation that waited for a person, and when the wait ended.

New columns that may be empty: a running desk isn't held up, and one of the release before goes on beside it.
"""

import sqlalchemy as sa
from alembic import op

from services.store.base import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.add_column("handoff", sa.Column("agent_id", sa.Text(), nullable=True))
    op.add_column("handoff", sa.Column("taken_at", UtcDateTime(), nullable=True))
    op.add_column("handoff", sa.Column("first_taken_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Back: who has a conversation is forgotten; it waits again."""
    with op.batch_alter_table("handoff") as handoff:
        for name in ("first_taken_at", "taken_at", "agent_id"):
            handoff.drop_column(name)
