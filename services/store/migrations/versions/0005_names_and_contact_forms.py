"""An account's holder by name, and how a company may be contacted, where a seller asks for them.

Two columns that may be empty, added without touching a row: a running desk isn't held up.
"""

import sqlalchemy as sa
from alembic import op

from services.store.base import AnyText

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.add_column("account", sa.Column("person_name", AnyText(), nullable=True))
    op.add_column("company", sa.Column("contact_form", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("company", "contact_form")
    op.drop_column("account", "person_name")
