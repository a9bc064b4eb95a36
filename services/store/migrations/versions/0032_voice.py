"""Recordings that wait to be heard."""

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "recording",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column(
            "conversation_id",
            sa.Text,
            sa.ForeignKey(
                "conversation.id", ondelete="CASCADE", name=op.f("fk_recording_conversation_id_conversation")
            ),
            nullable=False,
        ),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
    )
    op.create_index("ix_recording_conversation_id", "recording", ["conversation_id"])


def downgrade() -> None:
    """Back to the step before."""
    op.drop_table("recording")
