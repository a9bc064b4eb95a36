"""Comparison of the books with a provider, about the same money.

Here is only said what differs; whatever is mended goes the way of a provider's notice.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct

from services.keyed_hash import is_marked
from services.orders import order_record
from services.payments import record, refunds
from services.payments.listing import TakenPayment
from services.payments.providers.base import Returned, State
from services.store.tables.orders import payment, payment_attempt
from values.payment import OFFLINE_PROVIDER, Difference, DifferenceKind

LONG = timedelta(days=3)
"""So long a refund may be under way before somebody should look."""
MOST = 100


class OpenBooks(Struct, frozen=True):
    """Books' account of an attempt. `back`: the refunds asked for here of its payment's money."""

    order: order_record.OrderRecord
    payment: record.PaymentRecord
    attempt: record.PaymentAttempt
    back: tuple[refunds.RefundRecord, ...]


def names_since(
    connection: sa.Connection, since: datetime, after: tuple[str, int], *, asked_too: bool
) -> Sequence[tuple[str, int]]:
    """Return the next attempts at providers, by payment and number, of what was made or paid since then.

    `asked_too`: those, too, of which it was only asked what came back.
    """
    moved = [payment.c.created_at, payment.c.paid_at, payment_attempt.c.changed_at]
    moved += [payment.c.asked_at] if asked_too else []
    key = sa.tuple_(payment_attempt.c.payment_id, payment_attempt.c.n)
    asked = (
        sa.select(payment_attempt.c.payment_id, payment_attempt.c.n)
        .join(payment, payment.c.id == payment_attempt.c.payment_id)
        .where(payment_attempt.c.provider != OFFLINE_PROVIDER, payment.c.amount > 0)
        .where(sa.or_(*(at >= since for at in moved)), key > sa.tuple_(*(sa.literal(part) for part in after)))
    )
    found = connection.execute(asked.order_by(payment_attempt.c.payment_id, payment_attempt.c.n).limit(MOST))
    return [(row.payment_id, row.n) for row in found]


def open_books(connection: sa.Connection, payment_id: str, n: int) -> OpenBooks | None:
    """Read what is booked of an attempt; None for one that isn't there."""
    of, attempt = record.get(connection, payment_id), record.attempt(connection, payment_id, n)
    order = order_record.get(connection, of.order_id) if of is not None else None
    if of is None or attempt is None or order is None:
        return None
    back = [one for one in refunds.of_payment(connection, payment_id) if one.attempt == n]
    return OpenBooks(order, of, attempt, tuple(back))


def compare(books: OpenBooks, state: State | None, back: Returned, now: datetime) -> Iterator[Difference]:
    """Yield what differs. `state` is None where the provider has money under this name that isn't what was asked."""
    known, of = books.attempt, books.payment
    money_there = state is not None and state.status in ("paid", "refunded")
    if state is None or known.status == "mismatch":
        yield _differs("sums_differ", books, of.amount, known.received or "other")
    elif money_there and known.status not in record.MONEY_CAME:
        yield _differs("paid_there", books, 0, state.amount)
    elif known.status in record.MONEY_CAME and not money_there:
        yield _differs("paid_here", books, of.amount, 0)
    if known.status == "refund_due" and back.refunded < (known.received or of.amount) and _is_long(books, now):
        yield _differs("refund_waits", books, known.received or of.amount, back.refunded)
    if known.status not in ("paid", "refunded") or of.paid_at is None or not money_there:
        return
    refunded = min(back.refunded, of.amount)
    if known.status == "paid" and refunded != of.refunded_amount:
        yield _differs("refunds_differ", books, of.refunded_amount, refunded)
    elif any(one.status == "requested" and one.requested_at + LONG <= now for one in books.back):
        waiting = sum(one.amount for one in books.back if one.status == "requested")
        yield _differs("refund_waits", books, waiting, refunded)
    if back.disputed is not None and back.disputed != of.disputed:
        yield _differs("dispute_differs", books, of.disputed or "none", back.disputed)


def find_unknown(
    connection: sa.Connection, server_key: bytes, provider: str, taken: Sequence[TakenPayment]
) -> Iterator[Difference]:
    """Yield the money that was taken for this desk and that its books don't know; another desk's isn't looked for."""
    for one in taken:
        payment_id, n = record.read_reference(one.payment_ref) or ("", 0)
        if not is_marked(server_key, payment_id) or record.attempt(connection, payment_id, n) is not None:
            continue
        of = record.get(connection, payment_id)
        order = order_record.get(connection, of.order_id) if of is not None else None
        named = (provider, one.provider_ref, payment_id, n, order.number if order is not None else "", one.currency)
        yield Difference("unknown_here", *named, 0, one.amount, one.begun_at)


def _is_long(books: OpenBooks, now: datetime) -> bool:
    return books.attempt.changed_at + LONG <= now


def _differs(kind: DifferenceKind, books: OpenBooks, ours: int | str, theirs: int | str) -> Difference:
    of, known = books.payment, books.attempt
    named = (known.provider, known.provider_ref or known.reference, of.id, known.n, books.order.number, of.currency)
    return Difference(kind, *named, ours, theirs, known.changed_at)
