"""Refunds that the desk makes: asked for, then done or failed, as the provider answers.

A refund holds its sum from the moment it is asked for, so that two never give back more than was paid. What is with
the payer again is booked apart, by the provider's account of it (`returned.py`): refunds made in its panel count, too.
"""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct, structs

from services.keyed_hash import derived_id
from services.orders import numbers, order_record
from services.orders.order_record import OrderRecord
from services.payments import questions, record
from services.payments.record import PaymentRecord
from services.store.tables.orders import refund, sales_order
from values.payment import OFFLINE_PROVIDER
from values.seller import Seller

MOST_REASON = 200
"""Characters of a refund's reason."""
Refusal = Literal[
    "nothing_paid",  # or all of it is back, or on its way
    "too_much",
    "too_much_today",  # the seller's `[refund] a_day`
    "disputed",  # the payer's bank or PayPal decides
]


class RefundRecord(Struct, frozen=True):
    """Money of a payment to be given back, in minor units. `failure`: why the provider, or the desk, refused it."""

    id: str
    order_id: str
    payment_id: str
    attempt: int
    amount: int
    currency: str
    reason: str
    status: Literal["requested", "done", "failed"]
    requested_at: datetime
    settled_at: datetime | None = None
    failure: str | None = None


class RefundNotPossible(Struct, frozen=True):
    """Nothing was asked for. `left`: what could be, in minor units."""

    reason: Refusal
    left: int


def request_refund(
    connection: sa.Connection,
    order: OrderRecord,
    *,
    seller: Seller,
    amount: int | None,
    payment_id: str | None,
    reason: str,
    now: datetime,
) -> RefundRecord | RefundNotPossible:
    """Hold money of an order to be given back: `amount`, or all that is left, of the payment named or the last paid."""
    order = order_record.lock(connection, order.id)
    paid = [of for of in record.of_order(connection, order.id) if of.paid_at is not None and of.amount]
    of = next((one for one in reversed(paid) if payment_id in (None, one.id)), None)
    source = questions.asked_about(connection, of.id) if of is not None else None
    if of is None or source is None:
        return RefundNotPossible("nothing_paid", 0)
    earlier = of_payment(connection, of.id)
    left = left_of(of, earlier)
    if of.disputed in ("open", "lost"):
        return RefundNotPossible("disputed", 0)
    if left == 0 or (amount is not None and amount > left):
        return RefundNotPossible("too_much" if left else "nothing_paid", left)
    today = _left_today(connection, seller, of.currency, now)
    if today is not None and (left if amount is None else amount) > today:
        return RefundNotPossible("too_much_today", today)
    wanted = RefundRecord(
        derived_id("refund", of.id, str(len(earlier) + 1)),
        *(order.id, of.id, source.n, left if amount is None else amount, of.currency),
        *(reason, "requested", now),
    )
    connection.execute(sa.insert(refund).values(**structs.asdict(wanted)))
    return wanted


def _left_today(connection: sa.Connection, seller: Seller, currency: str, now: datetime) -> int | None:
    """Return what the seller's day still allows, held until this transaction ends; None: it sets no bounds."""
    if seller.refund.a_day is None:
        return None
    numbers.count_on(connection, "refunds")  # its row is the lock: refunds of two orders hold two locks otherwise
    day = datetime.combine(now.astimezone(seller.zone), time.min, seller.zone)
    asked = (refund.c.requested_at >= day, refund.c.currency == currency, refund.c.status != "failed")
    made = connection.execute(sa.select(sa.func.coalesce(sa.func.sum(refund.c.amount), 0)).where(*asked)).scalar_one()
    return max(seller.refund.a_day - int(made), 0)


def left_of(of: PaymentRecord, earlier: Sequence[RefundRecord]) -> int:
    """Return what may still be asked for: the books may know of a refund, done or on its way, or not yet."""
    made = sum(one.amount for one in earlier if one.status != "failed")
    return max(of.amount - max(of.refunded_amount, made), 0)


def settle(connection: sa.Connection, refund_id: str, *, failure: str | None, now: datetime) -> RefundRecord | None:
    """Note that a refund is done, or why it failed; None if that was noted before."""
    known = get(connection, refund_id)
    if known is None:
        return None
    order_record.lock(connection, known.order_id)
    settled = {"status": "done" if failure is None else "failed", "settled_at": now, "failure": failure}
    still = (refund.c.id == refund_id, refund.c.status == "requested")
    if not connection.execute(sa.update(refund).where(*still).values(**settled)).rowcount:
        return None
    return get(connection, refund_id)


def get(connection: sa.Connection, refund_id: str) -> RefundRecord | None:
    row = connection.execute(sa.select(refund).where(refund.c.id == refund_id)).mappings().first()
    return None if row is None else RefundRecord(**row)


def of_payment(connection: sa.Connection, payment_id: str) -> list[RefundRecord]:
    return _found(connection, refund.c.payment_id == payment_id)


def of_order(connection: sa.Connection, order_id: str) -> list[RefundRecord]:
    """Return all refunds of an order, oldest first."""
    return _found(connection, refund.c.order_id == order_id)


class RefundsSeen(Struct, frozen=True):
    """A payment's refunds: `left`, the sum that can be asked for yet, and those that are under way or have failed."""

    left: int
    open: list[RefundRecord]


def by_payment(connection: sa.Connection, account_id: str) -> dict[str, RefundsSeen]:
    """Return the refunds of each payment of the account that came through a provider."""
    theirs = sa.select(sales_order.c.id).where(sales_order.c.account_id == account_id)
    every = _found(connection, refund.c.order_id.in_(theirs))
    paid = (
        of
        for order in order_record.of_account(connection, account_id)
        for of in record.of_order(connection, order.id)
        if of.paid_at is not None and of.provider != OFFLINE_PROVIDER
    )
    return {
        of.id: RefundsSeen(
            0 if of.disputed in ("open", "lost") else left_of(of, asked),
            [one for one in asked if one.status != "done"],
        )
        for of in paid
        for asked in [[one for one in every if one.payment_id == of.id]]
    }


def _found(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[RefundRecord]:
    query = sa.select(refund).where(where).order_by(refund.c.requested_at, refund.c.id)
    return [RefundRecord(**row) for row in connection.execute(query).mappings()]
