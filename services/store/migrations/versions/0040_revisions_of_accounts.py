"""An account's books have a revision, which moves with each change of what dialogs read of them."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards. The triggers that move it are made after all steps (`services/store/account_revisions.py`)."""
    op.create_table(
        "account_revision",
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_revision"),
    )


def downgrade() -> None:
    """Back to the step before."""
    op.drop_table("account_revision")
