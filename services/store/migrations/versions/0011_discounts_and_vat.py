"""Discounts of an amount and codes that are used up; why an order's VAT is what it is, and when VIES was asked.

New columns that may be empty, a small table, and an index over the orders with a code: a running desk isn't held up.
"""

import sqlalchemy as sa
from alembic import op

from services.store.base import AnyText, Json, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "discount_code",
        sa.Column("code", AnyText(), nullable=False),
        sa.Column("last_placed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_discount_code")),
    )
    op.add_column("sales_order", sa.Column("discount_amount", sa.BigInteger(), nullable=True))
    op.add_column("sales_order", sa.Column("tax", Json(), nullable=True))
    op.add_column("company", sa.Column("vat_checked_at", UtcDateTime(), nullable=True))
    op.add_column("company", sa.Column("vat_check_id", AnyText(), nullable=True))
    op.create_index(
        "ix_sales_order_discount_code",
        "sales_order",
        ["discount_code", "account_id"],
        sqlite_where=sa.text("discount_code IS NOT NULL"),
        postgresql_where=sa.text("discount_code IS NOT NULL"),
    )


def downgrade() -> None:
    """Back. An order that an amount has lowered keeps its sums, and forgets by how much they were lowered."""
    op.drop_index("ix_sales_order_discount_code", table_name="sales_order")
    for table, column in (
        ("company", "vat_check_id"),
        ("company", "vat_checked_at"),
        ("sales_order", "tax"),
        ("sales_order", "discount_amount"),
    ):
        op.drop_column(table, column)
    op.drop_table("discount_code")
