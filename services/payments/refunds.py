"""Refunds that the desk makes: asked for, then done or failed, as the provider answers.

A refund holds its sum from the moment it is asked for, so that two never give back more than was paid. What is with
the payer again is booked apart, by the provider's account of it (`returned.py`): refunds made in its panel count, too.
"""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import Struct, structs

from services.keyed_hash import derived_id
from services.orders import numbers, order_record
from services.orders.order_record import OrderRecord
from services.payments import questions, record
from services.payments.record import PaymentRecord
from services.store.statements import columns
from services.store.tables.orders import payment, refund, sales_order
from values.payment import OFFLINE_PROVIDER
from values.seller import Seller

COMMAND = "command"
"""Whoever has the desk's machine, as if that were one agent."""
MOST_REASON = 200
"""Characters of a refund's reason."""
Refusal = Literal[
    "nothing_paid",  # or all of it is back, or on its way
    "too_much",
    "too_much_today",  # the seller's `[refund] a_day`
    "too_much_each",  # `a_day_each`, of the agent who asks
    "disputed",  # the payer's bank or PayPal decides
]


class RefundRecord(Struct, frozen=True):
    """Money of a payment to be given back, in minor units. `failure`: why the provider, or the desk, refused it.

    It `waits` where an agent asked for it whose word isn't enough.
    """

    id: str
    order_id: str
    payment_id: str
    attempt: int
    amount: int
    currency: str
    reason: str
    status: Literal["waits", "requested", "done", "failed"]
    requested_at: datetime
    settled_at: datetime | None = None
    failure: str | None = None

    @property
    def stands(self) -> Literal["requested", "done", "failed"]:
        """Return the status as the seller's systems have it: who has to confirm it is the desk's own affair."""
        return "requested" if self.status == "waits" else self.status

    @property
    def awaits_second(self) -> bool:
        """Return whether nothing leaves before another agent confirms it."""
        return self.status == "waits"

    @property
    def failed_in_books(self) -> bool:
        """Return whether it failed by the sums that the provider tells, or nobody has confirmed it."""
        return self.failure in ("came_back", "not_confirmed")


class RefundNotPossible(Struct, frozen=True):
    """Nothing was asked for. `left`: what could be, in minor units."""

    reason: Refusal
    left: int


def request_refund(
    connection: sa.Connection,
    order: OrderRecord,
    seller: Seller,
    amount: int | None,
    payment_id: str | None,
    reason: str,
    *,
    now: datetime,
    by: str | None = None,
) -> RefundRecord | RefundNotPossible:
    """Hold money of an order to be given back: `amount`, or all that is left, of the payment named or the last paid.

    `by`: the agent who asks, or `COMMAND`; the seller's own program asks for the seller.
    """
    order = order_record.lock(connection, order.id)
    paid = [of for of in record.of_order(connection, order.id) if of.paid_at is not None and of.amount]
    of = next((one for one in reversed(paid) if payment_id in (None, one.id)), None)
    source = questions.find_paying_attempt(connection, of.id) if of is not None else None
    if of is None or source is None:
        return RefundNotPossible("nothing_paid", 0)
    earlier = of_payment(connection, of.id)
    left = compute_refundable_amount(of, earlier)
    if of.disputed in ("open", "lost"):
        return RefundNotPossible("disputed", 0)
    if left == 0 or (amount is not None and amount > left):
        return RefundNotPossible("too_much" if left else "nothing_paid", left)
    sum_, rules = left if amount is None else amount, seller.refund
    limits: tuple[tuple[Refusal, int | None, str | None], ...] = (
        ("too_much_each", rules.a_day_each if by is not None else None, by),
        ("too_much_today", rules.a_day, None),
    )
    for why, most, whose in limits:
        if most is not None and sum_ > (today := _left_today(connection, seller, most, whose, of.currency, now)):
            return RefundNotPossible(why, today)
    alone = by is None or not needs_second_person(of, left, sum_, seller)
    wanted = RefundRecord(
        derived_id("refund", of.id, str(len(earlier) + 1)),
        *(order.id, of.id, source.n, sum_, of.currency),
        *(reason, "requested" if alone else "waits", now),
    )
    connection.execute(sa.insert(refund).values(**structs.asdict(wanted), asked_by=by))
    return wanted


def needs_second_person(of: PaymentRecord, left: int, sum_: int, seller: Seller) -> bool:
    """Return whether a person's word isn't enough for this sum, with all of the payment that went back before."""
    above = seller.refund.second_above
    return above is not None and of.amount - left + sum_ > above


def _left_today(
    connection: sa.Connection, seller: Seller, most: int, whose: str | None, currency: str, now: datetime
) -> int:
    """Return what is left of the `most` of a seller's day, or of one agent's, held until this transaction ends."""
    # Its row is the lock: refunds of two orders hold two locks otherwise.
    numbers.take_next_count(connection, "refunds")
    day = datetime.combine(now.astimezone(seller.zone), time.min, seller.zone)
    asked = [refund.c.requested_at >= day, refund.c.currency == currency, refund.c.status != "failed"]
    asked += [refund.c.asked_by == whose] if whose is not None else []
    made = connection.execute(sa.select(sa.func.coalesce(sa.func.sum(refund.c.amount), 0)).where(*asked)).scalar_one()
    return max(most - int(made), 0)


def compute_refundable_amount(of: PaymentRecord, earlier: Sequence[RefundRecord]) -> int:
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


def fail_done_refunds(connection: sa.Connection, payment_id: str, back: int, now: datetime) -> tuple[RefundRecord, ...]:
    """Note as failed what was done, and of which no more than `back` is with the payer; return it.

    Providers tell sums: it is the refund of just the sum that is missing, or else the last ones.
    """
    done = [one for one in reversed(of_payment(connection, payment_id)) if one.status == "done"]
    missing = sum(one.amount for one in done) - back
    failed: list[RefundRecord] = []
    for one in sorted(done, key=lambda one: one.amount != missing):
        if missing > 0:
            failed.append(_fail(connection, one, "came_back", now))
            missing -= one.amount
    return tuple(failed)


def find_settling(
    connection: sa.Connection, payment_id: str, sum_: int, since: datetime | None
) -> tuple[RefundRecord, ...]:
    """Return the refund of just this sum, or all that make it up, under way or refused by the provider since then."""
    every = [
        one
        for one in of_payment(connection, payment_id)
        if one.status == "requested"
        or (since and one.settled_at and one.settled_at >= since and one.status == "failed" and not one.failed_in_books)
    ]
    alike = next((one for one in every if one.amount == sum_), None)
    return (alike,) if alike is not None else tuple(every) if sum(one.amount for one in every) == sum_ else ()


def _fail(connection: sa.Connection, held: RefundRecord, failure: str, now: datetime) -> RefundRecord:
    failed: dict[str, Any] = {"status": "failed", "settled_at": now, "failure": failure}
    connection.execute(sa.update(refund).where(refund.c.id == held.id).values(**failed))
    return structs.replace(held, **failed)


def find_requester(connection: sa.Connection, refund_id: str) -> str:
    """Return who asked for a refund: an agent's id or `COMMAND`; empty for the seller's program."""
    return connection.execute(sa.select(refund.c.asked_by).where(refund.c.id == refund_id)).scalar() or ""


def is_money_left(connection: sa.Connection, held: RefundRecord) -> bool:
    """Return whether its money is there still: it wasn't given back elsewhere meanwhile, nor is it claimed."""
    of, others = record.get(connection, held.payment_id), of_payment(connection, held.payment_id)
    left = 0 if of is None else compute_refundable_amount(of, [one for one in others if one.id != held.id])
    return of is not None and of.disputed not in ("open", "lost") and left >= held.amount


def decide(connection: sa.Connection, held: RefundRecord, *, confirmed: bool, now: datetime) -> RefundRecord:
    """Note what another agent has decided on a refund that waits; the caller holds its order."""
    if not confirmed:
        return _fail(connection, held, "not_confirmed", now)
    connection.execute(sa.update(refund).where(refund.c.id == held.id).values(status="requested"))
    return structs.replace(held, status="requested")


def get(connection: sa.Connection, refund_id: str) -> RefundRecord | None:
    return next(iter(_found(connection, refund.c.id == refund_id)), None)


def of_payment(connection: sa.Connection, payment_id: str) -> list[RefundRecord]:
    return _found(connection, refund.c.payment_id == payment_id)


def of_order(connection: sa.Connection, order_id: str) -> list[RefundRecord]:
    """Return all refunds of an order, oldest first."""
    return _found(connection, refund.c.order_id == order_id)


class RefundsSeen(Struct, frozen=True):
    """A payment's refunds: `left`, the sum that can be asked for yet, and those that are under way or have failed.

    `asked_by`: the agents who asked for those that wait for another one, by id.
    """

    left: int
    open: list[RefundRecord]
    asked_by: dict[str, str]


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
            0 if of.disputed in ("open", "lost") else compute_refundable_amount(of, asked),
            [one for one in asked if one.status != "done"],
            {one.id: find_requester(connection, one.id) for one in asked if one.awaits_second},
        )
        for of in paid
        for asked in [[one for one in every if one.payment_id == of.id]]
    }


class OpenRefund(Struct, frozen=True):
    """A refund that a person has to see to. `asked_by`: as the function of that name tells it.

    `transfer`: the id of the transfer whose money is to be sent back; None: it waits for another agent.
    """

    of: RefundRecord
    order: OrderRecord
    asked_by: str
    transfer: str | None


_OPEN = (
    sa.select(*columns(refund, RefundRecord), refund.c.asked_by)
    .join(payment, payment.c.id == refund.c.payment_id)
    .where(sa.text("refund.status IN ('waits', 'requested')"))
    .where(sa.or_(refund.c.status == "waits", payment.c.provider == OFFLINE_PROVIDER))
    .order_by(refund.c.requested_at, refund.c.id)
)


def list_refunds_for_person(connection: sa.Connection, most: int) -> list[OpenRefund]:
    """Return refunds that wait for another agent, and those that a person sends from the seller's bank."""
    rows: list[tuple[Any, ...]] = [tuple(row) for row in connection.execute(_OPEN.limit(most))]
    found = [(RefundRecord(*row[:-1]), row[-1]) for row in rows]
    orders = {of.order_id: order_record.get(connection, of.order_id) for of, _ in found}
    return [
        OpenRefund(of, order, asked_by or "", None if of.awaits_second else f"{of.payment_id}-{of.attempt}")
        for of, asked_by in found
        if (order := orders[of.order_id]) is not None
    ]


def _found(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[RefundRecord]:
    query = sa.select(*columns(refund, RefundRecord)).where(where).order_by(refund.c.requested_at, refund.c.id)
    return [RefundRecord(*row) for row in connection.execute(query)]
