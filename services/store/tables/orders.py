"""The tables of orders, their payments, the stored payment methods, and withdrawals from contracts."""

import sqlalchemy as sa

from services.store.tables.base import AnyText, Json, PartialIndex, UtcDateTime, columns, metadata
from services.store.tables.privacy import (
    BY_RULE,
    DELETED,
    EMPTIED,
    INTERNAL,
    KEPT,
    OPERATIONAL,
    REPLACED,
    STAMPED,
    hand_out,
    leave_out,
    owner,
    section,
)

_SERIES = leave_out(OPERATIONAL, KEPT)
_HASHED = "a hash by which a second trial is refused"
_OF_AGENTS = leave_out("the agent who asked for it: the seller's own record of its people's acts", KEPT)
_NOTICE = leave_out("a provider's notice, kept to have it confirmed; emptied after thirty days", KEPT)

# Numbers that people read, one row per series; the row is the lock against gaps and doubles.
counter = sa.Table(
    "counter",
    metadata,
    sa.Column("series", sa.Text, primary_key=True, info=_SERIES),
    sa.Column("value", sa.BigInteger, nullable=False, info=_SERIES),
)

sales_order = sa.Table(
    "sales_order",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(KEPT)),
    sa.Column("number", sa.Text, nullable=False, unique=True, info=hand_out(KEPT)),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, info=owner(KEPT)),
    sa.Column("company_id", sa.Text, sa.ForeignKey("company.id"), nullable=False, index=True, info=hand_out(KEPT)),
    sa.Column("conversation_id", sa.Text, nullable=True, info=hand_out(KEPT, after="cancelled_at")),
    # the company as it stood when the order was placed
    *columns(Json, "billing", "items", nullable=False, info=hand_out(KEPT)),
    sa.Column("discount_code", AnyText, nullable=True, info=hand_out(KEPT)),
    sa.Column("discount_percent", sa.Integer, nullable=True, info=hand_out(KEPT)),
    *columns(sa.BigInteger, "net", "vat", "gross", nullable=False, info=hand_out(KEPT)),
    *columns(sa.Text, "currency", "method", nullable=False, info=hand_out(KEPT)),
    sa.Column("auto_renewal", sa.Boolean, nullable=False, info=hand_out(KEPT)),
    sa.Column("status", sa.Text, nullable=False, info=hand_out(BY_RULE)),  # placed, paid, failed, cancelled
    sa.Column("placed_at", UtcDateTime, nullable=False, info=hand_out(KEPT)),
    sa.Column("paid_at", UtcDateTime, nullable=True, info=hand_out(KEPT)),
    sa.Column("cancelled_at", UtcDateTime, nullable=True, info=hand_out(BY_RULE)),
    sa.Column("discount_amount", sa.BigInteger, nullable=True, info=hand_out(KEPT, after="vat")),
    # why its VAT is what it is; NULL: the seller's own rate, as in its lines
    sa.Column("tax", Json, nullable=True, info=hand_out(KEPT, after="discount_amount")),
    # to the seller's own questions
    sa.Column("own_answers", Json, nullable=True, info=hand_out(EMPTIED, "answers")),
    # for how many terms its code was promised, and which of them it is for
    sa.Column("discount_terms", sa.Integer, nullable=False, server_default="1", info=hand_out(KEPT)),
    sa.Column("discount_term", sa.Integer, nullable=False, server_default="1", info=hand_out(KEPT)),
    # by whose calendar its terms end
    sa.Column("time_zone", sa.Text, nullable=False, server_default="UTC", info=leave_out(INTERNAL, KEPT)),
    sa.Index("ix_sales_order_account_id_placed_at", "account_id", "placed_at"),
    sa.Index("ix_sales_order_placed_at_id", "placed_at", "id"),
    sa.Index("ix_sales_order_status_placed_at_id", "status", "placed_at", "id"),
    PartialIndex(
        "ix_sales_order_discount_code", "discount_code", "account_id", where=sa.text("discount_code IS NOT NULL")
    ),
    info=section("orders", "placed_at", "number"),
)

# The row is the lock behind which the uses of a code are counted; how many there are, the orders say.
discount_code = sa.Table(
    "discount_code",
    metadata,
    sa.Column("code", AnyText, primary_key=True, info=_SERIES),
    sa.Column("last_placed_at", UtcDateTime, nullable=False, info=_SERIES),
)

# Who ordered for the company, and where its invoices go.
orderer = sa.Table(
    "orderer",
    metadata,
    sa.Column(
        "order_id", sa.Text, sa.ForeignKey("sales_order.id"), primary_key=True, info=hand_out(DELETED, owner=True)
    ),
    *columns(AnyText, "name", "phone", "email", "invoice_email", nullable=False, info=hand_out(DELETED)),
    info=section("orderers", "order_id"),
)

einvoice = sa.Table(
    "einvoice",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(DELETED)),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, unique=True, info=owner(DELETED)),
    sa.Column("status", sa.Text, nullable=False, info=hand_out(DELETED)),  # off, requested, active
    sa.Column("email", AnyText, nullable=True, info=hand_out(DELETED)),
    *columns(UtcDateTime, "requested_at", "activated_at", info=hand_out(DELETED)),
    info=section("einvoice", single=True),
)


payment = sa.Table(
    "payment",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(KEPT)),
    sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), nullable=False, info=hand_out(KEPT, owner=True)),
    *columns(sa.Text, "method", "provider", nullable=False, info=hand_out(KEPT)),
    sa.Column("amount", sa.BigInteger, nullable=False, info=hand_out(KEPT)),
    sa.Column("currency", sa.Text, nullable=False, info=hand_out(KEPT)),
    # pending, paid, failed, expired, cancelled, refunded
    sa.Column("status", sa.Text, nullable=False, info=hand_out(BY_RULE)),
    sa.Column(
        "token_hash", sa.Text, nullable=False, unique=True, info=leave_out("of the payment link, which is a key", KEPT)
    ),
    *columns(UtcDateTime, "created_at", "expires_at", nullable=False, info=hand_out(KEPT)),
    sa.Column("paid_at", UtcDateTime, nullable=True, info=hand_out(KEPT)),
    # the stored way to pay that its link leads to
    sa.Column("stored_id", sa.Text, nullable=True, info=hand_out(KEPT, "method_id")),
    # what of it came back to its payer, minor units
    sa.Column("refunded_amount", sa.BigInteger, nullable=False, server_default="0", info=hand_out(KEPT)),
    sa.Column("disputed", sa.Text, nullable=True, info=hand_out(KEPT)),  # open, won, lost
    # of the newest answer of the provider that is booked: an older one that comes later says nothing
    sa.Column("asked_at", UtcDateTime, nullable=True, info=leave_out(OPERATIONAL, KEPT)),
    sa.Index("ix_payment_order_id", "order_id"),
    # all that sums of a span ask for (takings.py)
    sa.Index("ix_payment_paid_at", "paid_at", "currency", "amount"),
    PartialIndex("ix_payment_back", "asked_at", "currency", "refunded_amount", where=sa.text("refunded_amount > 0")),
    PartialIndex("uq_payment_live", "order_id", unique=True, where=sa.text("status IN ('pending', 'paid')")),
    info=section("payments", "created_at", "id"),
)

# One order at a provider. `received` is what the provider says that it took, booked or not.
payment_attempt = sa.Table(
    "payment_attempt",
    metadata,
    sa.Column("payment_id", sa.Text, sa.ForeignKey("payment.id"), primary_key=True, info=hand_out(KEPT, owner=True)),
    sa.Column("n", sa.Integer, primary_key=True, info=hand_out(KEPT)),
    sa.Column("provider", sa.Text, nullable=False, info=hand_out(KEPT)),
    sa.Column("provider_ref", AnyText, nullable=True, info=leave_out("the provider's own key to the payment", KEPT)),
    sa.Column(
        "redirect_url",
        AnyText,
        nullable=True,
        info=leave_out("a page of the provider's that opens to anybody with its address", EMPTIED),
    ),
    sa.Column("status", sa.Text, nullable=False, info=hand_out(KEPT)),  # services/payments/attempts.py tells them
    sa.Column("received", sa.BigInteger, nullable=True, info=hand_out(KEPT)),
    sa.Column("received_currency", sa.Text, nullable=True, info=hand_out(KEPT)),
    *columns(UtcDateTime, "created_at", "changed_at", nullable=False, info=hand_out(KEPT)),
    # a charge without its payer: the stored way that is charged
    sa.Column("stored_id", sa.Text, nullable=True, info=hand_out(KEPT, "method_id")),
    # why it was refused: declined, needs_payer, gone
    sa.Column("refusal", sa.Text, nullable=True, info=hand_out(KEPT)),
    # opened by whom the customer passed the order's page on to
    sa.Column("passed_on", sa.Boolean, nullable=False, server_default=sa.false(), info=hand_out(KEPT)),
    # chosen there instead of the customer's own
    sa.Column("method", sa.Text, nullable=True, info=hand_out(KEPT)),
    # a hash of the bank's entry, by which it is known when it comes again
    sa.Column("digest", sa.Text, nullable=True, info=leave_out("a check of the seller's bank statement", KEPT)),
    # "{payment_id}-{n}" that a person has booked here
    sa.Column("moved_from", sa.Text, nullable=True, info=leave_out("it may name another customer's payment", KEPT)),
    sa.Index("ix_payment_attempt_provider_ref", "provider", "provider_ref"),
    sa.Index("ix_payment_attempt_status", "status", "created_at"),
    info=section("payment_attempts", "payment_id", "n"),
)

# Money that the desk itself gives back, or was asked to.
refund = sa.Table(
    "refund",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(KEPT)),
    sa.Column(
        "order_id",
        sa.Text,
        sa.ForeignKey("sales_order.id"),
        nullable=False,
        index=True,
        info=hand_out(KEPT, owner=True),
    ),
    sa.Column("payment_id", sa.Text, sa.ForeignKey("payment.id"), nullable=False, index=True, info=hand_out(KEPT)),
    sa.Column("attempt", sa.Integer, nullable=False, info=hand_out(KEPT)),
    sa.Column("amount", sa.BigInteger, nullable=False, info=hand_out(KEPT)),
    sa.Column("currency", sa.Text, nullable=False, info=hand_out(KEPT)),
    sa.Column("reason", AnyText, nullable=False, info=hand_out(EMPTIED)),  # in the seller's words
    sa.Column("status", sa.Text, nullable=False, info=hand_out(KEPT)),  # waits, requested, done, failed
    sa.Column("requested_at", UtcDateTime, nullable=False, info=hand_out(KEPT)),
    sa.Column("settled_at", UtcDateTime, nullable=True, info=hand_out(KEPT)),
    sa.Column("failure", sa.Text, nullable=True, info=hand_out(KEPT)),  # why it failed
    sa.Column("asked_by", sa.Text, nullable=True, info=_OF_AGENTS),
    PartialIndex("ix_refund_open", "requested_at", "id", where=sa.text("status IN ('waits', 'requested')")),
    info=section("refunds", "requested_at", "id"),
)

payment_notice = sa.Table(
    "payment_notice",
    metadata,
    sa.Column("provider", sa.Text, primary_key=True, info=_NOTICE),
    sa.Column("dedup_key", AnyText, primary_key=True, info=_NOTICE),
    sa.Column("payment_ref", AnyText, nullable=False, index=True, info=_NOTICE),
    sa.Column("facts", Json, nullable=False, info=leave_out("what the provider said of the payer", EMPTIED)),
    sa.Column("at", UtcDateTime, nullable=False, info=_NOTICE),
)

payment_method = sa.Table(
    "payment_method",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(KEPT)),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, info=owner(KEPT)),
    sa.Column("method", sa.Text, nullable=False, info=hand_out(KEPT)),
    sa.Column("label", AnyText, nullable=False, info=hand_out(REPLACED)),
    sa.Column("is_default", sa.Boolean, nullable=False, info=hand_out(EMPTIED, "default")),
    sa.Column("created_at", UtcDateTime, nullable=False, info=hand_out(KEPT, "added_at")),
    sa.Column("provider", sa.Text, nullable=True, info=hand_out(KEPT)),  # where it is stored to be charged again
    # its name there, and its payer's
    sa.Column(
        "token", AnyText, nullable=True, info=leave_out("the provider's key, with which money can be taken", KEPT)
    ),
    sa.Column("customer", AnyText, nullable=True, info=leave_out("the provider's key to its payer", KEPT)),
    sa.Column("expires_on", sa.Date, nullable=True, info=hand_out(KEPT)),  # the last day on which a card is good
    # the payment with which it was stored, the mandate with its order
    sa.Column("payment_id", sa.Text, nullable=True, info=hand_out(KEPT)),
    # the provider says that it can't be charged any more
    sa.Column("gone_at", UtcDateTime, nullable=True, info=hand_out(KEPT)),
    # by its holder; the row goes once the provider has done so
    sa.Column("forgotten_at", UtcDateTime, nullable=True, info=hand_out(STAMPED)),
    sa.UniqueConstraint("account_id", "method", "label", name="uq_payment_method_label"),
    info=section("methods", "created_at", "id"),
)


# The proof of what was stated and when, so it stays with the order; the words go with their person.
withdrawal = sa.Table(
    "withdrawal",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(KEPT)),
    sa.Column("conversation_id", sa.Text, nullable=False, index=True, info=hand_out(KEPT)),
    # None: whoever stated it hasn't logged in yet
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True, index=True, info=owner(KEPT)),
    # None: no contract is known, or several run and the customer hasn't said which is meant
    sa.Column("order_id", sa.Text, sa.ForeignKey("sales_order.id"), nullable=True, index=True, info=hand_out(KEPT)),
    sa.Column("words", AnyText, nullable=False, info=hand_out(EMPTIED)),
    sa.Column("stated_at", UtcDateTime, nullable=False, info=hand_out(KEPT)),
    sa.Column("decision", sa.Text, nullable=True, info=hand_out(KEPT)),  # accepted, refused; None while it waits
    sa.Column("reason", AnyText, nullable=True, info=hand_out(EMPTIED)),  # why it was refused, as the customer read it
    sa.Column("decided_at", UtcDateTime, nullable=True, info=hand_out(KEPT)),
    # for what was used, minor units
    sa.Column("kept_back", sa.BigInteger, nullable=False, server_default="0", info=hand_out(KEPT)),
    info=section("withdrawals", "stated_at", "id"),
)

# Who has had a trial: an account, a proven contact, a company, each by a keyed hash; or who may have one more.
trial_claim = sa.Table(
    "trial_claim",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True, info=leave_out(_HASHED, KEPT)),
    sa.Column("account_id", sa.Text, nullable=False, index=True, info=owner(KEPT, refers_to="account.id")),
    # None: an agent has granted one more
    sa.Column("order_id", sa.Text, nullable=True, info=leave_out(INTERNAL, KEPT)),
    sa.Column("at", UtcDateTime, nullable=False, info=leave_out(INTERNAL, KEPT)),
    # of its person: from then on it is remembered for some months
    sa.Column("erased_at", UtcDateTime, nullable=True, info=leave_out(INTERNAL, STAMPED)),
)
