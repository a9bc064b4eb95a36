"""Attempts: what happens between the opening of our payment link and the provider's answer.

An attempt is noted before it is registered at the provider, so that a notice always finds it, and one asked for again
after a crash is registered under the same name.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from services.orders.order_record import OrderRecord
from services.payments import book, questions, record
from services.payments.book import NotPayable
from services.payments.record import AttemptStatus, PaymentAttempt, PaymentRecord
from services.store.tables.orders import payment_attempt
from values.payment import OFFLINE_PROVIDER

MOST_CODES = 20
"""Attempts of one payment after which no code is taken for it: its page still is a way to pay."""
CODE_HOLDS = timedelta(hours=1)
"""A code whose provider couldn't be asked for so long holds nobody up; its money, if it comes, is an overpayment."""


class ToPay(Struct, frozen=True):
    """The attempt that the customer is led to. Its `redirect_url` is None until it has been registered."""

    order: OrderRecord
    payment: PaymentRecord
    attempt: PaymentAttempt

    @property
    def method(self) -> str:
        """The method of the attempt."""
        return self.attempt.method or self.payment.method


class PayersWay(Struct, frozen=True):
    """The method that somebody else chose by the page that was passed on to them, and who takes it."""

    method: str
    provider: str


class Failed(Struct, frozen=True):
    """The payment has failed with this attempt; the customer may try again or choose another method."""

    order: OrderRecord
    payment: PaymentRecord


class Ignored(Struct, frozen=True):
    """Nothing was moved: known already, overtaken by a newer attempt or by the money itself."""

    reason: Literal["unknown", "repeated", "overtaken"]


def open_attempt(
    connection: sa.Connection,
    *,
    payment_id: str,
    good_for: timedelta,
    now: datetime,
    passed_on: bool = False,
    way: PayersWay | None = None,
) -> ToPay | NotPayable:
    """Return the attempt that the payment link leads to, or the page that was `passed_on`, there by its payer's `way`.

    That is the attempt under way, or the next one if there is none that is younger than `good_for`. Neither the
    customer nor whoever pays for them is led to the other's.

    A failed payment is pending again by this.
    """
    found = _payable(connection, payment_id, now)
    if isinstance(found, NotPayable):
        return found
    order, of, earlier = found
    chosen = way if way is not None and way.method != of.method else None
    wanted = passed_on, chosen.method if chosen is not None else None
    last = next((one for one in reversed(earlier) if (one.passed_on, one.method) == wanted), None)
    if last is None or last.status not in ("created", "pending") or last.created_at + good_for <= now:
        last = open_next_attempt(connection, of, earlier, now, passed_on=passed_on, way=chosen)
    return ToPay(order, of, last)


def claim_for_code(connection: sa.Connection, *, payment_id: str, now: datetime) -> ToPay | NotPayable:
    """Return an attempt for the code in the caller's hands, which nobody else is given until it has ended.

    `charging` also once so many codes came to nothing that somebody may be guessing them.
    """
    found = _payable(connection, payment_id, now)
    if isinstance(found, NotPayable):
        return found
    order, of, earlier = found
    if len(earlier) >= MOST_CODES:
        return NotPayable("charging")
    return ToPay(order, of, open_next_attempt(connection, of, earlier, now, status="code_sent"))


def refuse_code(connection: sa.Connection, *, payment_id: str, n: int, refusal: str, now: datetime) -> bool:
    """Note why a code came to nothing, while its payment is awaited as before; False if it had ended."""
    record.lock(connection, payment_id)
    known = record.attempt(connection, payment_id, n)
    if known is None or known.status != "code_sent":
        return False
    record.set_attempt(connection, known, now, status="failed", refusal=refusal)
    return True


def _payable(
    connection: sa.Connection, payment_id: str, now: datetime
) -> tuple[OrderRecord, PaymentRecord, list[PaymentAttempt]] | NotPayable:
    """Return the payment with its attempts, unless one of them is the desk's own or a code's, and under way."""
    opened = book.retry(connection, payment_id=payment_id, now=now)
    locked = record.lock(connection, payment_id)
    if isinstance(opened, NotPayable) or locked is None:
        return opened if isinstance(opened, NotPayable) else NotPayable("unknown")
    earlier = record.attempts_of(connection, payment_id)
    for last in (one for one in earlier[-1:] if one.status in record.UNDER_WAY):
        if last.stored_id is not None or (last.status == "code_sent" and last.created_at + CODE_HOLDS > now):
            return NotPayable("charging")
    return *locked, earlier


def register_answer(
    connection: sa.Connection, *, payment_id: str, n: int, provider_ref: str, redirect_url: str | None, now: datetime
) -> PaymentAttempt | None:
    """Note the provider's answer. If two asked at once the first answer stays; the attempt as it is now is given."""
    if record.lock(connection, payment_id) is None:
        return None
    known = record.attempt(connection, payment_id, n)
    if known is not None and known.redirect_url is None:
        status = "pending" if known.status == "created" else known.status
        record.set_attempt(connection, known, now, status=status, provider_ref=provider_ref, redirect_url=redirect_url)
    return record.attempt(connection, payment_id, n)


def drop_attempt(connection: sa.Connection, *, payment_id: str, n: int, now: datetime) -> None:
    """Give up an attempt that can't be registered, so that the next opening takes another; one registered stays."""
    if record.lock(connection, payment_id) is None:
        return
    known = record.attempt(connection, payment_id, n)
    if known is not None and known.status == "created":
        record.set_attempt(connection, known, now, status="dropped")


def fail_attempt(connection: sa.Connection, *, payment_id: str, n: int, now: datetime) -> Failed | Ignored:
    """Note that the provider gave the attempt up. Money outranks failure, a newer attempt outranks an older one."""
    locked = record.lock(connection, payment_id)
    known = record.attempt(connection, payment_id, n)
    if locked is None or known is None:
        return Ignored("unknown")
    if known.status == "failed":
        return Ignored("repeated")
    if known.status not in ("created", "pending", "dropped"):
        return Ignored("overtaken")
    record.set_attempt(connection, known, now, status="failed")
    order, of = locked
    if of.status != "pending" or record.attempts_of(connection, payment_id)[-1].n != n:
        return Ignored("overtaken")
    record.set_status(connection, payment_id, "failed")
    fresh = record.get(connection, payment_id)
    return Ignored("unknown") if fresh is None else Failed(order, fresh)


def by_reference(connection: sa.Connection, payment_ref: str) -> PaymentAttempt | None:
    """Return the attempt that a provider calls by the name we gave it."""
    named = record.read_reference(payment_ref)
    return None if named is None else record.attempt(connection, *named)


def by_provider_ref(connection: sa.Connection, provider: str, provider_ref: str) -> PaymentAttempt | None:
    """Return the attempt that a provider calls by its own name."""
    row = connection.execute(
        sa.select(payment_attempt)
        .where(payment_attempt.c.provider == provider, payment_attempt.c.provider_ref == provider_ref)
        .limit(1)
    ).mappings()
    found = row.first()
    return None if found is None else PaymentAttempt(**found)


def open_next_attempt(
    connection: sa.Connection,
    of: PaymentRecord,
    earlier: Sequence[PaymentAttempt],
    now: datetime,
    stored_id: str | None = None,
    status: AttemptStatus = "created",
    *,
    passed_on: bool = False,
    way: PayersWay | None = None,
) -> PaymentAttempt:
    """Open the next attempt. The caller holds the order."""
    n = earlier[-1].n + 1 if earlier else 1
    provider, method = (of.provider, None) if way is None else (way.provider, way.method)
    open_ = (None, None, status, None, None, now, now)
    made = PaymentAttempt(of.id, n, provider, *open_, stored_id, None, passed_on, method)
    connection.execute(
        sa.insert(payment_attempt).values(
            payment_id=made.payment_id,
            n=n,
            provider=made.provider,
            status=made.status,
            created_at=now,
            changed_at=now,
            stored_id=stored_id,
            passed_on=passed_on,
            method=method,
        )
    )
    if of.provider != OFFLINE_PROVIDER and of.amount:
        questions.plan_comparison(connection, now)
    return made
