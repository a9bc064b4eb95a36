"""Two indexes of the journal less, written with every line, and nothing that ties a mark to its conversation.

A message's number rises with its line's, and what a message caused is looked for in its own conversation only: both are
found by the index of the conversation's lines. A conversation outlives the marks of its messages by weeks; with the tie
all marks were looked through for each conversation that went. Links of an account get an index.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_TIE = "fk_inbound_conversation_id_conversation"
_OF_ACCOUNT = "ix_one_time_link_account_id"


def upgrade() -> None:
    """Forwards."""
    op.drop_index("ix_journal_conversation_id_seq", table_name="journal")
    op.drop_index("ix_journal_root", table_name="journal")
    with op.batch_alter_table("inbound") as inbound:
        inbound.drop_constraint(_TIE, type_="foreignkey")
    known = sa.text("account_id IS NOT NULL")
    op.create_index(_OF_ACCOUNT, "one_time_link", ["account_id"], sqlite_where=known, postgresql_where=known)


def downgrade() -> None:
    """Back to the step before."""
    op.drop_index(_OF_ACCOUNT, table_name="one_time_link")
    op.execute("DELETE FROM inbound WHERE conversation_id NOT IN (SELECT id FROM conversation)")
    with op.batch_alter_table("inbound") as inbound:
        inbound.create_foreign_key(_TIE, "conversation", ["conversation_id"], ["id"], ondelete="CASCADE")
    op.create_index("ix_journal_root", "journal", ["root"])
    op.create_index("ix_journal_conversation_id_seq", "journal", ["conversation_id", "seq"])
