"""The seller's own help desk: which conversation stands for which there.

A new table only: a running desk isn't held up.
"""

import sqlalchemy as sa
from alembic import op

from services.store.base import BigId

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "helpdesk_conversation",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("inbox_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("own_contact", sa.Boolean(), nullable=False),
        sa.Column("outside_id", sa.BigInteger(), nullable=True),
        sa.Column("carded", sa.Boolean(), nullable=False),
        sa.Column("mirrored_id", BigId, nullable=False),
        sa.Column("seen_id", sa.BigInteger(), nullable=False),
        sa.Column("told_status", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("knocked", sa.BigInteger(), nullable=False),
        sa.Column("heard", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed', 'erase')", name=op.f("ck_helpdesk_conversation_state")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_helpdesk_conversation")),
        sa.UniqueConstraint("account_id", "outside_id", name=op.f("uq_helpdesk_conversation_account_id_outside_id")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("helpdesk_conversation")
