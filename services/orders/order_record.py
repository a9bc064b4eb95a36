"""The rows of an order and of its orderer, who placed it for a company.

An order is read by all, and moved on by `orders.py` (placed, cancelled) and `payments/money.py` (paid).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from msgspec.structs import asdict

from services.orders.pricing import Item, PricingDiscount
from services.store.statements import PerDialect, columns
from services.store.tables.orders import orderer as orderer_table
from services.store.tables.orders import sales_order
from values.account_view import OrdererDetails
from values.money import Money, Vat
from values.order import Price
from values.private import Private, PrivateStruct
from values.term import term_of_years

Status = Literal["placed", "paid", "failed", "cancelled"]


class OrderTerms(PrivateStruct, kw_only=True):
    """The terms of an order, as it is wanted and as it stands: lines, company, price."""

    id: str
    account_id: str
    company_id: str
    conversation_id: str | None
    items: tuple[Item, ...]
    discount: PricingDiscount | None
    price: Price
    method: str
    auto_renewal: bool
    time_zone: str = "UTC"  # by whose calendar its terms end; of orders before 0.30 UTC's
    tax: Vat | None = None  # None: the seller's own rate; of orders from before others were told, too


class OrderRecord(OrderTerms, kw_only=True):
    """An order as it stands. `number` is what people read; `billing` the company as it was when it was placed."""

    number: str
    billing: Private[dict[str, Any]]
    status: Status
    placed_at: datetime
    paid_at: datetime | None
    cancelled_at: datetime | None
    own_answers: Private[Mapping[str, Any] | None] = None  # to the seller's own questions

    @property
    def currency(self) -> str:
        """ISO 4217."""
        return self.price.gross.currency

    @property
    def zone(self) -> ZoneInfo:
        """The calendar by which its terms end, as it was when it was placed."""
        return ZoneInfo(self.time_zone)

    @property
    def trial(self) -> int:
        """For how many days it is free before its first term, which is ordered with it or anew."""
        return max((item.trial for item in self.items), default=0)

    @property
    def taken_off(self) -> Money:
        """By how much its discount has lowered the net price."""
        full = sum(item.unit_net * item.quantity for item in self.items)
        return Money(full, self.currency) - self.price.net


_SAME = tuple(n for n in OrderRecord.__struct_fields__ if n in sales_order.c and n not in ("items", "tax"))
_GET = sa.select(sales_order).where(sales_order.c.id == sa.bindparam("wanted"))
_GET_LOCKED = _GET.with_for_update(key_share=True)
_BY_NUMBER = sa.select(sales_order).where(sales_order.c.number == sa.bindparam("wanted"))
_OF_ACCOUNT = (
    sa.select(sales_order)
    .where(sales_order.c.account_id == sa.bindparam("of"))
    .order_by(sales_order.c.placed_at, sales_order.c.number)
)
_KEEP_ORDERER = PerDialect(orderer_table, lambda insert: insert.on_conflict_do_nothing(index_elements=["order_id"]))
_ORDERER = sa.select(*columns(orderer_table, OrdererDetails)).where(orderer_table.c.order_id == sa.bindparam("of"))
_LAST_ORDERER = (
    sa.select(*columns(orderer_table, OrdererDetails))
    .join(sales_order, sales_order.c.id == orderer_table.c.order_id)
    .where(sales_order.c.account_id == sa.bindparam("of"), sales_order.c.status == "paid")
    .order_by(sales_order.c.placed_at.desc(), sales_order.c.number.desc())
    .limit(1)
)


def get(connection: sa.Connection, order_id: str) -> OrderRecord | None:
    return _first(connection, _GET, order_id)


def lock(connection: sa.Connection, order_id: str) -> OrderRecord:
    """Lock the order and its payments until this transaction ends; return it.

    Errors: LookupError for an order that doesn't exist.
    """
    order = _first(connection, _GET_LOCKED, order_id)
    if order is None:
        raise LookupError("no such order")
    return order


def by_number(connection: sa.Connection, number: str) -> OrderRecord | None:
    return _first(connection, _BY_NUMBER, number)


def of_account(connection: sa.Connection, account_id: str) -> list[OrderRecord]:
    """Return all orders of an account, oldest first."""
    return [from_row(row) for row in connection.execute(_OF_ACCOUNT, {"of": account_id}).mappings()]


def set_paid(connection: sa.Connection, order_id: str, now: datetime) -> None:
    """Mark the order paid, cancelled before or not."""
    _set(connection, order_id, status="paid", paid_at=now, cancelled_at=None)


def set_unpaid(connection: sa.Connection, order_id: str, method: str) -> None:
    """Let the order be owed again, whose money was another's."""
    _set(connection, order_id, status="placed", paid_at=None, method=method)


def set_cancelled(connection: sa.Connection, order_id: str, now: datetime) -> None:
    """Mark the order cancelled: nothing is owed for it any more."""
    _set(connection, order_id, status="cancelled", cancelled_at=now)


def set_method(connection: sa.Connection, order_id: str, method: str) -> None:
    """Change the order's payment method."""
    _set(connection, order_id, method=method)


def keep_orderer(connection: sa.Connection, *, order_id: str, orderer: OrdererDetails) -> None:
    """Note who ordered. A second call changes nothing: it is part of the order as it was placed."""
    connection.execute(_KEEP_ORDERER.of(connection), {"order_id": order_id, **asdict(orderer)})


def orderer_of(connection: sa.Connection, order_id: str) -> OrdererDetails | None:
    """Return who placed this order, None where nobody was named."""
    row = connection.execute(_ORDERER, {"of": order_id}).first()
    return None if row is None else OrdererDetails(*row)


def last_orderer(connection: sa.Connection, account_id: str) -> OrdererDetails | None:
    """Return who placed the account's last paid order that names somebody; None where none does."""
    row = connection.execute(_LAST_ORDERER, {"of": account_id}).first()
    return None if row is None else OrdererDetails(*row)


def item_to_json(item: Item) -> dict[str, Any]:
    usual = {"lowered": True, "then": "renews", "instead": (), "names": (), "trial": 0}
    kept = {name: value for name, value in asdict(item).items() if value not in (None, usual.get(name))}
    kept |= {"until": item.until.isoformat()} if item.until is not None else {}
    after = kept.pop("then", None)  # in the store, and in a person's own file, by two names
    return kept | ({"once": True} if after == "once" else {"renewing": False} if after else {})


def item_from_json(stored: dict[str, Any]) -> Item:
    """Read a line; those stored until 0.29 had `years`, and the price of one of these."""
    known = dict(stored)
    if (years := known.pop("years", None)) is not None:
        known |= {"term": term_of_years(years), "unit_net": known["unit_net"] * years}
    known |= {"until": datetime.fromisoformat(known["until"])} if "until" in known else {}
    renews, once = known.pop("renewing", True), known.pop("once", False)
    known |= {"instead": tuple(known.get("instead", ())), "names": tuple(map(tuple, known.get("names", ())))}
    return Item(**known, then="once" if once else "renews" if renews else "ends")  # JSON knows lists only


def tax_to_json(tax: Vat) -> dict[str, Any]:
    return {**asdict(tax), "checked_at": tax.checked_at.isoformat() if tax.checked_at is not None else None}


def tax_of(stored: dict[str, Any] | None) -> Vat | None:
    """Return the tax as it was stored, None where there was nothing to tell."""
    if stored is None:
        return None
    at: str | None = stored["checked_at"]
    known: dict[str, Any] = {**stored, "checked_at": None if at is None else datetime.fromisoformat(at)}
    return Vat(**known)


def _first(connection: sa.Connection, statement: sa.Executable, wanted: str) -> OrderRecord | None:
    row = connection.execute(statement, {"wanted": wanted}).mappings().first()
    return None if row is None else from_row(row)


def _set(connection: sa.Connection, order_id: str, **values: str | datetime | None) -> None:
    connection.execute(sa.update(sales_order).where(sales_order.c.id == order_id).values(**values))


def from_row(row: sa.RowMapping) -> OrderRecord:
    code, currency = row["discount_code"], row["currency"]
    known: dict[str, Any] = {name: row[name] for name in _SAME}
    known |= {"items": tuple(item_from_json(stored) for stored in row["items"]), "tax": tax_of(row["tax"])}
    lowered = (row["discount_percent"] or 0, row["discount_amount"] or 0, row["discount_terms"], row["discount_term"])
    return OrderRecord(
        **known,
        discount=None if code is None else PricingDiscount(code, *lowered),
        price=Price(Money(row["net"], currency), Money(row["vat"], currency), Money(row["gross"], currency)),
    )
