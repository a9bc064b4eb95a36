"""Timers by which providers are asked what came back of a payment's money, where no notice says so.

Each paid payment has one: nightly for as long as money comes back (`CLAIMABLE`), then once a week while its term runs;
before a charge it is asked anyway. Every payment has a time of day of its own, so that what was paid or charged in the
same minute isn't asked about in the same minute every night.
"""

import zlib
from datetime import datetime, timedelta

import sqlalchemy as sa

from services.payments import record
from services.store import timer_rows
from services.store.tables.core import timer
from services.store.tables.orders import payment, sales_order
from services.store.tables.subscriptions import subscription
from services.subscriptions import subscription_record
from values.payment import OFFLINE_PROVIDER

KIND = "money_back"
_OWNER = "payment:"
COMPARISON = "compare"
"""The nightly comparison's timer, which is that of all payments."""
COMPARED = timedelta(days=3)
"""What has moved for so long is compared each night: a provider that is away on one is asked on the next."""
_AT_NIGHT = timedelta(hours=3)
OFTEN, SELDOM = timedelta(days=1), timedelta(days=7)
#: PayPal takes refunds and claims for 180 days, banks claims for 120; Stripe alone gives back what is older.
CLAIMABLE = timedelta(days=180)
#: A refund that was done fails within a month, where its payer's bank sends it back.
SURE = timedelta(days=30)
_SPREAD = timedelta(hours=6)
_RUNNING = sa.select(subscription.c.account_id).where(subscription.c.status.in_(("active", "grace")))


def owner_of(payment_id: str) -> str:
    """Under what a payment's timer and questions are kept: no conversation has such an id."""
    return f"{_OWNER}{payment_id}"


def owned_by(owner: str) -> str | None:
    """Return the payment that a timer or a job is about, None for another's."""
    return owner.removeprefix(_OWNER) if owner.startswith(_OWNER) else None


def set_question_timer(connection: sa.Connection, of: record.PaymentRecord, now: datetime) -> None:
    """Set the payment's timer to its next question; none where nothing can come back any more."""
    if of.paid_at is None or not of.amount or of.provider == OFFLINE_PROVIDER or not _matters(connection, of, now):
        timer_rows.drop(connection, owner_of(of.id), KIND)
        return
    timer_rows.set_timer(connection, owner_of(of.id), KIND, _next(of, of.paid_at, now))


def plan_comparison(connection: sa.Connection, now: datetime) -> None:
    """Set the comparison to the coming night, unless one is set. A night on which nothing has moved sets no other."""
    if not timer_rows.due_at(connection, (_OWNER,), COMPARISON):
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        timer_rows.set_timer(connection, _OWNER, COMPARISON, midnight + timedelta(days=1) + _AT_NIGHT)


def plan_all(connection: sa.Connection, now: datetime) -> None:
    """Plan the payments of running terms that nobody has planned: they were paid before such questions were asked."""
    planned = sa.select(sa.func.substr(timer.c.conversation_id, len(_OWNER) + 1)).where(timer.c.kind == KIND)
    found = connection.execute(
        sa.select(*record.PAYMENT)
        .join(sales_order, sales_order.c.id == payment.c.order_id)
        .where(payment.c.status == "paid", payment.c.provider != OFFLINE_PROVIDER)
        .where(sales_order.c.account_id.in_(_RUNNING), payment.c.id.not_in(planned))
        .order_by(payment.c.id)
    ).mappings()
    for row in found.all():
        set_question_timer(connection, record.PaymentRecord(**row), now)


def find_paying_attempt(connection: sa.Connection, payment_id: str) -> record.PaymentAttempt | None:
    """Return the attempt with whose money the payment was paid; money that came twice and is back is another's."""
    known = record.attempts_of(connection, payment_id)
    return next((a for status in ("paid", "refunded") for a in known if a.status == status), None)


def _next(of: record.PaymentRecord, paid_at: datetime, now: datetime) -> datetime:
    """Return the next moment of this payment's own; the first comes within a day."""
    gap = OFTEN if of.disputed == "open" or now - paid_at < CLAIMABLE else SELDOM
    first = paid_at - timedelta(seconds=zlib.crc32(of.id.encode()) % _SPREAD.total_seconds())
    return first + ((now - first) // gap + 1) * gap


def _matters(connection: sa.Connection, of: record.PaymentRecord, now: datetime) -> bool:
    if of.disputed == "open" or (of.status == "paid" and of.paid_at is not None and now - of.paid_at < CLAIMABLE):
        return True
    if of.status != "paid":
        return of.status == "refunded" and of.asked_at is not None and now - of.asked_at < SURE
    given = [s for s in subscription_record.of_order(connection, of.order_id) if s.status in ("active", "grace")]
    by = subscription_record.terms(connection, given[0].account_id) if given else {}
    running = (by.get(s.id) for s in given)  # none of what was bought before the desk came: a renewal's money matters
    return any(term is None or term.order_id == of.order_id for term in running)
