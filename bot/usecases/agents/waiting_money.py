"""Acts on money that waits for a person: the same on a customer's card and on the page of all that waits."""

import re

from msgspec import Struct

from bot.conversation.port import UnitOfWork
from bot.usecases.agents.act_forms import ActNotDone, ActWanted
from bot.usecases.billing import refunds as refunding
from bot.usecases.billing.bookings import Bookings
from services.jobs.port import Outbox
from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.payments import refunds, transfers
from services.payments.slips import MOST_PARTS, PartNotPaid
from values.money import Money

_BETWEEN = re.compile(r"[\s,;]+")


class MoneyMoved(Struct, frozen=True):
    """An act that is done. `order`: whose customer it is about; `number`: the order that it names."""

    order: OrderRecord
    number: str
    sum: Money


def book_transfer(tx: UnitOfWork, bookings: Bookings, wanted: ActWanted) -> MoneyMoved:
    """Book a kept transfer for the order whose number is typed. Errors: LookupError, ActNotDone."""
    # Not locked yet: both orders are, in the sequence of their ids.
    known = transfers.get(tx.connection, wanted.of)
    if known is None:
        raise LookupError("no such transfer")
    order, sum_ = order_record.by_number(tx.connection, wanted.typed.strip()), _sum_of(known)
    if order is None:
        raise ActNotDone("no_order", sum_)
    wanted.confirm(sum_, order=order.number)
    moved = bookings.book_kept(tx, wanted.of, order, wanted.why)
    if moved is None:
        raise LookupError("no such transfer")
    if moved in ("booked", "returned", "split") or (not isinstance(moved, str) and moved.booked is None):
        raise ActNotDone("decided_before")
    if isinstance(moved, str):
        raise ActNotDone(moved, order.price.gross)
    return MoneyMoved(moved.told_for, order.number, sum_)


def split_transfer(tx: UnitOfWork, bookings: Bookings, wanted: ActWanted) -> MoneyMoved:
    """Pay the orders whose numbers are typed out of a kept transfer. Errors: LookupError, ActNotDone."""
    known, numbers = transfers.get(tx.connection, wanted.of), dict.fromkeys(_BETWEEN.split(wanted.typed.strip()))
    if known is None:
        raise LookupError("no such transfer")
    orders = [order for number in numbers if (order := order_record.by_number(tx.connection, number)) is not None]
    sum_ = _sum_of(known)
    if len(orders) < len(numbers) or len(orders) > MOST_PARTS:
        raise ActNotDone("no_order", sum_)
    left = sum_.minor - sum(order.price.gross.minor for order in orders)
    if left < 0:
        raise ActNotDone("too_little", Money(-left, sum_.currency))
    wanted.confirm(Money(left, sum_.currency), order=(named := ", ".join(order.number for order in orders)))
    try:
        made = bookings.split(tx, wanted.of, orders, wanted.why)
    except PartNotPaid:
        raise ActNotDone("already_paid", sum_) from None
    if made is None:
        raise LookupError("no such transfer")
    if isinstance(made, str):
        raise ActNotDone("decided_before" if made in ("booked", "returned", "split") else made, sum_)
    return MoneyMoved(made.told_for, named, sum_)


def unbook_transfer(tx: UnitOfWork, bookings: Bookings, wanted: ActWanted) -> MoneyMoved:
    """Take back a booking that was a slip. Errors: LookupError, ActNotDone."""
    known = transfers.get(tx.connection, wanted.of)
    if known is None:
        raise LookupError("no such transfer")
    wanted.confirm(_sum_of(known), order=known.order_number)
    taken = bookings.take_back(tx, wanted.of, wanted.why)
    if taken is None:
        raise LookupError("no such transfer")
    if isinstance(taken, str):
        raise ActNotDone("decided_before" if taken == "not_booked" else taken, _sum_of(known))
    return MoneyMoved(taken.back.order, known.order_number, _sum_of(known))


def note_sent_back(tx: UnitOfWork, outbox: Outbox, wanted: ActWanted) -> MoneyMoved:
    """Note that a transfer was sent back from the seller's bank: a kept one, or what is asked for of a booked one.

    Errors: LookupError, ActNotDone.
    """
    found = transfers.lock_order_of_transfer(tx.connection, wanted.of)
    if found is None:
        raise LookupError("no such transfer")
    order, known = found
    sum_ = _sum_of(transfers.describe(tx.connection, known))
    if known.status == "paid":
        asked = [one for one in refunds.of_payment(tx.connection, known.payment_id) if one.status == "requested"]
        sum_ = Money(sum(one.amount for one in asked), sum_.currency)
    if known.status in ("refunded", "dropped", "split") or not sum_.minor:
        raise ActNotDone("decided_before")
    wanted.confirm(sum_)
    refunding.note_returned(outbox, tx, wanted.of, wanted.why)
    return MoneyMoved(order, order.number, sum_)


def decide_refund(
    tx: UnitOfWork, outbox: Outbox, wanted: ActWanted, *, by: str, confirmed: bool, told: bool = False
) -> MoneyMoved:
    """Let a refund go that waits for another agent, or drop it. Errors: LookupError, ActNotDone."""
    held = refunds.get(tx.connection, wanted.of)
    order = order_record.get(tx.connection, held.order_id) if held is not None else None
    if held is None or order is None:
        raise LookupError("no such refund")
    sum_ = Money(held.amount, held.currency)
    if confirmed and held.awaits_second and refunds.find_requester(tx.connection, held.id) == by:
        raise ActNotDone("asked_yourself", sum_)
    wanted.confirm(sum_, reasoned=not confirmed)
    decided = refunding.decide(outbox, tx, order, held.id, by=by, confirmed=confirmed, told=told)
    if isinstance(decided, str):
        raise ActNotDone(decided, sum_)
    return MoneyMoved(order, order.number, sum_)


def _sum_of(of: transfers.ListedTransfer) -> Money:
    return Money(of.receipt.amount, of.receipt.currency)
