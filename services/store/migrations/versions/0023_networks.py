"""The network address behind a code and a conversation, as a keyed hash: limits of codes and e-mails count it.

A column without a value and an index each; earlier codes and conversations count for no address.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.add_column("conversation", sa.Column("network", sa.Text(), nullable=True))
    op.add_column("code", sa.Column("network", sa.Text(), nullable=True))
    op.create_index("ix_code_network_issued_at", "code", ["network", "issued_at"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_code_network_issued_at", "code")
    op.drop_column("code", "network")
    op.drop_column("conversation", "network")
