"""The words of consents, once per version and language.

A table that starts empty: a running desk isn't held up, and an earlier release goes on beside this one. What was
accepted before gets its words at the start of a desk whose profile still has them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "consent_text",
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("text_sha256", name="pk_consent_text"),
    )
    op.create_index("ix_consent_text_sha256", "consent", ["text_sha256"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_consent_text_sha256", table_name="consent")
    op.drop_table("consent_text")
