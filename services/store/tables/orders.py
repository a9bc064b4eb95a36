"""The tables of orders, their payments and the stored payment methods."""

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


payment = sa.Table(
    "payment",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),  # pending, paid, failed, expired, cancelled, refunded
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("paid_at", UtcDateTime, nullable=True),
    sa.Column("stored_id", sa.Text, nullable=True),  # the stored way to pay that its link leads to
    sa.Index("ix_payment_order_id", "order_id"),
    sa.Index(
        "uq_payment_live",
        "order_id",
        unique=True,
        sqlite_where=sa.text("status IN ('pending', 'paid')"),
        postgresql_where=sa.text("status IN ('pending', 'paid')"),
    ),
)

# One order at a provider. `received` is what the provider says that it took, booked or not.
payment_attempt = sa.Table(
    "payment_attempt",
    metadata,
    sa.Column("payment_id", sa.Text, sa.ForeignKey("payment.id"), primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("provider_ref", AnyText, nullable=True),
    sa.Column("redirect_url", AnyText, nullable=True),
    sa.Column("status", sa.Text, nullable=False),  # services/payments/attempts.py tells them
    sa.Column("received", sa.BigInteger, nullable=True),
    sa.Column("received_currency", sa.Text, nullable=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("stored_id", sa.Text, nullable=True),  # a charge without its payer: the stored way that is charged
    sa.Column("refusal", sa.Text, nullable=True),  # why it was refused: declined, needs_payer, gone
    sa.Index("ix_payment_attempt_provider_ref", "provider", "provider_ref"),
    sa.Index("ix_payment_attempt_status", "status", "created_at"),
)

payment_notice = sa.Table(
    "payment_notice",
    metadata,
    sa.Column("provider", sa.Text, primary_key=True),
    sa.Column("dedup_key", AnyText, primary_key=True),
    sa.Column("payment_ref", AnyText, nullable=False),
    sa.Column("facts", Json, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

payment_method = sa.Table(
    "payment_method",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("label", AnyText, nullable=False),
    sa.Column("is_default", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("provider", sa.Text, nullable=True),  # where it is stored to be charged again
    sa.Column("token", AnyText, nullable=True),  # its name there, and its payer's
    sa.Column("customer", AnyText, nullable=True),
    sa.Column("expires_on", sa.Date, nullable=True),  # the last day on which a card is good
    sa.Column("payment_id", sa.Text, nullable=True),  # the payment with which it was stored, the mandate with its order
    sa.Column("gone_at", UtcDateTime, nullable=True),  # the provider says that it can't be charged any more
    sa.Column("forgotten_at", UtcDateTime, nullable=True),  # by its holder; the row goes once the provider has done so
    sa.UniqueConstraint("account_id", "method", "label", name="uq_payment_method_label"),
)
