"""Lines that were wrongly read, and entries for the FAQ that labels lead to."""

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import BigId, Json, UtcDateTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards. Nothing is marked yet."""
    op.add_column("sentence_label", sa.Column("faq", sa.Text, nullable=True))
    op.create_table(
        "misread_line",
        sa.Column("line_id", BigId, autoincrement=False, nullable=False),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["journal.id"], name=op.f("fk_misread_line_line_id_journal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_misread_line")),
    )
    op.create_table(
        "faq_draft",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("words", Json, nullable=False),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_draft")),
    )


def downgrade() -> None:
    """Back to the step before. Marks and drafts go, and so do labels that lead to an entry: they name no intent."""
    op.execute("DELETE FROM sentence_label WHERE faq IS NOT NULL")
    op.drop_table("faq_draft")
    op.drop_table("misread_line")
    op.drop_column("sentence_label", "faq")
