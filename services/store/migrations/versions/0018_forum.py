"""The agents' desk in a Telegram group: topics, whose Telegram account is whose, the group's troubles.

New tables only: a running desk isn't held up.
"""

import sqlalchemy as sa
from alembic import op

from services.store.base import BigId, UtcDateTime

revision = "0018"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "desk_topic",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("card_id", sa.BigInteger(), nullable=True),
        sa.Column("shown", sa.Text(), nullable=True),
        sa.Column("mirrored_id", BigId, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'closed', 'erase')", name=op.f("ck_desk_topic_status")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_desk_topic")),
        sa.UniqueConstraint("chat_id", "thread_id", name=op.f("uq_desk_topic_chat_id_thread_id")),
    )
    op.create_table(
        "desk_forum_trouble",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_desk_forum_trouble")),
    )
    _members()


def _members() -> None:
    op.create_table(
        "agent_telegram",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_agent_telegram_agent_id_agent"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_agent_telegram")),
        sa.UniqueConstraint("agent_id", name=op.f("uq_agent_telegram_agent_id")),
    )
    op.create_table(
        "agent_telegram_code",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_agent_telegram_code_agent_id_agent"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_agent_telegram_code")),
    )
    op.create_index(op.f("ix_agent_telegram_code_agent_id"), "agent_telegram_code", ["agent_id"])


def downgrade() -> None:
    """Back."""
    for table in ("agent_telegram_code", "agent_telegram", "desk_forum_trouble", "desk_topic"):
        op.drop_table(table)
