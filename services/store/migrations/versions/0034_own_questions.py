"""Answers to a seller's own questions."""

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import Json

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None
TABLES = ("account", "company", "sales_order")


def upgrade() -> None:
    """Forwards. Nobody has answered yet."""
    for table in TABLES:
        op.add_column(table, sa.Column("own_answers", Json, nullable=True))


def downgrade() -> None:
    """Back to the step before. The answers go."""
    for table in TABLES:
        op.drop_column(table, "own_answers")
