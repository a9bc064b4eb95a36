"""What 0.6.0 lets go: two indexes of the journal, written with every line.

A message's number rises with its line's, and what a message caused is looked for in its own conversation only: both are
found by the index of the conversation's lines.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.drop_index("ix_journal_conversation_id_seq", table_name="journal")
    op.drop_index("ix_journal_root", table_name="journal")


def downgrade() -> None:
    """Back to the step before."""
    op.create_index("ix_journal_root", "journal", ["root"])
    op.create_index("ix_journal_conversation_id_seq", "journal", ["conversation_id", "seq"])
