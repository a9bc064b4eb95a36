"""Charges: attempts that the desk makes by itself, with a stored way to pay, while the payer is away.

One is noted before the provider is asked, so that a repeat after a crash is made under the same name and takes nothing
twice. While it is under way the payment's link leads nowhere else: nobody is to pay what is being taken just now.
"""

from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from services.orders.order_record import OrderRecord
from services.payments import attempts, book, record
from services.payments.book import NotPayable
from services.payments.providers.base import Refusal


class StartedCharge(Struct, frozen=True):
    """The attempt to be made. `new`: it wasn't under way already."""

    order: OrderRecord
    payment: record.PaymentRecord
    attempt: record.PaymentAttempt
    new: bool


def begin(connection: sa.Connection, *, payment_id: str, stored_id: str, now: datetime) -> StartedCharge | NotPayable:
    """Open a charge as the payment's next attempt; one that is under way goes on as it is."""
    opened = book.retry(connection, payment_id=payment_id, now=now)
    locked = record.lock(connection, payment_id)
    if isinstance(opened, NotPayable) or locked is None:
        return opened if isinstance(opened, NotPayable) else NotPayable("unknown")
    order, of = locked
    earlier = record.attempts_of(connection, payment_id)
    if (running := find_running_charge(earlier)) is not None:
        return StartedCharge(order, of, running, new=False)
    return StartedCharge(order, of, attempts.open_next_attempt(connection, of, earlier, now, stored_id), new=True)


def find_running_charge(of_payment: list[record.PaymentAttempt]) -> record.PaymentAttempt | None:
    """Return the charge whose end nobody has told us, if that is how a payment stands."""
    last = of_payment[-1] if of_payment else None
    if last is None or last.stored_id is None or last.status not in record.UNDER_WAY:
        return None
    return last


def note_provider_name(connection: sa.Connection, *, payment_id: str, n: int, provider_ref: str, now: datetime) -> None:
    """Note the provider's name of a charge; one that hasn't ended is pending by this."""
    if record.lock(connection, payment_id) is None:
        return
    known = record.attempt(connection, payment_id, n)
    if known is not None:
        status = "pending" if known.status == "created" else known.status
        record.set_attempt(connection, known, now, status=status, provider_ref=provider_ref)


def note_refusal(
    connection: sa.Connection, *, payment_id: str, n: int, refusal: Refusal | None, now: datetime
) -> attempts.Failed | attempts.Ignored:
    """Note that a charge came to nothing, and why; None: it was never made, or nobody knows."""
    ended = attempts.fail_attempt(connection, payment_id=payment_id, n=n, now=now)
    known = record.attempt(connection, payment_id, n)
    if known is not None and known.status == "failed" and refusal is not None:
        record.set_attempt(connection, known, now, status="failed", refusal=refusal)
    return ended


def needs_its_payer(connection: sa.Connection, *, order_id: str, stored_id: str) -> bool:
    """Return whether a charge of this order with that way was refused for want of its payer: then only a link helps."""
    return any(
        attempt.stored_id == stored_id and attempt.refusal == "needs_payer"
        for payment in record.of_order(connection, order_id)
        for attempt in record.attempts_of(connection, payment.id)
    )
