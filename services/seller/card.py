"""The customer's card as the seller's API shows it: all that the desk knows of one account, as JSON.

The names are fixed, for sellers' programs read them. Amounts are integers in minor units, times RFC 3339 in UTC.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import asdict

from services.accounts import account_search, account_view, consents
from services.accounts.accounts import AccountRecord
from services.companies import companies
from services.companies.companies import CompanyRecord
from services.contacts import contacts
from services.contacts.contacts import ContactRecord
from services.einvoicing import einvoices
from services.orders import order_record, withdrawals
from services.orders.order_record import OrderRecord
from services.payments import methods, record
from services.payments.record import PaymentRecord
from services.questions import own_answers
from services.store import conversations
from services.subscriptions import subscriptions as subs
from services.subscriptions.subscriptions import Subscription
from values.account_view import answers
from values.money import Vat

Json = dict[str, Any]


def card(connection: sa.Connection, email_key: str) -> Json | None:
    """Return the card of whoever has this e-mail; None if nobody has. A shadow (see `accounts.py`) is nobody."""
    found = account_search.find_by_email(connection, email_key)
    return None if found is None else of(connection, found)


def of(connection: sa.Connection, account: AccountRecord) -> Json:
    orders = order_record.of_account(connection, account.id)
    known = contacts.of_account(connection, account.id)
    paid = {order.id: record.of_order(connection, order.id) for order in orders}
    back = record.refunded_of(connection, [*paid])
    withdrawn = withdrawals.withdrawn_at(connection, account.id)
    return {
        **head(account, known),
        "contacts": [{"kind": c.kind, "value": c.value, "verified_at": when(c.verified_at)} for c in known],
        "companies": [company_row(c) for c in companies.of_account(connection, account.id)],
        "consents": _consents(connection, account.id),
        "orders": [order_row(order, back.get(order.id, 0), withdrawn.get(order.id)) for order in orders],
        "payments": [payment_row(p, order.number) for order in orders for p in paid[order.id]],
        "subscriptions": [subscription_row(s) for s in subs.of_account(connection, account.id)],
        "methods": [
            {"id": m.id, "method": m.method, "label": m.display_name, "default": m.is_default}
            for m in methods.of_account(connection, account.id)
        ],
        "einvoice": _einvoice(connection, account.id),
        "conversations": [
            {"id": c.id, "channel": c.channel, "mode": c.mode} for c in conversations.of_account(connection, account.id)
        ],
    }


def head(account: AccountRecord, known: list[ContactRecord]) -> Json:
    """Return who a customer is; `known` are the account's contacts."""
    phone = account_view.best(known, "phone")
    return {
        "id": account.id,
        "email": account.email,
        "user_name": account.user_name,
        "phone": None if phone is None else phone.value,
        "locale": account.locale,
        "created_at": when(account.created_at),
        "account": {"status": account.status, "answers": own_answers.values(account.own_answers)},
        **answers(account),
    }


def when(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, with a Z."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def company_row(company: CompanyRecord) -> Json:
    billing = asdict(company.billing)
    del billing["email"]  # for the desk's own letters
    return {
        "id": company.id,
        **billing,
        "source": company.source,
        "check": company.check,
        "confirmed_at": when(company.confirmed_at),
        "vat_checked_at": when(company.vat_check.at) if company.vat_check else None,
        "vat_check_id": company.vat_check.id if company.vat_check else None,
        "answers": own_answers.values(company.own_answers),
    }


def _consents(connection: sa.Connection, account_id: str) -> list[Json]:
    return [
        {
            "id": c.consent_id,
            "version": c.version,
            "locale": c.locale,
            "given_at": when(c.given_at),
            "withdrawn_at": when(c.withdrawn_at),
            "channel": c.channel,
            "how": c.how,
            "words": c.words,
        }
        for c in consents.of_account(connection, account_id)
    ]


def order_row(order: OrderRecord, refunded: int, withdrawn_at: datetime | None) -> Json:
    """Return the order; `refunded`: what of its money is with its payer again, in minor units."""
    return {
        "id": order.id,
        "number": order.number,
        "company_id": order.company_id,
        "items": [{"id": i.id, "quantity": i.quantity, "years": i.years} for i in order.items],
        "discount_code": None if order.discount is None else order.discount.code,
        "net": order.price.net.minor,
        "vat": order.price.vat.minor,
        "gross": order.price.gross.minor,
        "currency": order.currency,
        "tax": tax_row(order),
        "method": order.method,
        "status": order.status,
        "refunded_amount": refunded,
        "placed_at": when(order.placed_at),
        "withdrawn_at": when(withdrawn_at),
        "answers": own_answers.values(order.own_answers),
    }


def tax_row(order: OrderRecord) -> Json:
    """Return why the order's VAT is what it is; one from before this was kept has the seller's own rate."""
    tax = order.tax
    if tax is None:
        tax = Vat(order.items[0].vat_percent if order.items else 0, "home", "")
    return {
        "percent": tax.percent,
        "reason": tax.reason,
        "country": tax.country or None,
        "vat_number": tax.number,
        "checked_at": when(tax.checked_at),
        "check_id": tax.check_id,
    }


def payment_row(payment: PaymentRecord, order_number: str) -> Json:
    return {
        "id": payment.id,
        "order_number": order_number,
        "method": payment.method,
        "provider": payment.provider,
        "amount": payment.amount,
        "currency": payment.currency,
        "status": payment.status,
        "refunded_amount": payment.refunded_amount,
        "disputed": payment.disputed,
    }


def subscription_row(s: Subscription) -> Json:
    return {
        "id": s.id,
        "product": s.product,
        "quantity": s.quantity,
        "years": s.years,
        "status": s.status,
        "starts_at": when(s.starts_at),
        "ends_at": when(s.ends_at),
        "auto_renewal": s.auto_renewal,
        "end_reason": s.why_ended,
    }


def _einvoice(connection: sa.Connection, account_id: str) -> Json:
    stands = einvoices.of_account(connection, account_id)
    return {
        "id": stands.id,
        "status": stands.status,
        "email": stands.email,
        "activated_at": when(stands.activated_at),
    }
