"""What agents, log-ins and strangers' automation may do."""

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import AnyText, UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.add_column("audit", sa.Column("before", sa.Text, nullable=True))
    op.add_column("audit", sa.Column("after", sa.Text, nullable=True))
    op.add_column("visit", sa.Column("began_at", UtcDateTime(), nullable=True))
    op.add_column("journal", sa.Column("place", sa.Text, nullable=True))
    op.create_table(
        "answer_letter",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column(
            "conversation_id",
            sa.Text,
            sa.ForeignKey(
                "conversation.id", ondelete="CASCADE", name=op.f("fk_answer_letter_conversation_id_conversation")
            ),
            nullable=False,
        ),
        sa.Column("first_seq", sa.Integer, nullable=False),
        sa.Column("last_seq", sa.Integer, nullable=True),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=True),
        sa.Column("proven", sa.Boolean, nullable=True),
        sa.Column("mailbox", sa.Text, nullable=True),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_letter")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_answer_letter_token_hash")),
        sa.CheckConstraint(
            "state IN ('gathering', 'leaving', 'mailed', 'read', 'no_address', 'stopped', 'failed')",
            name=op.f("ck_answer_letter_state"),
        ),
    )
    gathering = sa.text("last_seq IS NULL")
    op.create_index(
        "uq_answer_letter_gathering",
        "answer_letter",
        ["conversation_id"],
        unique=True,
        sqlite_where=gathering,
        postgresql_where=gathering,
    )
    op.create_index("ix_answer_letter_conversation_id", "answer_letter", ["conversation_id", "first_seq"])
    op.create_table(
        "answer_stop",
        sa.Column("mailbox", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_answer_stop")),
    )
    op.create_table(
        "blocked_network",
        sa.Column("network", sa.Text, primary_key=True),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("reason", AnyText, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("chats", sa.Integer, nullable=False),
    )
    op.add_column("conversation", sa.Column("session", sa.Text, nullable=True))


def downgrade() -> None:
    """Back to the step before."""
    op.drop_column("journal", "place")
    op.drop_table("blocked_network")
    op.drop_column("conversation", "session")
    op.drop_column("audit", "after")
    op.drop_column("audit", "before")
    op.drop_column("visit", "began_at")
    op.drop_table("answer_stop")
    op.drop_table("answer_letter")
