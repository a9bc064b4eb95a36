"""The customer's card as the seller's API shows it: all that the desk knows of one account, as JSON."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.accounts import account_search, account_view, consents
from services.accounts.accounts import AccountRecord
from services.companies import companies
from services.contacts import contacts
from services.einvoicing import einvoices
from services.orders import order_record, withdrawals
from services.orders.pricing import Item
from services.payments import methods, record
from services.questions import own_answers
from services.seller import rows
from services.seller.rows import Json, format_moment
from services.store import conversations
from services.subscriptions import subscription_record
from values.account_view import answers
from values.money import Vat


def card(connection: sa.Connection, email_key: str) -> Json | None:
    """Return the card of whoever has this e-mail; None if nobody has. A shadow (see `accounts.py`) is nobody."""
    found = account_search.find_by_email(connection, email_key)
    return None if found is None else show_card(connection, found)


def show_card(connection: sa.Connection, account: AccountRecord) -> Json:
    orders = order_record.of_account(connection, account.id)
    known = contacts.of_account(connection, account.id)
    paid = {order.id: record.of_order(connection, order.id) for order in orders}
    back = record.refunded_of(connection, [*paid])
    withdrawn = withdrawals.withdrawn_at(connection, account.id)
    return {
        **head(account, known),
        "contacts": [rows.CONTACT.row(c) for c in known],
        "companies": [company_row(c) for c in companies.of_account(connection, account.id)],
        "consents": [rows.CONSENT.row(c) for c in consents.of_account(connection, account.id)],
        "orders": [order_row(order, back.get(order.id, 0), withdrawn.get(order.id)) for order in orders],
        "payments": [rows.PAYMENT.row(p, order_number=order.number) for order in orders for p in paid[order.id]],
        "subscriptions": [rows.SUBSCRIPTION.row(s) for s in subscription_record.of_account(connection, account.id)],
        "methods": [rows.METHOD.row(m) for m in methods.of_account(connection, account.id)],
        "einvoice": rows.EINVOICE.row(einvoices.of_account(connection, account.id)),
        "conversations": [rows.CONVERSATION.row(c) for c in conversations.of_account(connection, account.id)],
    }


def head(account: AccountRecord, known: list[contacts.ContactRecord]) -> Json:
    """Return who a customer is; `known` are the account's contacts."""
    phone = account_view.choose_best_contact(known, "phone")
    state = {"status": account.status, "answers": own_answers.values(account.own_answers)}
    return {
        **rows.ACCOUNT.row(account, phone=None if phone is None else phone.value, account=state),
        **answers(account),
    }


def company_row(company: companies.CompanyRecord) -> Json:
    """Return the company without its mailbox, which is for the desk's own letters."""
    return rows.COMPANY.row(company, answers=own_answers.values(company.own_answers))


def order_row(order: order_record.OrderRecord, refunded: int, withdrawn_at: datetime | None) -> Json:
    """Return the order; `refunded`: what of its money is with its payer again, in minor units."""
    kept = own_answers.values(order.own_answers)
    return order_facts(order, refunded_amount=refunded, withdrawn_at=format_moment(withdrawn_at), answers=kept)


def order_facts(order: order_record.OrderRecord, **given: Any) -> Json:
    """Return what an order's record tells, and the facts that are given."""
    return rows.ORDER.row(order, items=[_item_row(item) for item in order.items], tax=_tax_row(order), **given)


def _item_row(item: Item) -> Json:
    """Return a line; what isn't sold once, or adds to nothing, doesn't speak of it."""
    row = rows.ITEM.row(item)
    return {name: value for name, value in row.items() if value or name not in ("once", "adds")}


def _tax_row(order: order_record.OrderRecord) -> Json:
    """Return why the order's VAT is what it is; one from before this was kept has the seller's own rate."""
    tax = order.tax or Vat(order.items[0].vat_percent if order.items else 0, "home", "")
    return rows.TAX.row(tax, country=tax.country or None)
