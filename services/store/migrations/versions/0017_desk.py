"""The desk's own tables: notes, ready answers, blocked addresses, lines to be found, labels of sentences.

New tables only: a running desk isn't held up. The lines to be found are filled later, in batches.
"""

import sqlalchemy as sa
from alembic import op

from services.store.base import AnyText, BigId, Json, UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    _notes_and_replies()
    _blocked()
    _lines()


def _notes_and_replies() -> None:
    op.create_table(
        "desk_note",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("words", AnyText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_desk_note_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_note")),
    )
    op.create_index("ix_desk_note_conversation_id", "desk_note", ["conversation_id", "at", "id"])
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("shortcut", sa.Text(), nullable=False),
        sa.Column("title", AnyText(), nullable=False),
        sa.Column("words", Json(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
        sa.UniqueConstraint("owner", "shortcut", name=op.f("uq_canned_reply_owner_shortcut")),
    )


def _blocked() -> None:
    op.create_table(
        "blocked_address",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", AnyText(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("reason", AnyText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_blocked_address")),
    )


def _lines() -> None:
    op.create_table(
        "transcript_line",
        sa.Column("line_id", BigId, autoincrement=False, nullable=False),
        sa.Column("words", AnyText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["journal.id"], name=op.f("fk_transcript_line_line_id_journal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_transcript_line")),
    )
    op.create_table(
        "sentence_label",
        sa.Column("line_id", BigId, autoincrement=False, nullable=False),
        sa.Column("words", AnyText(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=True),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["journal.id"], name=op.f("fk_sentence_label_line_id_journal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_sentence_label")),
    )
    op.create_index("ix_sentence_label_at", "sentence_label", ["at", "line_id"])


def downgrade() -> None:
    """Back."""
    for table in ("sentence_label", "transcript_line", "blocked_address", "canned_reply", "desk_note"):
        op.drop_table(table)
