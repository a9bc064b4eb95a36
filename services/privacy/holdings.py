"""What each table of the desk holds about a person, under which names it is handed out, and what is left out and why.

A test compares this with the schema: a table or a column that is named nowhere here is a mistake. Field names are
promised (docs/how-to/personal-data.md): they outlive a column's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from services.store import directory as files
from services.store import domain as d
from services.store.reminding import file_reminder, reminder_stop
from services.store.seller_tables import outgoing_event

OF = sa.bindparam("of")
"""The account."""

_orders = sa.select(d.sales_order.c.id).where(d.sales_order.c.account_id == OF)
_payments = sa.select(d.payment.c.id).where(d.payment.c.order_id.in_(_orders))
_subscriptions = sa.select(d.subscription.c.id).where(d.subscription.c.account_id == OF)
_files = sa.select(files.customer_on_file.c.id).where(files.customer_on_file.c.account_id == OF)
_programs = sa.select(files.owned_program.c.id).where(files.owned_program.c.customer_id.in_(_files))

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

    @property
    def query(self) -> sa.Select[Any]:
        """The rows, for `OF`."""
        columns = (self.table.c[column].label(name) for name, column in self.fields.items())
        return sa.select(*columns).where(self.where).order_by(*(self.table.c[name] for name in self.order))


def _same(*names: str, **renamed: str) -> dict[str, str]:
    """Fields that are called as their column is, and others."""
    return {**{name: name for name in names}, **renamed}


SECTIONS: tuple[Section, ...] = (
    Section(
        "account",
        d.account,
        d.account.c.id == OF,
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
        d.contact,
        d.contact.c.account_id == OF,
        _same("kind", "value", "verified_at", given_at="created_at"),
        {"account_id": SAME, "key": _COMPARED},
        ("created_at", "kind", "key"),
    ),
    Section(
        "companies",
        d.company,
        d.company.c.account_id == OF,
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
        d.consent,
        d.consent.c.account_id == OF,
        _same("version", "locale", "given", "channel", "how", "at", "text_sha256", "conversation_id", id="consent_id"),
        {"account_id": SAME, "id": _INTERNAL},
        ("id",),
    ),
    Section(
        "orders",
        d.sales_order,
        d.sales_order.c.account_id == OF,
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
        d.orderer,
        d.orderer.c.order_id.in_(_orders),
        _same("order_id", "name", "phone", "email", "invoice_email"),
        order=("order_id",),
    ),
    Section(
        "payments",
        d.payment,
        d.payment.c.order_id.in_(_orders),
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
        d.payment_attempt,
        d.payment_attempt.c.payment_id.in_(_payments),
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
        d.subscription,
        d.subscription.c.account_id == OF,
        _same(
            *("id", "order_id", "product", "serial", "years", "status", "starts_at", "ends_at", "auto_renewal"),
            "created_at",
        ),
        {"account_id": SAME},
        ("created_at", "id"),
    ),
    Section(
        "subscription_extensions",
        d.subscription_extension,
        d.subscription_extension.c.subscription_id.in_(_subscriptions),
        _same("order_id", "subscription_id", "from_end", "to_end", "at"),
        order=("at", "order_id"),
    ),
    Section(
        "renewals",
        d.renewal,
        d.renewal.c.subscription_id.in_(_subscriptions),
        _same("subscription_id", "period_end", "order_id", "reminded_at", "changed_at"),
        {"done": _INTERNAL},
        ("subscription_id", "period_end"),
    ),
    Section(
        "methods",
        d.payment_method,
        d.payment_method.c.account_id == OF,
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
        d.einvoice,
        d.einvoice.c.account_id == OF,
        _same("id", "status", "email", "requested_at", "activated_at"),
        {"account_id": SAME},
    ),
    Section(
        "invoices",
        files.issued_invoice,
        sa.or_(files.issued_invoice.c.account_id == OF, files.issued_invoice.c.customer_id.in_(_files)),
        _same("id", "number", "issued_on", "due_on", "gross", "currency", "url", "told_at"),
        {"account_id": SAME, "customer_id": "stands in on_file"},
        ("issued_on", "number"),
    ),
    Section(
        "tickets",
        d.ticket,
        d.ticket.c.account_id == OF,
        _same("id", "number", "subject", "about", "words", "created_at", "conversation_id"),
        {"account_id": SAME},
        ("created_at", "number"),
    ),
    Section(
        "on_file",
        files.customer_on_file,
        files.customer_on_file.c.account_id == OF,
        _same(
            *("id", "ref", "customer_number", "user_name", "name", "email", "phone", "country", "tax_number"),
            *("legal_form", "imported_at"),
        ),
        {"account_id": SAME, "email_key": _COMPARED},
    ),
    Section(
        "programs",
        files.owned_program,
        files.owned_program.c.customer_id.in_(_files),
        _same("id", "product", "serial", "subscription_ends_at"),
        {"customer_id": "stands in on_file"},
        ("product", "serial"),
    ),
    Section(
        "no_reminders",
        reminder_stop,
        sa.or_(
            sa.and_(reminder_stop.c.kind == "account", reminder_stop.c.subject == OF),
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
        d.start_link,
        d.start_link.c.account_id == OF,
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

ELSEWHERE: Mapping[str, str] = {
    "conversation": "handed out as `conversations`",
    "journal": "handed out as `messages` of each conversation",
    "handoff": "handed out as `people_asked_for` of each conversation",
    "feedback": "handed out as `opinions` of each conversation",
    "visit": "says which lines of a conversation are whose",
    "desk_note": "handed out as `notes` of each conversation, without the agent who wrote it",
    "blocked_address": "handed out as `blocked` of each conversation",
}
"""Tables that the export reads by another way."""

_OF_AGENTS = "of the seller's own people, nothing of a customer"

NOT_EXPORTED: Mapping[str, str] = {
    "credential": "a hash of the password, which is told to nobody, the person included",
    "contact_claim": "says of a contact whose it is; the contact itself is handed out",
    "limit_hit": "counts under keyed hashes that can't be joined to a person; two days",
    "code": "keyed hashes of codes and of where they were sent; two days",
    "one_time_link": "hashes of links and what they were for; thirty days after their end",
    "payment_notice": "a provider's notice, kept to have it confirmed; emptied after thirty days",
    "call": "what is on its way out; its words are made of what is handed out, and it is emptied when it has ended",
    "event": "what is on its way to a conversation; it is dropped when it has arrived",
    "inbound": "the channel's mark of a message and a keyed hash; seven days",
    "timer": "when the desk wakes a conversation",
    "api_answer": "answers to the seller's own requests; seven days",
    "delivered_mark": "how far a client has read",
    "counter": "the next number of a series",
    "discount_code": "when a code was last used, by whomever",
    "clock": "the sandbox's clock",
    "lease": "which process is at work on what",
    "installation": "what processes agree on",
    "canned_reply": "agents' ready answers: nothing of a person",
    "transcript_line": "the words of messages once more, in the form in which the desk looks for them",
    "sentence_label": "what a sentence meant, without what it says of a person; the message itself is handed out",
    "agent": _OF_AGENTS,
    "agent_session": _OF_AGENTS,
    "agent_link": _OF_AGENTS,
    "agent_recovery_code": _OF_AGENTS,
    "agent_identity": _OF_AGENTS,
    "agent_sign_on": _OF_AGENTS,
    "helpdesk_conversation": "where the seller's own help desk shows the conversation, and how far",
    "agent_telegram": _OF_AGENTS,
    "agent_telegram_code": _OF_AGENTS,
    "desk_topic": "where the agents' Telegram group shows the conversation, and how far",
    "desk_forum_trouble": "nothing of a person",
    "audit": "ids of whoever looked and of what was looked at; the seller's own record of its people's acts",
}
"""Tables that aren't handed out, and why."""

ERASED: Mapping[str, str] = {
    "account": "emptied and closed: orders hang on it",
    "credential": "deleted",
    "contact": "deleted",
    "contact_claim": "deleted: the address may sign up anew",
    "limit_hit": "kept: keyed hashes; two days",
    "code": "kept: keyed hashes; two days",
    "one_time_link": "emptied and cancelled",
    "consent": "kept as a proof, without the conversation",
    "company": "deleted; one that something was ordered for is emptied",
    "counter": "nothing of a person",
    "discount_code": "nothing of a person",
    "sales_order": "kept, with the data it was invoiced on; an unpaid one is withdrawn",
    "payment": "kept; an open one is cancelled",
    "payment_attempt": "kept, without the way to the provider's page",
    "payment_notice": "emptied",
    "subscription": "kept, without the serial number; it renews itself no more",
    "subscription_extension": "kept",
    "renewal": "kept",
    "orderer": "deleted",
    "ticket": "deleted",
    "payment_method": "deleted; one that its provider keeps loses its words, and goes once the provider was told",
    "einvoice": "deleted",
    "handoff": "deleted",
    "feedback": "the words are deleted; whether an answer helped says nothing of a person",
    "start_link": "deleted",
    "conversation": "emptied and logged out; the channel's address stays until its time is over",
    "visit": "deleted",
    "inbound": "kept: the channel's mark of a message; seven days",
    "journal": "deleted: all that was said while the account was logged in",
    "call": "cancelled and emptied; money on its way back goes on",
    "timer": "deleted; those of a subscription only end it",
    "event": "deleted",
    "clock": "nothing of a person",
    "delivered_mark": "nothing of a person",
    "lease": "nothing of a person",
    "installation": "nothing of a person",
    "customer_on_file": "the seller's own record: kept or deleted, as the profile says",
    "owned_program": "with the record that it belongs to",
    "issued_invoice": "kept, without the way to the document",
    "reminder_stop": "deleted; whoever stays on file is reminded no more",
    "file_reminder": "with the record that it belongs to",
    "outgoing_event": "kept, without where an e-invoice is delivered; thirty days",
    "api_answer": "emptied where it names the person",
    "desk_note": "deleted: those on every conversation that the person was in",
    "canned_reply": "nothing of a person",
    "blocked_address": "kept without the reason: as the conversation's, the address stays until its time is over",
    "transcript_line": "with the line of the journal",
    "sentence_label": "with the line of the journal",
    "agent": _OF_AGENTS,
    "agent_session": _OF_AGENTS,
    "agent_link": _OF_AGENTS,
    "agent_recovery_code": _OF_AGENTS,
    "agent_identity": _OF_AGENTS,
    "agent_sign_on": _OF_AGENTS,
    "helpdesk_conversation": "the conversation is deleted in the help desk; the contact too, if the desk made it",
    "agent_telegram": _OF_AGENTS,
    "agent_telegram_code": _OF_AGENTS,
    "desk_topic": "the topic is deleted in the group, with all that was said in it",
    "desk_forum_trouble": "nothing of a person",
    "audit": "kept: ids only, so that it stays known who saw what; two years, or as the profile says",
}
"""What becomes of each table's rows when their person is erased."""
