"""Lists of the seller's API, page by page in the order of time, and single things by their ids.

Shadows (`services/accounts/accounts.py`) and what belongs to them are in no list.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from services.accounts import accounts
from services.companies import companies
from services.contacts import contacts
from services.directory import directory
from services.einvoicing import issued_invoices
from services.orders import order_record, withdrawals
from services.payments import record, refunds, transfers
from services.seller import card, rows
from services.seller.rows import Json
from services.store import statements
from services.store.statements import KeysetPlace, Window
from services.store.tables.accounts import account, company
from services.store.tables.orders import payment, refund, sales_order
from services.store.tables.subscriptions import subscription
from services.subscriptions import subscription_record
from services.support import feedback

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = {
    "orders": "number placed_at paid_at cancelled_at status net vat gross currency method discount_code account_id",
    "payments": "id paid_at amount currency method provider status refunded_amount disputed",
    "refunds": "id payment_id requested_at settled_at amount currency status failure reason",
}
_TABLES: dict[str, tuple[sa.Table, sa.Column[Any]]] = {
    "orders": (sales_order, sales_order.c.placed_at),
    "payments": (payment, payment.c.paid_at),
    "refunds": (refund, refund.c.requested_at),
}
"""The table of each export, and the moment by which its rows are in order."""
_BUYER = ("country", "tax_number", "name")
EXPORTED = {
    kind: (*names.replace("account_id", "customer_id").split(), *(_BUYER if kind == "orders" else ("order_number",)))
    for kind, names in _COLUMNS.items()
}
"""The columns of each export: of orders also whom they are invoiced to, of the others their order."""


def export_page(
    connection: sa.Connection, kind: str, since: datetime, until: datetime, asked: Window
) -> tuple[list[list[str]], KeysetPlace | None]:
    """Return a page of an export's rows from `since` to before `until`, and where the next one begins, if any does."""
    table, at = _TABLES[kind]
    query = sa.select(*(table.c[name] for name in _COLUMNS[kind].split()), table.c.id.label("key"), at.label("moment"))
    if kind == "orders":
        query = query.add_columns(sales_order.c.billing)
    else:
        query = query.add_columns(sales_order.c.number.label("order_number"))
        query = query.join(sales_order, sales_order.c.id == table.c.order_id)
    query = statements.page_after(query.where(at >= since, at < until), at, table.c.id, asked)
    found = connection.execute(query).mappings().all()
    last = KeysetPlace(found[-1]["moment"], found[-1]["key"]) if len(found) == asked.most else None
    return [[_cell(row, name) for name in EXPORTED[kind]] for row in found], last


def _cell(row: sa.RowMapping, name: str) -> str:
    value = row["account_id"] if name == "customer_id" else row["billing"].get(name) if name in _BUYER else row[name]
    value = "requested" if value == "waits" else value  # as `RefundRecord.stands`
    return "" if value is None else rows.format_moment(value) or "" if isinstance(value, datetime) else str(value)


class Listed(Struct, frozen=True):
    """One row of a list, and the place of the page that ends with it."""

    row: Json
    place: KeysetPlace


_SEEN = account.c.taken.is_(False)


def customers(connection: sa.Connection, asked: Window) -> list[Listed]:
    """Return all customers, with what says who they are."""
    query = sa.select(*accounts.COLUMNS).where(_SEEN)
    found = [accounts.AccountRecord(**row) for row in _page(connection, query, account.c.created_at, asked)]
    return [Listed(_customer(connection, mine), KeysetPlace(mine.created_at, mine.id)) for mine in found]


def company_list(connection: sa.Connection, asked: Window, *, customer_id: str | None = None) -> list[Listed]:
    """Return all companies, confirmed or not."""
    seen = sa.select(company).join(account, account.c.id == company.c.account_id).where(_SEEN)
    query = _only(seen, company, account_id=customer_id)
    found = [companies.from_row(row) for row in _page(connection, query, company.c.created_at, asked)]
    return [Listed(_owned(c.account_id, card.company_row(c)), KeysetPlace(c.created_at, c.id)) for c in found]


def order_list(
    connection: sa.Connection, asked: Window, *, customer_id: str | None = None, status: str | None = None
) -> list[Listed]:
    """Return all orders that were ever placed."""
    query = _only(sa.select(sales_order), sales_order, account_id=customer_id, status=status)
    found = [order_record.from_row(row) for row in _page(connection, query, sales_order.c.placed_at, asked)]
    withdrawn = withdrawals.withdrawn_at(connection, *{o.account_id for o in found})
    back = record.refunded_of(connection, [o.id for o in found])
    shown = [(o, card.order_row(o, back.get(o.id, 0), withdrawn.get(o.id))) for o in found]
    return [Listed(_owned(o.account_id, row), KeysetPlace(o.placed_at, o.id)) for o, row in shown]


def subscription_list(
    connection: sa.Connection, asked: Window, *, customer_id: str | None = None, status: str | None = None
) -> list[Listed]:
    """Return all subscriptions, those to come too."""
    query = _only(sa.select(subscription), subscription, account_id=customer_id)
    if status is not None:
        query = query.where(subscription_record.has_status(status))
    found = [
        subscription_record.Subscription(**row) for row in _page(connection, query, subscription.c.created_at, asked)
    ]
    return [Listed(_owned(s.account_id, rows.SUBSCRIPTION.row(s)), KeysetPlace(s.created_at, s.id)) for s in found]


def _only(query: sa.Select[Any], table: sa.Table, **wanted: str | None) -> sa.Select[Any]:
    """Return the rows that have these values; None asks for none in particular."""
    return query.where(*(table.c[name] == value for name, value in wanted.items() if value is not None))


def _page(
    connection: sa.Connection, query: sa.Select[Any], at: sa.Column[Any], asked: Window
) -> Sequence[sa.RowMapping]:
    """Return a page of the query's rows, by a moment in their table and their id."""
    return connection.execute(statements.page_after(query, at, at.table.c.id, asked)).mappings().all()


def on_file(connection: sa.Connection, asked: Window) -> list[Listed]:
    """Return the seller's own customers, by their ids: they have no order of their own."""
    found = directory.list_customers(connection, after="" if asked.after is None else asked.after.id, most=asked.most)
    return [Listed(_on_file(connection, known), KeysetPlace(_NEVER, known.id)) for known in found]


def _on_file(connection: sa.Connection, known: directory.CustomerOnFile) -> Json:
    owned = directory.programs_of(connection, known.id)
    return rows.ON_FILE.row(known, programs=[rows.PROGRAM.row(program) for program in owned])


def invoice_list(
    connection: sa.Connection, asked: Window, *, customer_id: str | None = None, order_number: str | None = None
) -> list[Listed]:
    found = issued_invoices.list_invoices(connection, asked, account_id=customer_id, order_number=order_number)
    return [Listed(rows.INVOICE.row(told), KeysetPlace(told.told_at, told.id)) for told in found]


def feedback_list(
    connection: sa.Connection, asked: Window, *, about: str | None = None, helpful: bool | None = None
) -> list[Listed]:
    """Return what customers said of answers and of the way."""
    found = feedback.list_feedback(connection, asked, about=about, helpful=helpful)
    return [Listed(rows.FEEDBACK.row(said), KeysetPlace(said.at, said.id)) for said in found]


def customer(connection: sa.Connection, customer_id: str) -> Json | None:
    """Return the card of this customer; None for nobody and for a shadow."""
    mine = accounts.get(connection, customer_id)
    return None if mine is None or mine.taken else card.show_card(connection, mine)


def one_company(connection: sa.Connection, company_id: str) -> Json | None:
    found = companies.get(connection, company_id)
    owner = accounts.get(connection, found.account_id) if found is not None else None
    return None if found is None or owner is None or owner.taken else _owned(found.account_id, card.company_row(found))


def one_subscription(connection: sa.Connection, subscription_id: str) -> Json | None:
    row = connection.execute(sa.select(subscription).where(subscription.c.id == subscription_id)).mappings().first()
    return (
        None
        if row is None
        else _owned(row["account_id"], rows.SUBSCRIPTION.row(subscription_record.Subscription(**row)))
    )


def order_in_full(connection: sa.Connection, order: order_record.OrderRecord) -> Json:
    """Return the order, whom it is invoiced to, its payments, and the transfers told for it, booked or not."""
    withdrawn = withdrawals.withdrawn_at(connection, order.account_id).get(order.id)
    refunded = record.refunded_of(connection, [order.id]).get(order.id, 0)
    return {
        **_owned(order.account_id, card.order_row(order, refunded, withdrawn)),
        "auto_renewal": order.auto_renewal,
        "paid_at": rows.format_moment(order.paid_at),
        "cancelled_at": rows.format_moment(order.cancelled_at),
        "invoice_to": {name: order.billing.get(name) for name in rows.BILLING.places},
        "payments": [rows.PAYMENT.row(p, order_number=order.number) for p in record.of_order(connection, order.id)],
        "transfers": [_transfer(told) for told in transfers.receipts(connection, order.id)],
    }


def refund_list(connection: sa.Connection, order_number: str) -> Json | None:
    """Return the refunds that the desk was asked for, oldest first; None if there is no such order."""
    found = order_record.by_number(connection, order_number)
    made = refunds.of_order(connection, found.id) if found is not None else []
    return None if found is None else {"items": [rows.REFUND.row(one) for one in made]}


def transfer_list(connection: sa.Connection, asked: Window, *, status: str | None = None) -> list[Listed]:
    """Return the transfers and postal slips that were told, booked or not."""
    found = transfers.list_transfers(connection, asked, status=status)
    return [
        Listed(
            transfer_row(told),
            KeysetPlace(told.receipt.at, told.id),
        )
        for told in found
    ]


def transfer_row(told: transfers.ListedTransfer) -> Json:
    """Return a transfer with its id, its order, and whose that is."""
    return _owned(told.account_id, {"id": told.id, **_transfer(told.receipt), "order_number": told.order_number})


def _transfer(told: transfers.TransferReceipt) -> Json:
    return rows.TRANSFER.row(told, status=transfers.word_status(told.status))


def _customer(connection: sa.Connection, mine: accounts.AccountRecord) -> Json:
    known = contacts.of_account(connection, mine.id)
    return card.head(mine, known)


def _owned(customer_id: str, row: Json) -> Json:
    return {**row, "customer_id": customer_id}
