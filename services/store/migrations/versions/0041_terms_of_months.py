"""A subscription's term is a length of months or years, and ends by the day of the month of its first start.

An order says by whose calendar.
"""

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import UtcDateTime

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards. Orders keep their lines as they are: `order_record.item_from_json` reads years."""
    op.add_column("subscription", sa.Column("term", sa.Text, nullable=False, server_default="P1Y"))
    op.add_column("subscription", sa.Column("anchor", UtcDateTime(), nullable=True))
    op.execute("UPDATE subscription SET term = 'P' || years || 'Y', anchor = starts_at")
    op.drop_column("subscription", "years")
    op.add_column("sales_order", sa.Column("time_zone", sa.Text, nullable=False, server_default="UTC"))


def downgrade() -> None:
    """Back to the step before. A term of months becomes a year."""
    op.add_column("subscription", sa.Column("years", sa.Integer, nullable=False, server_default="1"))
    op.execute(
        "UPDATE subscription SET years = CAST(REPLACE(REPLACE(term, 'P', ''), 'Y', '') AS INTEGER) WHERE term LIKE '%Y'"
    )
    op.drop_column("sales_order", "time_zone")
    op.drop_column("subscription", "anchor")
    op.drop_column("subscription", "term")
