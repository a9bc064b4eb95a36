"""The tables shared with the seller's own system: its directory, invoices, events, API answers."""

import sqlalchemy as sa

from services.store.tables.base import AnyText, Json, UtcDateTime, columns, metadata
from services.store.tables.privacy import BY_RULE, COMPARED, EMPTIED, KEPT, ON_FILE, hand_out, leave_out, owner, section

_ANSWER = leave_out("answers to the seller's own requests; seven days", KEPT)

customer_on_file = sa.Table(
    "customer_on_file",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(ON_FILE)),
    # the seller's own name for the customer
    sa.Column("ref", AnyText, nullable=False, unique=True, info=hand_out(ON_FILE)),
    sa.Column("customer_number", AnyText, nullable=True, unique=True, info=hand_out(ON_FILE)),
    *columns(AnyText, "user_name", "name", "email", info=hand_out(ON_FILE)),
    # the address in the form that is compared
    sa.Column("email_key", AnyText, nullable=True, index=True, info=leave_out(COMPARED, ON_FILE)),
    sa.Column("phone", AnyText, nullable=True, index=True, info=hand_out(ON_FILE)),  # E.164
    sa.Column("country", sa.Text, nullable=True, info=hand_out(ON_FILE)),
    sa.Column("tax_number", AnyText, nullable=True, index=True, info=hand_out(ON_FILE)),
    sa.Column("legal_form", sa.Text, nullable=True, info=hand_out(ON_FILE)),  # company, sole_trader, natural_person
    # once registered
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True, unique=True, info=owner(ON_FILE)),
    sa.Column("imported_at", UtcDateTime, nullable=False, info=hand_out(ON_FILE)),
    info=section("on_file", single=True),
)

owned_program = sa.Table(
    "owned_program",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(ON_FILE)),
    sa.Column(
        "customer_id",
        sa.Text,
        sa.ForeignKey("customer_on_file.id"),
        nullable=False,
        info=owner(ON_FILE, "stands in on_file"),
    ),
    sa.Column("product", sa.Text, nullable=False, info=hand_out(ON_FILE)),
    sa.Column("serial", AnyText, nullable=False, info=hand_out(ON_FILE)),
    sa.Column("subscription_ends_at", UtcDateTime, nullable=True, index=True, info=hand_out(ON_FILE)),
    sa.UniqueConstraint("product", "serial", name="uq_owned_program_serial"),
    sa.Index("ix_owned_program_customer_id", "customer_id"),
    info=section("programs", "product", "serial"),
)

# Invoices that the seller has issued and told the desk of. Whose they are: a customer's on file, or an account's.
issued_invoice = sa.Table(
    "issued_invoice",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(KEPT)),
    sa.Column(
        "customer_id",
        sa.Text,
        sa.ForeignKey("customer_on_file.id"),
        nullable=True,
        info=owner(BY_RULE, "stands in on_file"),
    ),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True, index=True, info=owner(BY_RULE)),
    sa.Column("number", AnyText, nullable=False, unique=True, info=hand_out(KEPT)),
    # a date, YYYY-MM-DD: the order of the texts is that of time
    sa.Column("issued_on", sa.Text, nullable=False, info=hand_out(KEPT)),
    sa.Column("due_on", sa.Text, nullable=True, info=hand_out(KEPT)),
    sa.Column("gross", sa.BigInteger, nullable=False, info=hand_out(KEPT)),
    sa.Column("currency", sa.Text, nullable=False, info=hand_out(KEPT)),
    sa.Column("url", AnyText, nullable=True, info=hand_out(EMPTIED)),  # where the seller shows the document
    sa.Column("order_number", AnyText, nullable=True, index=True, info=hand_out(KEPT)),
    # invoice, pro_forma, correction
    sa.Column("kind", sa.Text, nullable=False, server_default="invoice", info=hand_out(KEPT)),
    sa.Column("ksef_number", AnyText, nullable=True, info=hand_out(KEPT)),
    sa.Column("pdf", sa.LargeBinary, nullable=True, info=hand_out(EMPTIED)),
    sa.Column("pdf_sha256", sa.Text, nullable=True, info=leave_out(COMPARED, EMPTIED)),
    sa.Column("told_at", UtcDateTime, nullable=False, info=hand_out(KEPT)),
    sa.CheckConstraint("customer_id IS NOT NULL OR account_id IS NOT NULL", name="somebodys"),
    sa.Index("ix_issued_invoice_customer_id", "customer_id"),
    sa.Index("ix_issued_invoice_told_at_id", "told_at", "id"),
    info=section("invoices", "issued_on", "number"),
)


# What happened, as it is told. Whether it has arrived, the call that brings it says (`services/seller/events_out.py`).
outgoing_event = sa.Table(
    "outgoing_event",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, info=hand_out(KEPT)),
    sa.Column("type", sa.Text, nullable=False, info=hand_out(KEPT)),
    # not bound to its row: an event outlives an account
    sa.Column("account_id", sa.Text, nullable=True, index=True, info=owner(KEPT, refers_to="account.id")),
    sa.Column("data", Json, nullable=False, info=hand_out(BY_RULE)),
    sa.Column("at", UtcDateTime, nullable=False, info=hand_out(KEPT)),
    sa.Index("ix_outgoing_event_at_id", "at", "id"),
    info=section("told_to_seller", "at", "id"),
)

# Requests with an idempotency key. `body` is NULL where the answer holds a secret: that one is derived anew.
api_answer = sa.Table(
    "api_answer",
    metadata,
    sa.Column("key_hash", sa.Text, primary_key=True, info=_ANSWER),
    sa.Column("request_hash", sa.Text, nullable=False, info=_ANSWER),
    sa.Column("status", sa.Integer, nullable=False, info=_ANSWER),
    sa.Column("body", Json, nullable=True, info=leave_out("made of what is handed out", BY_RULE)),
    sa.Column("at", UtcDateTime, nullable=False, index=True, info=_ANSWER),
)
