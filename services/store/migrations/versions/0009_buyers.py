"""As what account holders are registered, where their companies take ordinary mail, and methods stored at a provider.

New columns that may be empty: a running desk isn't held up.
"""

import sqlalchemy as sa
from alembic import op

from services.store.base import AnyText

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.add_column("account", sa.Column("legal_form", sa.Text(), nullable=True))
    op.add_column("company", sa.Column("email", AnyText(), nullable=True))
    op.add_column("payment_method", sa.Column("provider", sa.Text(), nullable=True))
    op.add_column("payment_method", sa.Column("token", AnyText(), nullable=True))


def downgrade() -> None:
    """Back."""
    for table, column in (
        ("payment_method", "token"),
        ("payment_method", "provider"),
        ("company", "email"),
        ("account", "legal_form"),
    ):
        op.drop_column(table, column)
