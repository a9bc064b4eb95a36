"""Tables of money: payments with their attempts and notices, and the ways to pay that are kept."""

import sqlalchemy as sa

from services.store.tables.base import AnyText, Json, UtcDateTime, metadata

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
