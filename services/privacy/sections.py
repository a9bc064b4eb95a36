"""What of an account is handed out: each table's columns, under which names, and which are left out and why.

A test compares this with the schema: a column that is named nowhere here is a mistake. Field names are promised
(docs/how-to/personal-data.md): they outlive a column's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from services.store.tables.accounts import account, company, consent, consent_text, contact, start_link
from services.store.tables.orders import einvoice, orderer, payment, payment_attempt, payment_method, sales_order
from services.store.tables.seller import customer_on_file, issued_invoice, outgoing_event, owned_program
from services.store.tables.subscriptions import (
    file_reminder,
    reminder_stop,
    renewal,
    subscription,
    subscription_extension,
)
from services.store.tables.support import ticket

OF = sa.bindparam("of")
"""The account."""

_orders = sa.select(sales_order.c.id).where(sales_order.c.account_id == OF)
_payments = sa.select(payment.c.id).where(payment.c.order_id.in_(_orders))
_subscriptions = sa.select(subscription.c.id).where(subscription.c.account_id == OF)
_words = (
    sa.select(consent_text.c.words)
    .where(consent_text.c.text_sha256 == consent.c.text_sha256)
    .correlate(consent)
    .scalar_subquery()
)
_files = sa.select(customer_on_file.c.id).where(customer_on_file.c.account_id == OF)
_programs = sa.select(owned_program.c.id).where(owned_program.c.customer_id.in_(_files))

SAME = "the same as the id of the account"
_COMPARED = "the same value, in the form in which the desk compares it"
_INTERNAL = "a number or mark of the desk's own, of no meaning outside it"


@dataclass(frozen=True)
class Section:
    """One list of the export: a table's rows of the account. `fields` are the names under which columns are handed out;
    a column of the table that isn't among them stands in `left_out` with the reason."""

    name: str
    table: sa.Table
    where: sa.ColumnElement[bool]
    fields: Mapping[str, str]  # name → column
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])  # column → why
    order: tuple[str, ...] = ()
    besides: Mapping[str, sa.ColumnElement[Any]] = field(default_factory=dict[str, sa.ColumnElement[Any]])  # of others

    @property
    def query(self) -> sa.Select[Any]:
        """The rows, for `OF`."""
        columns = (self.table.c[column].label(name) for name, column in self.fields.items())
        others = (column.label(name) for name, column in self.besides.items())
        return sa.select(*columns, *others).where(self.where).order_by(*(self.table.c[name] for name in self.order))


def _same(*names: str, **renamed: str) -> dict[str, str]:
    """Fields that are called as their column is, and others."""
    return {**{name: name for name in names}, **renamed}


SECTIONS: tuple[Section, ...] = (
    Section(
        "account",
        account,
        account.c.id == OF,
        _same(
            *("id", "email", "user_name", "person_name", "legal_form", "locale", "status", "created_at"),
            *("activated_at", "closed_at"),
            contacts_demanded="demanded",
        ),
        {
            "email_key": _COMPARED,
            "user_name_key": _COMPARED,
            "credential_id": "names the password's hash, which is told to nobody",
            "taken": _INTERNAL,
            "conversation_id": "stands among the conversations",
        },
    ),
    Section(
        "contacts",
        contact,
        contact.c.account_id == OF,
        _same("kind", "value", "verified_at", given_at="created_at"),
        {"account_id": SAME, "key": _COMPARED},
        ("created_at", "kind", "key"),
    ),
    Section(
        "companies",
        company,
        company.c.account_id == OF,
        _same(
            *("id", "country", "tax_number", "name", "street", "postal_code", "city", "sdi_code", "pec", "email"),
            *("source", "confirmed_at", "contact_form", "vat_checked_at", "vat_check_id"),
            check="check_state",
            given_at="created_at",
        ),
        {"account_id": SAME},
        ("created_at", "id"),
    ),
    Section(
        "consents",
        consent,
        consent.c.account_id == OF,
        _same("version", "locale", "given", "channel", "how", "at", "text_sha256", "conversation_id", id="consent_id"),
        {"account_id": SAME, "id": _INTERNAL},
        ("id",),
        {"words": _words},
    ),
    Section(
        "orders",
        sales_order,
        sales_order.c.account_id == OF,
        _same(
            *("id", "number", "company_id", "billing", "items", "discount_code", "discount_percent", "net", "vat"),
            *("discount_amount", "tax"),
            *("gross", "currency", "method", "auto_renewal", "status", "placed_at", "paid_at", "cancelled_at"),
            "conversation_id",
        ),
        {"account_id": SAME},
        ("placed_at", "number"),
    ),
    Section(
        "orderers",
        orderer,
        orderer.c.order_id.in_(_orders),
        _same("order_id", "name", "phone", "email", "invoice_email"),
        order=("order_id",),
    ),
    Section(
        "payments",
        payment,
        payment.c.order_id.in_(_orders),
        _same(
            *("id", "order_id", "method", "provider", "amount", "currency", "status"),
            *("created_at", "expires_at", "paid_at"),
            method_id="stored_id",
        ),
        {"token_hash": "of the payment link, which is a key"},
        ("created_at", "id"),
    ),
    Section(
        "payment_attempts",
        payment_attempt,
        payment_attempt.c.payment_id.in_(_payments),
        _same(
            *("payment_id", "n", "provider", "status", "received", "received_currency", "created_at", "changed_at"),
            "refusal",
            method_id="stored_id",
        ),
        {
            "provider_ref": "the provider's own key to the payment",
            "redirect_url": "a page of the provider's that is open to whoever has its address",
        },
        ("payment_id", "n"),
    ),
    Section(
        "subscriptions",
        subscription,
        subscription.c.account_id == OF,
        _same(
            *("id", "order_id", "product", "serial", "quantity", "years", "status", "starts_at", "ends_at"),
            *("auto_renewal", "created_at"),
        ),
        {"account_id": SAME},
        ("created_at", "id"),
    ),
    Section(
        "subscription_extensions",
        subscription_extension,
        subscription_extension.c.subscription_id.in_(_subscriptions),
        _same("order_id", "subscription_id", "from_end", "to_end", "at"),
        order=("at", "order_id"),
    ),
    Section(
        "renewals",
        renewal,
        renewal.c.subscription_id.in_(_subscriptions),
        _same("subscription_id", "period_end", "order_id", "reminded_at", "announced", "documents", "changed_at"),
        {"done": _INTERNAL},
        ("subscription_id", "period_end"),
    ),
    Section(
        "methods",
        payment_method,
        payment_method.c.account_id == OF,
        _same(
            *("id", "method", "label", "provider", "expires_on", "payment_id", "gone_at", "forgotten_at"),
            default="is_default",
            added_at="created_at",
        ),
        {
            "account_id": SAME,
            "token": "the provider's key, with which money can be taken",
            "customer": "the provider's key to its payer",
        },
        ("created_at", "id"),
    ),
    Section(
        "einvoice",
        einvoice,
        einvoice.c.account_id == OF,
        _same("id", "status", "email", "requested_at", "activated_at"),
        {"account_id": SAME},
    ),
    Section(
        "invoices",
        issued_invoice,
        sa.or_(issued_invoice.c.account_id == OF, issued_invoice.c.customer_id.in_(_files)),
        _same("id", "number", "issued_on", "due_on", "gross", "currency", "url", "told_at"),
        {"account_id": SAME, "customer_id": "stands in on_file"},
        ("issued_on", "number"),
    ),
    Section(
        "tickets",
        ticket,
        ticket.c.account_id == OF,
        _same("id", "number", "subject", "about", "words", "created_at", "conversation_id"),
        {"account_id": SAME},
        ("created_at", "number"),
    ),
    Section(
        "on_file",
        customer_on_file,
        customer_on_file.c.account_id == OF,
        _same(
            *("id", "ref", "customer_number", "user_name", "name", "email", "phone", "country", "tax_number"),
            *("legal_form", "imported_at"),
        ),
        {"account_id": SAME, "email_key": _COMPARED},
    ),
    Section(
        "programs",
        owned_program,
        owned_program.c.customer_id.in_(_files),
        _same("id", "product", "serial", "subscription_ends_at"),
        {"customer_id": "stands in on_file"},
        ("product", "serial"),
    ),
    Section(
        "no_reminders",
        reminder_stop,
        sa.or_(
            sa.and_(reminder_stop.c.kind.in_(("account", "unfinished")), reminder_stop.c.subject == OF),
            sa.and_(reminder_stop.c.kind == "customer", reminder_stop.c.subject.in_(_files)),
        ),
        _same("kind", "how", "at"),
        {"subject": "the account, or what stands in on_file"},
        ("at", "kind"),
    ),
    Section(
        "reminders_on_file",
        file_reminder,
        file_reminder.c.program_id.in_(_programs),
        _same("program_id", "period_end", "sent", "at"),
        order=("at", "program_id"),
    ),
    Section(
        "start_links",
        start_link,
        start_link.c.account_id == OF,
        _same("entry", "created_at", "expires_at", "taken_at", taken_in="taken_by", made_in="from_conversation"),
        {"account_id": SAME, "token_hash": "of the link, which is a key", "customer_id": SAME},
        ("created_at", "token_hash"),
    ),
    Section(
        "told_to_seller",
        outgoing_event,
        outgoing_event.c.account_id == OF,
        _same("id", "type", "data", "at"),
        {"account_id": SAME},
        ("at", "id"),
    ),
)
"""All lists of the export but the conversations, whose lines are told apart by whose they were (`export.py`)."""
