"""Slips and sums put right: a booking taken back, and a kept transfer split among the orders that it was meant for.

What a slip has given goes the way of a refund in full (`returned.py`); the money is kept again with the order for which
it was told first. A part has the reference of the whole with a number behind, so that a statement read again knows all.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import Struct, structs

from services.einvoicing import issued_invoices
from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.payments import deadlines, matching, record, refunds, returned, transfers
from services.payments.matching import NotMoved
from services.payments.providers.base import Returned
from services.payments.record import AttemptStatus, PaymentAttempt, PaymentRecord
from services.payments.returned import BookedBack
from services.payments.transfers import ListedTransfer, TransferBooked
from services.store.statements import Window
from services.store.tables.orders import payment_attempt
from services.subscriptions import subscription_record

NotTakenBack = Literal["not_booked", "refunded", "ended", "invoiced"]  # refunded: or asked for
NotSplit = NotMoved | Literal["too_little"]
MOST_PARTS = 20
_MOST_PAPERS = 200


class PartNotPaid(Exception):
    """One of the orders took another's place as it was paid: all is to be undone, as if nothing had been asked for."""


class BookingTakenBack(Struct, frozen=True):
    """A transfer whose booking was a slip. `was`: with the order that it paid; `now`: as it is kept again."""

    was: ListedTransfer
    now: ListedTransfer
    told_for: OrderRecord
    back: BookedBack


class PartBooked(Struct, frozen=True):
    """A part of a transfer, which pays an order."""

    now: ListedTransfer
    booked: TransferBooked


class TransferSplit(Struct, frozen=True):
    """A transfer in parts. `rest`: what no order owes, kept for a person to send back."""

    was: ListedTransfer
    told_for: OrderRecord
    parts: tuple[PartBooked, ...]
    rest: ListedTransfer | None


def unbook_transfer(
    connection: sa.Connection,
    transfer_id: str,
    now: datetime,
    *,
    until: datetime,
    methods: Sequence[str],
    whole_ends: bool,
) -> BookingTakenBack | NotTakenBack | None:
    """Keep a transfer again that was booked by mistake; return why it stays booked, None if there is no such transfer.

    The order that it paid can be paid again, `until` then, by one of the seller's `methods`. `whole_ends`: the service
    that it gave ends at once, else with its term.
    """
    told = _told_first(connection, transfer_id)
    origin = record.get(connection, told.payment_id) if told is not None else None
    found = matching.lock_with_orders(connection, transfer_id, () if origin is None else (origin.order_id,))
    of = record.get(connection, found[1].payment_id) if found is not None else None
    if found is None or of is None:
        return None
    order, known = found
    if (why := _why_it_stays(connection, order, of, known)) is not None:
        return why
    was, said = transfers.describe(connection, known), Returned(of.amount)
    back = returned.book_back(
        connection,
        payment_id=of.id,
        attempt=known.n,
        said=said,
        asked_at=now,
        now=now,
        whole_ends=whole_ends,
    )
    assert back is not None, "none of it is back yet"
    if told is not None:
        record.set_attempt(connection, known, now, status="dropped")
    record.set_attempt(connection, told or known, now, status="kept")
    _await_again(connection, order, of, until, methods, now)
    told_for = order_record.lock(connection, origin.order_id) if origin is not None else order
    return BookingTakenBack(was, transfers.describe(connection, told or known), told_for, back)


def _await_again(
    connection: sa.Connection,
    order: OrderRecord,
    of: PaymentRecord,
    until: datetime,
    methods: Sequence[str],
    now: datetime,
) -> None:
    """Let the order be owed again, by the way that its customer had chosen where the seller takes no transfers."""
    chosen = [one for one in record.of_order(connection, order.id) if one.method in methods]
    by = of if of.method in methods or not chosen else chosen[-1]
    order_record.set_unpaid(connection, order.id, by.method)
    record.set_unpaid(connection, of.id, "pending" if by is of else "failed", until)
    record.set_way(connection, of.id, by.method, by.provider)
    deadlines.set_deadline_timer(connection, structs.replace(of, method=by.method, expires_at=until), now)


def _why_it_stays(
    connection: sa.Connection, order: OrderRecord, of: PaymentRecord, known: PaymentAttempt
) -> NotTakenBack | None:
    if of.refunded_amount or any(one.status != "failed" for one in refunds.of_payment(connection, of.id)):
        return "refunded"
    if known.status != "paid":
        return "not_booked"
    if any(one.status == "ended" for one in subscription_record.of_order(connection, order.id)):
        return "ended"
    papers = issued_invoices.list_invoices(connection, Window(_MOST_PAPERS), order_number=order.number)
    # Corrections count by what they change.
    stands = sum(one.issued.gross for one in papers if one.issued.kind != "pro_forma")
    return "invoiced" if stands > 0 else None


def split_transfer(
    connection: sa.Connection,
    transfer_id: str,
    orders: Sequence[OrderRecord],
    opening: Callable[[str, str], dict[str, Any]],
    now: datetime,
) -> TransferSplit | NotSplit | None:
    """Pay each of the orders what it owes out of a kept transfer; return why nothing is changed, None if unknown.

    The one that was placed first is paid first: a later one might take its place. `opening`: what a payment is opened
    with, by an order's number and the part's reference. Errors: PartNotPaid.
    """
    found = matching.lock_with_orders(connection, transfer_id, [one.id for one in orders])
    if found is None:
        return None
    told_for, known = found
    was = transfers.describe(connection, known)
    if transfers.word_status(known.status) != "kept" or known.status == "dropped":
        return "returned" if known.status == "refunded" else "split" if known.status == "split" else "booked"
    owed = sorted((order_record.lock(connection, one.id) for one in orders), key=lambda one: one.placed_at)
    left = was.receipt.amount - sum(one.price.gross.minor for one in owed)
    for one in owed:
        unpaid = matching.why_unpaid(connection, one, one.price.gross.minor, was.receipt.currency, now)
        if unpaid is not None:
            return unpaid
    if left < 0:
        return "too_little"
    record.set_attempt(connection, known, now, status="split")
    names = [f"{was.receipt.reference} ({n})" for n in range(1, len(owed) + 2)]
    parts = tuple(
        _book_part(connection, None if one.id == told_for.id else known, one, name, opening(one.number, name))
        for one, name in zip(owed, names, strict=False)
    )
    rest = _note_part(connection, known, names[-1], left, "kept", now) if left else None
    return TransferSplit(was, told_for, parts, transfers.describe(connection, rest) if rest is not None else None)


def _book_part(
    connection: sa.Connection, beside: PaymentAttempt | None, order: OrderRecord, reference: str, opened: dict[str, Any]
) -> PartBooked:
    """Pay an order with a part; `beside` the whole stands that it was booked for another order than it was told for.

    Errors: PartNotPaid.
    """
    gross = order.price.gross
    part: dict[str, Any] = {"order_number": order.number, "reference": reference, "by_person": True}
    part |= {"amount": gross.minor, "currency": gross.currency}
    if beside is not None:
        whole = _note_part(connection, beside, reference, gross.minor, "dropped", opened["now"])
        part["moved_from"] = whole.reference
    booked = transfers.book_transfer(connection, **part, **opened)
    if not isinstance(booked, TransferBooked):
        raise PartNotPaid(order.number)
    return PartBooked(booked.transfer, booked)


def _told_first(connection: sa.Connection, transfer_id: str) -> PaymentAttempt | None:
    """Return the transfer as which this one was first told, where a person has moved it from there."""
    moved = record.find_attempt(connection, transfer_id)
    return None if moved is None or moved.moved_from is None else record.find_attempt(connection, moved.moved_from)


def _note_part(
    connection: sa.Connection, of: PaymentAttempt, reference: str, sum_: int, status: AttemptStatus, now: datetime
) -> PaymentAttempt:
    """Note a part of a transfer beside the whole, at a moment of its own, by which a letter about it finds it."""
    n = max(known.n for known in record.attempts_of(connection, of.payment_id)) + 1
    at = now + timedelta(microseconds=n)
    made = structs.replace(of, n=n, provider_ref=reference, received=sum_, status=status, created_at=at, changed_at=now)
    made = structs.replace(made, digest=None, moved_from=None)
    connection.execute(sa.insert(payment_attempt).values(**structs.asdict(made)))
    return made
