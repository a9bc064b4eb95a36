"""Comparison of the books with a provider, about the same money, and of services with the money they run by.

Here is only said what differs; whatever is mended goes the way of a provider's notice.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct

from services.keyed_hash import is_marked
from services.orders import order_record
from services.payments import notices, record, refunds
from services.payments.listing import TakenPayment
from services.payments.providers.base import Returned, State
from services.store.tables.orders import payment, payment_attempt, refund
from services.store.tables.subscriptions import subscription
from services.store.tables.subscriptions import subscription_extension as extension
from services.subscriptions import changes, renewed_together, subscription_record
from services.subscriptions.renewed_together import RUNNING
from services.subscriptions.subscription_record import FINAL, Subscription
from values.payment import OFFLINE_PROVIDER, Difference, DifferenceKind

LONG = timedelta(days=3)
"""So long a refund may be under way before somebody should look."""
SHOWN = timedelta(hours=1)
"""So long after a refund is done its provider may not count it yet."""
MOST = 100


class OpenBooks(Struct, frozen=True):
    """Books' account of an attempt. `back`: the refunds asked for here of its payment's money."""

    order: order_record.OrderRecord
    payment: record.PaymentRecord
    attempt: record.PaymentAttempt
    back: tuple[refunds.RefundRecord, ...]


def list_attempts_since(
    connection: sa.Connection, since: datetime, after: tuple[str, int], *, asked_too: bool
) -> Sequence[tuple[str, int]]:
    """Return the next attempts at providers, by payment and number, of what was made, paid or given back since then.

    `asked_too`: those, too, of which it was only asked what came back.
    """
    moved = [payment.c.created_at, payment.c.paid_at, payment_attempt.c.changed_at]
    moved += [payment.c.asked_at] if asked_too else []
    given_back = sa.exists().where(refund.c.payment_id == payment.c.id, refund.c.settled_at >= since)
    key = sa.tuple_(payment_attempt.c.payment_id, payment_attempt.c.n)
    asked = (
        sa.select(payment_attempt.c.payment_id, payment_attempt.c.n)
        .join(payment, payment.c.id == payment_attempt.c.payment_id)
        .where(payment_attempt.c.provider != OFFLINE_PROVIDER, payment.c.amount > 0)
        .where(
            sa.or_(given_back, *(at >= since for at in moved)), key > sa.tuple_(*(sa.literal(part) for part in after))
        )
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
    elif (done := sum(one.amount for one in books.back if _is_shown(one, now))) > refunded:
        yield _differs("refund_undone", books, done, refunded)
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


def find_unbooked(connection: sa.Connection, provider: str, listed: Sequence[TakenPayment]) -> Iterator[Difference]:
    """Yield the attempts of whose money more was given back, by the provider's whole list, than is booked."""
    sums = Counter[tuple[str, int]]()
    for one in listed:
        told = one.payment_ref or notices.reference_told_with(connection, provider, one.provider_ref) or ""
        sums[record.read_reference(told) or ("", 0)] += one.amount
    for (payment_id, n), sum_ in sums.items():
        books = open_books(connection, payment_id, n)
        if books is None or (of := books.payment).refunded_amount >= sum_:
            continue
        if books.attempt.status == "paid":
            yield _differs("refunds_differ", books, of.refunded_amount, min(sum_, of.amount))
        elif books.attempt.status not in (*record.MONEY_CAME, "mismatch"):
            yield _differs("paid_there", books, 0, of.amount)


def find_unfounded(connection: sa.Connection, since: datetime, *, whole_ends: bool) -> Iterator[Difference]:
    """Yield what runs or renews by money that went back or was claimed since then, and charges for what had ended.

    `whole_ends`: by the seller's rule a refund of the whole sum ends the service.
    """
    back = sa.or_(payment.c.refunded_amount >= payment.c.amount, payment.c.disputed.in_(("open", "lost")))
    moved = (payment.c.asked_at >= since, payment.c.paid_at.is_not(None), payment.c.amount > 0, back)
    for row in connection.execute(sa.select(*record.PAYMENT).where(*moved).order_by(payment.c.id)).mappings().all():
        yield from _still_running(connection, record.PaymentRecord(**row), whole_ends=whole_ends)
    charged = (payment_attempt.c.stored_id.is_not(None), payment_attempt.c.changed_at >= since)
    charged += (payment_attempt.c.status.in_((*record.UNDER_WAY, "paid")),)
    names = sa.select(payment_attempt.c.payment_id, payment_attempt.c.n).where(*charged)
    for name in connection.execute(names.order_by(payment_attempt.c.payment_id, payment_attempt.c.n)).all():
        books = open_books(connection, *name)
        if books is not None and any(_is_unfounded(connection, item.renews, books) for item in books.order.items):
            yield _differs("charged_after_end", books, "ended", books.payment.amount)


def find_left_over(connection: sa.Connection, addons: Collection[str]) -> Iterator[Difference]:
    """Yield what runs or renews now without its ground: add-ons without a plan, and seats whose money is back.

    `addons`: the seller's. One whose order doesn't name its plan is told, too, where none of the company's goes on.
    """
    other = subscription.alias("other")
    running = [table.c.status.in_(RUNNING) for table in (subscription, other)]
    goes_on = sa.or_(other.c.auto_renewal, other.c.ends_at > subscription.c.ends_at)
    beside = (other.c.order_id == subscription.c.order_id, other.c.product.not_in(addons), running[1], goes_on)
    alone = (subscription.c.product.in_(addons), running[0], ~sa.exists().where(*beside))
    for id in (
        connection.execute(sa.select(subscription.c.id).where(*alone).order_by(subscription.c.id)).scalars().all()
    ):
        if (of := subscription_record.get(connection, id)) is not None:
            yield from _without_plan(connection, of, addons)
    is_back = sa.or_(payment.c.refunded_amount >= payment.c.amount, payment.c.disputed.in_(("open", "lost")))
    changed = (
        sa.select(extension.c.subscription_id, extension.c.order_id, payment.c.id)
        .join(payment, payment.c.order_id == extension.c.order_id)
        .join(subscription, subscription.c.id == extension.c.subscription_id)
        .where(extension.c.from_end == extension.c.to_end, payment.c.paid_at.is_not(None), payment.c.amount > 0)
        .where(is_back, running[0], subscription.c.auto_renewal)
    )
    for id, order_id, payment_id in connection.execute(changed.order_by(payment.c.id)).all():
        of, order = subscription_record.get(connection, id), order_record.get(connection, order_id)
        back = record.get(connection, payment_id)
        if of is None or order is None or back is None:
            continue
        if changes.is_renewed_unpaid(connection, of, order, back.asked_at, record.is_all_money_back):
            theirs = "refunded" if back.all_back else "disputed"
            about = (back.provider, of.id, back.id, 0, order.number, back.currency, "renews")
            yield Difference("seats_refunded", *about, theirs, back.asked_at or back.created_at)


def _without_plan(connection: sa.Connection, of: Subscription, addons: Collection[str]) -> Iterator[Difference]:
    plan, terms = renewed_together.find_plan(connection, of), subscription_record.terms(connection, of.account_id)
    term, others = terms.get(of.id), subscription_record.of_account(connection, of.account_id)
    if plan is not None:
        instead = any(s.status in RUNNING and renewed_together.replaces_term(connection, s, plan) for s in others)
        left = renewed_together.is_left_behind(connection, of) and (of.auto_renewal or not instead)
    else:
        mine = (s for s in others if s.product not in addons and s.status in RUNNING)
        company = [s for s in mine if term is None or s.id not in terms or terms[s.id].company_id == term.company_id]
        left = of.auto_renewal and not any(s.auto_renewal or s.ends_at != of.ends_at for s in company)
    order = order_record.get(connection, term.order_id) if term is not None else None
    if not left or order is None:
        return
    paid = next(reversed(record.of_order(connection, order.id)), None)
    named = (paid.provider if paid is not None else "", of.id, paid.id if paid is not None else "", 0)
    states = "renews" if of.auto_renewal else "runs", "ended" if plan is None or plan.status == "ended" else "stopped"
    since = plan.ends_at if plan is not None and plan.status == "ended" else None
    yield Difference("addon_without_plan", *named, order.number, order.currency, *states, since or of.created_at)


def _still_running(connection: sa.Connection, of: record.PaymentRecord, *, whole_ends: bool) -> Iterator[Difference]:
    order = order_record.get(connection, of.order_id)
    if order is None:
        return
    paid = [one for one in record.of_order(connection, order.id) if one.paid_at is not None and one.amount]
    ends = whole_ends and of.disputed not in ("open", "lost") and all(one.all_back for one in paid)
    terms = subscription_record.terms(connection, order.account_id)
    for given in subscription_record.of_order(connection, order.id):
        term = terms.get(given.id)
        if given.status in ("active", "grace") and term is not None and term.order_id == order.id:
            renews = _renews(given) and record.is_all_money_back(connection, order.id)
            if ends or renews:
                theirs = "refunded" if of.all_back else "disputed"
                about = (of.provider, given.id, of.id, 0, order.number, of.currency, "renews" if renews else "runs")
                yield Difference("service_unpaid", *about, theirs, of.asked_at or of.created_at)


def _renews(of: Subscription) -> bool:
    return of.auto_renewal and of.end_reason not in FINAL


def _is_unfounded(connection: sa.Connection, renewed: str | None, books: OpenBooks) -> bool:
    """Return whether the desk has charged for what had ended for good before, or for an add-on without its plan."""
    of = subscription_record.get(connection, renewed) if renewed is not None else None
    if of is None or of.ends_at is None:
        return False
    with_plan = any(_is_plan(connection, item.renews) for item in books.order.items)
    if not with_plan and renewed_together.is_left_behind(connection, of, _term_begun(connection, of, books.order.id)):
        return True
    if of.status != "ended":
        return False
    return of.end_reason in (*FINAL, "cancelled") and of.ends_at <= books.attempt.created_at


def _is_plan(connection: sa.Connection, renewed: str | None) -> bool:
    of = subscription_record.get(connection, renewed) if renewed is not None else None
    return of is not None and renewed_together.find_plan(connection, of) is None


def _term_begun(connection: sa.Connection, of: Subscription, order_id: str) -> datetime | None:
    """Return when the term begins that the order is for: its present end, where its money isn't booked."""
    put_off = (extension.c.subscription_id == of.id, extension.c.order_id == order_id)
    return connection.execute(sa.select(extension.c.from_end).where(*put_off)).scalar() or of.ends_at


def _is_shown(of: refunds.RefundRecord, now: datetime) -> bool:
    return of.status == "done" and of.settled_at is not None and of.settled_at + SHOWN <= now


def _is_long(books: OpenBooks, now: datetime) -> bool:
    return books.attempt.changed_at + LONG <= now


def _differs(kind: DifferenceKind, books: OpenBooks, ours: int | str, theirs: int | str) -> Difference:
    of, known = books.payment, books.attempt
    named = (known.provider, known.provider_ref or known.reference, of.id, known.n, books.order.number, of.currency)
    return Difference(kind, *named, ours, theirs, known.changed_at)
