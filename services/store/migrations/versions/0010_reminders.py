"""Who wants no reminders any more, and which were sent to customers who have no account.

New tables: a running desk isn't held up.
"""

import sqlalchemy as sa
from alembic import op

from services.store.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "reminder_stop",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_reminder_stop")),
    )
    op.create_table(
        "file_reminder",
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("period_end", UtcDateTime(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("program_id", "period_end", name=op.f("pk_file_reminder")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("file_reminder")
    op.drop_table("reminder_stop")
