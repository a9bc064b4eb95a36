"""Recordings that agents may play."""

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import AnyText

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards. Recordings that wait to be heard are none of agents': they have neither."""
    op.add_column("recording", sa.Column("state", sa.Text, nullable=True))
    op.add_column("recording", sa.Column("words", AnyText, nullable=True))


def downgrade() -> None:
    """Back to the step before. What agents may play goes: the release before would take it for waiting."""
    op.execute("DELETE FROM recording WHERE state IS NOT NULL")
    op.drop_column("recording", "words")
    op.drop_column("recording", "state")
