"""Orders: placed by an active account for a confirmed company at the price shown, and cancelled while unpaid."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict

from services.companies import companies
from services.companies.companies import CompanyRecord, snapshot
from services.orders import discounts, numbers, order_record, pricing
from services.orders.order_record import OrderRecord, OrderTerms
from services.payments import book
from services.store.statements import demand_same_row
from services.store.tables.accounts import account
from services.store.tables.orders import payment, sales_order
from services.subscriptions import subscriptions
from values.offer import Spent
from values.order import Price


class WantedOrder(OrderTerms, kw_only=True):
    """An order to be placed.

    `price` is what the customer was shown, `series` what it is numbered within, `limits` how often the discount's code
    may be used, `tax` why the lines have the rate that they have. `beside`: it may stand beside another order that is
    being paid.
    """

    series: str
    limits: discounts.Limits = discounts.UNLIMITED
    beside: bool = False


class Placed(Struct, frozen=True):
    """The order stands; nothing has been paid. `first`: the account has no other."""

    order: OrderRecord
    first: bool = False


class AccountNotActive(Struct, frozen=True):
    """The account has contacts to prove, is closed, or is a shadow (which the customer isn't told)."""

    status: str
    taken: bool


class CompanyNotConfirmed(Struct, frozen=True):
    """There is no company of this account whose data the customer has confirmed."""


class PaymentPending(Struct, frozen=True):
    """Another order of the account is being paid just now; it can be paid or cancelled first."""

    order_id: str
    order_number: str
    payment_id: str


class PriceChanged(Struct, frozen=True):
    """The price shown isn't what these lines cost; this is."""

    price: Price


class DiscountUsedUp(Struct, frozen=True):
    """The code was good when it was typed, and can't be used once more now."""

    why: Spent


class OrderWasCancelled(Struct, frozen=True):
    """Return the event of a cancelled order. `payments` are those that were open until now."""

    order: OrderRecord
    payments: tuple[str, ...]


class AlreadyPaid(Struct, frozen=True):
    """The order can't be cancelled: its money is here."""

    order_number: str


NotPlaced = AccountNotActive | CompanyNotConfirmed | PaymentPending | PriceChanged | DiscountUsedUp

_BUYER = (
    sa.select(account.c.status, account.c.taken)
    .where(account.c.id == sa.bindparam("wanted"))
    .with_for_update(key_share=True)
)
_PENDING = (
    sa.select(sales_order.c.id, sales_order.c.number, payment.c.id)
    .join(payment, payment.c.order_id == sales_order.c.id)
    .where(
        sales_order.c.account_id == sa.bindparam("of"),
        sales_order.c.status == "placed",
        payment.c.status == "pending",
        payment.c.expires_at > sa.bindparam("now"),
    )
    .order_by(sales_order.c.placed_at.desc())
    .limit(1)
)


def place(connection: sa.Connection, wanted: WantedOrder, now: datetime) -> Placed | NotPlaced:
    """Place an order and number it within its series: "FS/2026" makes FS/2026/000001.

    The same id twice is the same order. Errors: ValueError for an order of nothing, NameTaken.
    """
    if not wanted.items:
        raise ValueError("an order needs at least one line")
    if (known := order_record.get(connection, wanted.id)) is not None:
        demand_same_row("sales_order", asdict(known), account_id=wanted.account_id, company_id=wanted.company_id)
        return Placed(known)
    if (refused := _not_for_account(connection, wanted, now)) is not None:
        return refused
    company = companies.get(connection, wanted.company_id)
    if company is None or company.account_id != wanted.account_id or company.confirmed_at is None:
        return CompanyNotConfirmed()
    if (refused := _not_for_price(connection, wanted, now)) is not None:
        return refused
    connection.execute(sa.insert(sales_order).values(_row(connection, wanted, company, now)))
    order = order_record.lock(connection, wanted.id)
    subscriptions.open_pending_terms(connection, order, now)
    return Placed(order, first=len(order_record.of_account(connection, wanted.account_id)) == 1)


def claim_again(connection: sa.Connection, order: OrderRecord, limits: discounts.Limits, now: datetime) -> Spent | None:
    """Claim the code of a lapsed order that is ordered anew; None if it is good, or the order stands, or has none."""
    connection.execute(_BUYER, {"wanted": order.account_id}).first()
    if order.discount is None or not discounts.has_lapsed(connection, order.id):
        return None
    return discounts.claim(connection, order.discount.code, limits, order.account_id, now)


def cancel(connection: sa.Connection, *, order_id: str, now: datetime) -> OrderWasCancelled | AlreadyPaid:
    """Cancel an unpaid order and its open payments; a second time changes nothing.

    Money that comes all the same is booked or given back (`payments/money.py`). Errors: LookupError for no such order.
    """
    order = order_record.lock(connection, order_id)
    if order.status == "paid":
        return AlreadyPaid(order.number)
    if order.status == "cancelled":
        return OrderWasCancelled(order, ())
    closed = book.cancel_open(connection, order_id)
    subscriptions.drop_pending(connection, order_id)
    order_record.set_cancelled(connection, order_id, now)
    return OrderWasCancelled(order_record.lock(connection, order_id), closed)


def find_order_being_paid(connection: sa.Connection, account_id: str, now: datetime) -> PaymentPending | None:
    """Return the account's order that is being paid just now, if there is one."""
    row = connection.execute(_PENDING, {"of": account_id, "now": now}).first()
    return None if row is None else PaymentPending(*row)


def _not_for_account(connection: sa.Connection, wanted: WantedOrder, now: datetime) -> NotPlaced | None:
    buyer = connection.execute(_BUYER, {"wanted": wanted.account_id}).first()
    if buyer is None:
        return AccountNotActive("closed", taken=False)
    if buyer.status != "active" or buyer.taken:
        return AccountNotActive(buyer.status, buyer.taken)
    return None if wanted.beside else find_order_being_paid(connection, wanted.account_id, now)


def _not_for_price(
    connection: sa.Connection, wanted: WantedOrder, now: datetime
) -> PriceChanged | DiscountUsedUp | None:
    discount, shown = wanted.discount, wanted.price
    if (right := pricing.price(wanted.items, discount, shown.gross.currency)) != shown:
        return PriceChanged(right)
    if discount is None:
        return None
    why = discounts.claim(connection, discount.code, wanted.limits, wanted.account_id, now)
    return DiscountUsedUp(why) if why else None


def _row(connection: sa.Connection, wanted: WantedOrder, company: CompanyRecord, now: datetime) -> dict[str, Any]:
    discount, price = wanted.discount, wanted.price
    return {
        **{name: getattr(wanted, name) for name in OrderTerms.__struct_fields__ if name in sales_order.c},
        "number": numbers.next_number(connection, wanted.series),
        "billing": snapshot(company.billing),
        "items": [order_record.item_to_json(item) for item in wanted.items],
        "discount_code": None if discount is None else discount.code,
        "discount_percent": None if discount is None else discount.percent or None,
        "discount_amount": None if discount is None else discount.amount or None,
        "discount_terms": 1 if discount is None else discount.terms,
        "discount_term": 1 if discount is None else discount.term,
        "net": price.net.minor,
        "vat": price.vat.minor,
        "gross": price.gross.minor,
        "currency": price.gross.currency,
        "tax": None if wanted.tax is None else order_record.tax_to_json(wanted.tax),
        "status": "placed",
        "placed_at": now,
    }
