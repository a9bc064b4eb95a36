"""Keys and used tokens of the seller's site, the chats of its customers, and who told of a visit."""

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import Json, UtcDateTime

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards: every visit until now began with a log-in."""
    op.create_table(
        "identity_key",
        sa.Column("kid", sa.Text, nullable=False),
        sa.Column("algorithm", sa.Text, nullable=False),
        sa.Column("jwk", Json, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("retired_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("kid", name="pk_identity_key"),
    )
    op.create_table(
        "identity_token",
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_identity_token"),
    )
    op.create_index("ix_identity_token_expires_at", "identity_token", ["expires_at"])
    op.create_table(
        "site_chat",
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("browser", sa.Text, nullable=False),
        sa.Column("nonce", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_site_chat"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name="fk_site_chat_conversation_id_conversation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_site_chat_account_id_account"),
    )
    op.create_index("ix_site_chat_account_id", "site_chat", ["account_id"])
    op.create_index("ix_site_chat_browser", "site_chat", ["browser"])
    op.add_column("visit", sa.Column("told_by", sa.Text, nullable=True))


def downgrade() -> None:
    """Back to where only a log-in makes an account known."""
    op.drop_column("visit", "told_by")
    op.drop_table("site_chat")
    op.drop_table("identity_token")
    op.drop_table("identity_key")
