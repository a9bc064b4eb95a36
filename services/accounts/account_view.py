"""Rows of an account as the dialogs see them."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

import sqlalchemy as sa
from msgspec.structs import asdict

from services.companies.companies import CompanyRecord
from services.contacts import contacts
from services.einvoicing.issued_invoices import Invoice
from services.orders import free_versions, order_record, withdrawals
from services.payments import record
from services.payments.methods import Method
from services.questions import own_answers
from services.store.tables.orders import payment, sales_order
from services.store.tables.subscriptions import renewal
from values.account_view import CompanyView, InvoiceLine, OrderView, Reversal
from values.money import Money
from values.payment import StoredWay
from values.term import longest

NOON = time(12, tzinfo=UTC)
# The orders and their latest payments in one look; a payment that is paid or pending before a dead one.
_OF_ORDER = (
    "id number status net vat gross currency method auto_renewal placed_at items tax own_answers paid_at".split()
)
_ORDERS = (
    sa.select(*(sales_order.c[name] for name in _OF_ORDER), sales_order.c.company_id.label("buyer"))
    .add_columns(*(payment.c[name].label(f"payment_{name}") for name in ("id", "method", "status", "expires_at")))
    .add_columns(sa.exists().where(renewal.c.order_id == sales_order.c.id).label("renewal"))
    .join(payment, payment.c.order_id == sales_order.c.id, isouter=True)
    .where(sales_order.c.account_id == sa.bindparam("of"), sales_order.c.method != free_versions.METHOD)
    .order_by(
        sa.case((sales_order.c.status == "cancelled", 1), else_=0),
        sales_order.c.placed_at.desc(),
        sales_order.c.number.desc(),
        sa.case((payment.c.status.in_(("pending", "paid")), 0), else_=1),
        payment.c.created_at.desc(),
        payment.c.id,
    )
)


def reversals(connection: sa.Connection, account_id: str, current: set[str | None]) -> dict[str | None, Reversal]:
    """Return what of these orders was withdrawn from or paid back, and a statement that names no contract yet."""
    back = record.refunded_of(connection, [id for id in current if id is not None])
    stated = {one.order_id: one for one in withdrawals.of_account(connection, account_id) if one.decision != "refused"}
    found: dict[str | None, Reversal] = {}
    for id in dict.fromkeys((*back, *stated)):
        order, one = order_record.get(connection, id) if id is not None else None, stated.get(id)
        accepted, at = one is not None and one.decision == "accepted", one.stated_at if one is not None else None
        if order is not None and id in current:
            refunded = Money(back[id], order.currency) if id in back else None
            found[id] = Reversal(order.number, refunded, refunded == order.price.gross, at, accepted)
        elif id is None and not accepted:
            found[id] = Reversal(None, stated_at=at)
    return found


def stored_of(known: Sequence[Method]) -> tuple[StoredWay, ...]:
    """Return those of the methods that a provider keeps; a card past its last day the dialogs see by the date."""
    return tuple(
        StoredWay(m.id, m.method, m.label, m.expires_on, m.is_default, good=m.gone_at is None)
        for m in known
        if m.is_stored
    )


def choose_best_contact(known: list[contacts.ContactRecord], kind: contacts.Kind) -> contacts.ContactRecord | None:
    """Return the contact of a kind that counts: the one proven last, else the one given last."""
    of_kind = [contact for contact in known if contact.kind == kind]
    return max(
        of_kind, key=lambda c: (c.verified_at is not None, c.verified_at or c.created_at, c.created_at), default=None
    )


def invoice_line(invoice: Invoice) -> InvoiceLine:
    """Return an invoice as the dialogs show it: its days are days anywhere in Europe."""
    known = invoice.issued
    due = None if known.due_on is None else datetime.combine(known.due_on, NOON)
    issued = datetime.combine(known.issued_on, NOON)
    gross = Money(known.gross, known.currency)
    told = (known.url, known.kind, known.order_number, known.ksef_number, invoice.has_pdf)
    return InvoiceLine(invoice.id, known.number, gross, issued, due, *told)


def company_view(latest: CompanyRecord | None) -> CompanyView | None:
    """Return the company as the dialogs see it; None while the customer hasn't confirmed it."""
    if latest is None or latest.confirmed_at is None:
        return None
    return CompanyView(
        **asdict(latest.billing),
        id=latest.id,
        source=latest.source,
        check=latest.check,
        confirmed_at=latest.confirmed_at,
        vat_checked_at=latest.vat_check.at if latest.vat_check else None,
        vat_check_id=latest.vat_check.id if latest.vat_check else None,
        own_answers=own_answers.values(latest.own_answers),
    )


def orders(connection: sa.Connection, account_id: str) -> tuple[OrderView, ...]:
    """Return the account's orders, the one placed last in front; behind all others those that are cancelled."""
    found: dict[str, sa.RowMapping] = {}
    for row in connection.execute(_ORDERS, {"of": account_id}).mappings():
        found.setdefault(row["id"], row)
    return tuple(_as_order(row) for row in found.values())


def order_view(connection: sa.Connection, account_id: str, order_id: str) -> OrderView | None:
    """Return this order if it is the account's."""
    return next((order for order in orders(connection, account_id) if order.id == order_id), None)


def _as_order(row: sa.RowMapping) -> OrderView:
    lines = [order_record.item_from_json(line) for line in row["items"]]
    items = tuple((line.id, line.quantity) for line in lines)
    term = longest(line.term for line in lines)
    filled: dict[str, Any] = {**row, "items": items, "term": term, "tax": order_record.tax_of(row["tax"])}
    filled["unit_net"] = next((line.unit_net for line in lines), 0)
    filled["trial"] = max((line.trial for line in lines), default=0)
    filled["once"] = tuple(line.id for line in lines if line.once)
    changed = next((line for line in lines if line.adds is not None), None)
    if changed is not None:
        filled |= {"added_to": changed.adds, "adds_until": changed.until, "swaps": bool(changed.instead)}
    filled["renewal"] = row["renewal"] or changed is not None
    filled["own_answers"] = own_answers.values(row["own_answers"])
    return OrderView(**filled)
