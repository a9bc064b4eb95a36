"""Whose a conversation was and when, since when an account is closed, and links on which a conversation goes on.

One table and columns that may be empty: a running desk isn't held up. Of earlier visits only those that last are known.
"""

import sqlalchemy as sa
from alembic import op

from services.store.base import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

VISIT = """
INSERT INTO visit (conversation_id, account_id, after_line, until_line)
SELECT conversation.id, account.id, 0, NULL FROM conversation JOIN account ON account.id = conversation.account_id
"""


def upgrade() -> None:
    """Forwards."""
    op.add_column("account", sa.Column("closed_at", UtcDateTime(), nullable=True))
    op.add_column("start_link", sa.Column("from_conversation", sa.Text(), nullable=True))
    op.create_index("ix_start_link_account_id", "start_link", ["account_id"])
    op.create_table(
        "visit",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("after_line", sa.BigInteger(), nullable=False),
        sa.Column("until_line", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], op.f("fk_visit_conversation_id_conversation"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], op.f("fk_visit_account_id_account")),
        sa.PrimaryKeyConstraint("conversation_id", "account_id", "after_line", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_account_id", "visit", ["account_id"])
    op.execute(VISIT)


def downgrade() -> None:
    """Back."""
    op.drop_table("visit")
    op.drop_index("ix_start_link_account_id", "start_link")
    op.drop_column("start_link", "from_conversation")
    op.drop_column("account", "closed_at")
