"""The tables shared with the seller's own system: its directory, invoices, events, API answers."""

import sqlalchemy as sa

from services.store.tables.base import AnyText, Json, UtcDateTime, metadata

customer_on_file = sa.Table(
    "customer_on_file",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("ref", AnyText, nullable=False, unique=True),  # the seller's own name for the customer
    sa.Column("customer_number", AnyText, nullable=True, unique=True),
    sa.Column("user_name", AnyText, nullable=True),
    sa.Column("name", AnyText, nullable=True),
    sa.Column("email", AnyText, nullable=True),
    sa.Column("email_key", AnyText, nullable=True),  # the address in the form that is compared
    sa.Column("phone", AnyText, nullable=True),  # E.164
    sa.Column("country", sa.Text, nullable=True),
    sa.Column("tax_number", AnyText, nullable=True),
    sa.Column("legal_form", sa.Text, nullable=True),  # company, sole_trader, natural_person
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True, unique=True),  # once registered
    sa.Column("imported_at", UtcDateTime, nullable=False),
    sa.Index("ix_customer_on_file_email_key", "email_key"),
)

owned_program = sa.Table(
    "owned_program",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("customer_id", sa.Text, sa.ForeignKey("customer_on_file.id"), nullable=False),
    sa.Column("product", sa.Text, nullable=False),
    sa.Column("serial", AnyText, nullable=False),
    sa.Column("subscription_ends_at", UtcDateTime, nullable=True),
    sa.UniqueConstraint("product", "serial", name="uq_owned_program_serial"),
    sa.Index("ix_owned_program_customer_id", "customer_id"),
    sa.Index("ix_owned_program_subscription_ends_at", "subscription_ends_at"),
)

# Invoices that the seller has issued and told the desk of. Whose they are: a customer's on file, or an account's.
issued_invoice = sa.Table(
    "issued_invoice",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("customer_id", sa.Text, sa.ForeignKey("customer_on_file.id"), nullable=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=True),
    sa.Column("number", AnyText, nullable=False, unique=True),
    sa.Column("issued_on", sa.Text, nullable=False),  # a date, YYYY-MM-DD: the order of the texts is that of time
    sa.Column("due_on", sa.Text, nullable=True),
    sa.Column("gross", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("url", AnyText, nullable=True),  # where the seller shows the document
    sa.Column("told_at", UtcDateTime, nullable=False),
    sa.CheckConstraint("customer_id IS NOT NULL OR account_id IS NOT NULL", name="somebodys"),
    sa.Index("ix_issued_invoice_customer_id", "customer_id"),
    sa.Index("ix_issued_invoice_account_id", "account_id"),
    sa.Index("ix_issued_invoice_told_at_id", "told_at", "id"),
)


# What happened, as it is told. Whether it has arrived, the call that brings it says (`services/seller/events_out.py`).
outgoing_event = sa.Table(
    "outgoing_event",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=True),  # not bound to its row: an event outlives an account
    sa.Column("data", Json, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_outgoing_event_at_id", "at", "id"),
)

# Requests with an idempotency key. `body` is NULL where the answer holds a secret: that one is derived anew.
api_answer = sa.Table(
    "api_answer",
    metadata,
    sa.Column("key_hash", sa.Text, primary_key=True),
    sa.Column("request_hash", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("body", Json, nullable=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_api_answer_at", "at"),
)
