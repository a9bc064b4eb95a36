"""Money: what a provider says that it took is booked once, and what comes twice goes back.

The first right sum pays the order, whether its payment was pending, failed, expired or cancelled; the service begins
with it. Where another order has taken its place since, the money goes back: a second term is sold to nobody by a late
bank. Any other sum is kept as a mismatch for a person to look at. Each attempt is moved forward only, so the same
news again changes nothing.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct

from services.orders import order_record, trials
from services.orders.order_record import OrderRecord
from services.payments import book, methods, questions, record, unproven
from services.payments.record import PaymentAttempt, PaymentRecord
from services.store.tables.accounts import account
from services.store.tables.orders import payment, sales_order
from services.subscriptions import changes, subscription_record, subscriptions, unbegun
from values.payment import StoredMethod, is_offline


class Booked(Struct, frozen=True):
    """An order paid now, for the first time."""


class Duplicate(Struct, frozen=True):
    """This money is known; nothing was done."""


class Overpaid(Struct, frozen=True):
    """Money for something already paid, or for an order in whose place another was paid: it must be given back."""

    order_number: str
    amount: int
    currency: str


class Mismatch(Struct, frozen=True):
    """Not the sum or currency that is owed, or a trial not to be had; not booked. `first_time`: not the same again."""

    first_time: bool


class UnknownPaymentNotice(Struct, frozen=True):
    """There is no such attempt: nobody asked for this money."""


KEPT_WITHIN = timedelta(hours=1)
_PAID_SINCE = (
    sa.select(sales_order.c.id)
    .where(
        sales_order.c.account_id == sa.bindparam("of"),
        sales_order.c.status == "paid",
        sales_order.c.placed_at > sa.bindparam("since"),
    )
    .limit(1)
)
_CLOSED = sa.select(account.c.id).where(account.c.id == sa.bindparam("of"), account.c.status == "closed")
_PAYABLE = (
    sa.select(payment.c.id)
    .where(
        payment.c.order_id == sa.bindparam("order"),
        payment.c.status.in_(("pending", "failed")),
        payment.c.expires_at > sa.bindparam("now"),
    )
    .limit(1)
)


def book_paid(
    connection: sa.Connection, *, payment_id: str, attempt: int, amount: int, currency: str, now: datetime
) -> Booked | Duplicate | Overpaid | Mismatch | UnknownPaymentNotice:
    """Book what the provider confirmed to have taken for an attempt, in minor units."""
    locked = record.lock(connection, payment_id)
    known = record.attempt(connection, payment_id, attempt)
    if locked is None or known is None:
        return UnknownPaymentNotice()
    order, owed = locked
    if known.status in record.MONEY_CAME:
        return Duplicate()
    if amount != owed.amount or currency.upper() != owed.currency.upper():
        repeated = (known.status, known.received, known.received_currency) == ("mismatch", amount, currency)
        record.set_attempt(connection, known, now, status="mismatch", received=amount, received_currency=currency)
        return Mismatch(first_time=not repeated)
    # Paid once, even if that money went back since: whoever returned it has ended the order.
    over = order.paid_at is not None or is_order_replaced(connection, order, now)
    if over or (order.trial and trials.is_lost(connection, order.id)):
        status = "failed" if order.trial else "refund_due"  # nothing was paid for a trial
        record.set_attempt(connection, known, now, status=status, received=amount, received_currency=currency)
        return Mismatch(first_time=False) if order.trial else Overpaid(order.number, amount, currency)
    _pay(connection, order, owed, known, now)
    return Booked()


def book_refund(connection: sa.Connection, *, payment_id: str, attempt: int, now: datetime) -> str | None:
    """Note that money which wasn't owed went back in full; return its order's number.

    None if there was none, or it had gone back before. What was owed is booked by `returned.py`.
    """
    locked = record.lock(connection, payment_id)
    known = record.attempt(connection, payment_id, attempt)
    if locked is None or known is None or known.status != "refund_due":
        return None
    order, of = locked
    record.set_attempt(connection, known, now, status="refunded")
    if of.status != "paid":
        record.set_status(connection, payment_id, "refunded")
    if of.paid_at is None:
        record.set_back(connection, of.id, refunded=of.amount, disputed=None, at=now)
    return order.number


def _pay(
    connection: sa.Connection, order: OrderRecord, owed: PaymentRecord, known: PaymentAttempt, now: datetime
) -> None:
    record.set_attempt(connection, known, now, status="paid", received=owed.amount, received_currency=owed.currency)
    # First away with any other that is open, for an order has one payment that is pending or paid.
    book.cancel_open(connection, order.id)
    record.set_status(connection, owed.id, "paid", now)
    if known.method is not None:
        record.set_way(connection, owed.id, known.method, known.provider)
    order_record.set_paid(connection, order.id, now)
    again = any(of.status != "pending" for of in subscription_record.of_order(connection, order.id))
    subscriptions.activate(connection, order, now)
    if again:  # another's money had paid it by mistake, and what it gave went with that
        unbegun.begin_after_all(connection, order, now)
        subscriptions.allow_renewal(connection, order.id, "refunded", None)
    if any(item.adds is not None for item in order.items):
        changes.add(connection, order, now)
        changes.renew_what_is_paid(connection, order, record.is_all_money_back)
    if (paid := record.get(connection, owed.id)) is not None:
        questions.set_question_timer(connection, paid, now)
    unproven.plan(connection, account_id=order.account_id, payment_id=owed.id, now=now)
    _remember(connection, order, owed, known, now)


def _remember(
    connection: sa.Connection, order: OrderRecord, owed: PaymentRecord, known: PaymentAttempt, now: datetime
) -> None:
    """Make the method it was paid by the default: the stored one that was used, else its kind.

    Money that came by another's hand tells nothing of how the customer pays.
    """
    if is_offline(known.method or owed.method) or known.passed_on:
        return
    used = known.stored_id or owed.stored_id
    if used is None or not methods.set_default(connection, account_id=order.account_id, method_id=used):
        methods.save_default(connection, account_id=order.account_id, method=owed.method, now=now)


def store_way(
    connection: sa.Connection, *, payment_id: str, attempt: int, stored: StoredMethod, now: datetime
) -> methods.KeptMethodResult | None:
    """Put on file what the provider has stored with an attempt.

    None, and nothing is kept, where renewing by itself wasn't agreed to with the order, where the attempt isn't known
    or was another's, or where its money came so long ago that what was stored with it may have been forgotten since.
    """
    owed, known = record.get(connection, payment_id), record.attempt(connection, payment_id, attempt)
    order = order_record.get(connection, owed.order_id) if owed is not None else None
    if owed is None or known is None or order is None or not order.auto_renewal or known.passed_on:
        return None
    if known.status in record.MONEY_CAME and known.changed_at + KEPT_WITHIN < now:
        return None
    return methods.keep(
        connection,
        account_id=order.account_id,
        method=owed.method,
        provider=known.provider,
        stored=stored,
        payment_id=payment_id,
        now=now,
    )


def is_order_replaced(connection: sa.Connection, order: OrderRecord, now: datetime) -> bool:
    """Return whether another order was paid in the place of this one, which isn't wanted twice.

    In that of a cancelled one by the customer's next, and it isn't wanted once the account is closed; in that of a
    lapsed one by the next of the same company, where a renewal takes no place but that of the same product. A change of
    what is over, or was changed since, isn't wanted; nor, after its time, is one beside another wish for the next term.
    """
    payable = connection.execute(_PAYABLE, {"order": order.id, "now": now}).first() is not None
    if any(item.adds is not None for item in order.items):
        return changes.is_late(connection, order, lapsed=not payable)
    if order.status == "cancelled":
        later = {"of": order.account_id, "since": order.placed_at}
        gone = connection.execute(_CLOSED, {"of": order.account_id}).first() is not None
        return gone or connection.execute(_PAID_SINCE, later).first() is not None
    if payable:
        return False
    return any(_takes_place(other, order) for other in order_record.of_account(connection, order.account_id))


def _takes_place(other: OrderRecord, of: OrderRecord) -> bool:
    if other.status != "paid" or other.placed_at <= of.placed_at or other.company_id != of.company_id:
        return False
    if any(item.adds is not None for item in other.items):
        return False
    renews = any(item.renews is not None for item in (*other.items, *of.items))
    return not renews or bool({item.id for item in other.items} & {item.id for item in of.items})
