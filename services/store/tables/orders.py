"""Tables of what was ordered: orders with their numbers and discounts, who ordered, how invoices come."""

import sqlalchemy as sa

from services.store.tables.base import AnyText, Json, UtcDateTime, metadata

# Numbers that people read, one row per series; the row is the lock that keeps them without gaps and doubles.
counter = sa.Table(
    "counter",
    metadata,
    sa.Column("series", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

sales_order = sa.Table(
    "sales_order",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("company_id", sa.Text, sa.ForeignKey("company.id"), nullable=False),
    sa.Column("conversation_id", sa.Text, nullable=True),
    sa.Column("billing", Json, nullable=False),  # the company as it stood when the order was placed
    sa.Column("items", Json, nullable=False),
    sa.Column("discount_code", AnyText, nullable=True),
    sa.Column("discount_percent", sa.Integer, nullable=True),
    sa.Column("net", sa.BigInteger, nullable=False),
    sa.Column("vat", sa.BigInteger, nullable=False),
    sa.Column("gross", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("auto_renewal", sa.Boolean, nullable=False),
    sa.Column("status", sa.Text, nullable=False),  # placed, paid, failed, cancelled
    sa.Column("placed_at", UtcDateTime, nullable=False),
    sa.Column("paid_at", UtcDateTime, nullable=True),
    sa.Column("cancelled_at", UtcDateTime, nullable=True),
    sa.Column("discount_amount", sa.BigInteger, nullable=True),
    sa.Column("tax", Json, nullable=True),  # why its VAT is what it is; NULL: the seller's own rate, as in its lines
    sa.Index("ix_sales_order_account_id_placed_at", "account_id", "placed_at"),
    sa.Index("ix_sales_order_placed_at_id", "placed_at", "id"),
    sa.Index(
        "ix_sales_order_discount_code",
        "discount_code",
        "account_id",
        sqlite_where=sa.text("discount_code IS NOT NULL"),
        postgresql_where=sa.text("discount_code IS NOT NULL"),
    ),
)

# The row is the lock behind which the uses of a code are counted; how many there are, the orders say.
discount_code = sa.Table(
    "discount_code",
    metadata,
    sa.Column("code", AnyText, primary_key=True),
    sa.Column("last_placed_at", UtcDateTime, nullable=False),
)

# Who ordered for the company, and where its invoices go.
orderer = sa.Table(
    "orderer",
    metadata,
    sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), primary_key=True),
    sa.Column("name", AnyText, nullable=False),
    sa.Column("phone", AnyText, nullable=False),
    sa.Column("email", AnyText, nullable=False),
    sa.Column("invoice_email", AnyText, nullable=False),
)

einvoice = sa.Table(
    "einvoice",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, unique=True),
    sa.Column("status", sa.Text, nullable=False),  # off, requested, active
    sa.Column("email", AnyText, nullable=True),
    sa.Column("requested_at", UtcDateTime, nullable=True),
    sa.Column("activated_at", UtcDateTime, nullable=True),
)
