"""Money that came back to its payer: refunds made at the provider, and disputes.

Booked from the provider's own answer alone, never from a notice. The answers to two questions may come in the wrong
order: what was asked earlier than what is booked says nothing. A whole sum that is back, or a dispute opened, switches
off the renewal of the term that it paid for; a term that has begun runs to its end unless the seller's rule ends it,
one that hasn't doesn't begin, and what was withdrawn from is over (`docs/decisions/withdrawals-and-refunds.md`).
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from services.orders import contract_over
from services.orders.order_record import OrderRecord
from services.payments import money, record, refunds
from services.payments.providers.base import Dispute, Returned
from services.payments.record import PaymentAttempt, PaymentRecord
from services.subscriptions import changes, renewed_together, subscription_record, subscriptions, unbegun


class BookedBack(Struct, frozen=True):
    """The changes that an answer has made, with the payment as it stands now.

    `back`: the sum that came back since the answer before, in minor units, negative where a refund has failed.
    `dispute`: its state, where that is news. `owed`: the money paid the order; else it wasn't owed, or was gone before
    it could be booked. `stopped`: what isn't renewed any more; with a dispute that was won, what the customer may have
    renewed again. `fewer`: what is another number or plan, now or with its next term, as a
    change isn't paid for. `undone`: refunds of the desk's that were done, and have failed. `since`: when the answer
    before was asked for.
    """

    order: OrderRecord
    payment: PaymentRecord
    attempt: int
    back: int
    dispute: Dispute | None = None
    owed: bool = True
    stopped: tuple[subscription_record.Subscription, ...] = ()
    fewer: tuple[subscription_record.Subscription, ...] = ()
    undone: tuple[refunds.RefundRecord, ...] = ()
    since: datetime | None = None

    @property
    def whole(self) -> bool:
        """Return whether the last of the sum came back just now."""
        return self.owed and self.back > 0 and self.payment.all_back


def book_back(
    connection: sa.Connection,
    *,
    payment_id: str,
    attempt: int,
    said: Returned,
    asked_at: datetime,
    now: datetime,
    whole_ends: bool = False,
) -> BookedBack | None:
    """Book what the provider says of an attempt's money; None where it says nothing new.

    `whole_ends`: with a refund of the whole sum the service ends, too.
    Money that isn't booked yet is left to `money.book_paid`, unless all of it is gone already.
    """
    locked = record.lock(connection, payment_id)
    known = record.attempt(connection, payment_id, attempt)
    if locked is None or known is None or not locked[1].amount:
        return None
    order, of = locked
    match known.status:
        # One that is back while the payment's own money isn't paid nothing: its refund is booked, and told again.
        case "paid" | "refunded" if of.paid_at is not None and (known.status == "paid" or of.all_back):
            return _of_paid(connection, order, of, known, said, asked_at, now, whole_ends=whole_ends)
        case "refund_due" if said.refunded >= (known.received or of.amount):
            money.book_refund(connection, payment_id=payment_id, attempt=attempt, now=now)
        case "created" | "pending" | "failed" | "dropped" if said.refunded >= of.amount:
            _never_booked(connection, of, known, now)
        case _:
            return None
    fresh = record.get(connection, payment_id)
    return None if fresh is None else BookedBack(order, fresh, attempt, of.amount, owed=False)


def _of_paid(
    connection: sa.Connection,
    order: OrderRecord,
    of: PaymentRecord,
    known: PaymentAttempt,
    said: Returned,
    asked_at: datetime,
    now: datetime,
    *,
    whole_ends: bool,
) -> BookedBack | None:
    refunded, disputed = min(said.refunded, of.amount), said.disputed or of.disputed
    news = (refunded, disputed) != (of.refunded_amount, of.disputed)
    if not news or (of.asked_at is not None and asked_at < of.asked_at):
        return None
    record.set_back(connection, of.id, refunded=refunded, disputed=disputed, at=asked_at)
    as_it_was = _list_changed(connection, order)
    whole = refunded >= of.amount
    if whole != of.all_back:
        status = "refunded" if whole else "paid"
        record.set_status(connection, of.id, status)
        record.set_attempt(connection, known, now, status=status)
    dispute = disputed if disputed != of.disputed else None
    called_off: Sequence[subscription_record.Subscription] = ()
    if refunded > of.refunded_amount:
        by_refund = whole and whole_ends and _why(disputed) == "refunded"
        called_off = contract_over.end_contract(connection, order, now, by_refund=by_refund)
    if whole and not of.all_back and not called_off:
        called_off = unbegun.cancel_unbegun_terms(connection, order, _why(disputed), now)
    if of.all_back and not whole:
        unbegun.begin_after_all(connection, order, now)
    stopped = _stop(connection, order, (of.disputed, dispute), whole=whole, was_whole=of.all_back)
    if (whole or _why(disputed) == "disputed") != (of.all_back or _why(of.disputed) == "disputed"):
        changes.renew_what_is_paid(connection, order, record.is_all_money_back)
    undone = refunds.fail_done_refunds(connection, of.id, refunded, now) if refunded < of.refunded_amount else ()
    fresh = record.get(connection, of.id)
    assert fresh is not None, "it is locked"
    back, changed = refunded - of.refunded_amount, (*called_off, *stopped)
    fewer = tuple(one for one in _list_changed(connection, order) if one not in as_it_was)
    since = of.asked_at
    return BookedBack(order, fresh, known.n, back, dispute, stopped=changed, fewer=fewer, undone=undone, since=since)


def _list_changed(connection: sa.Connection, order: OrderRecord) -> list[subscription_record.Subscription]:
    """Return the change within its term that the order was placed for."""
    named = (item.adds for item in order.items if item.adds is not None)
    return [of for id in named if (of := subscription_record.get(connection, id)) is not None]


def _why(disputed: Dispute | None) -> subscription_record.EndReason:
    return "disputed" if disputed in ("open", "lost") else "refunded"


def _stop(
    connection: sa.Connection,
    order: OrderRecord,
    disputes: tuple[Dispute | None, Dispute | None],
    *,
    whole: bool,
    was_whole: bool,
) -> tuple[subscription_record.Subscription, ...]:
    """Switch off the renewal, or say that the customer may switch it on again: the money stayed after all.

    `disputes`: the state that was booked, and the new one, if it is news. One that was opened and won between two
    questions has stopped the renewal, too.
    """
    known, dispute = disputes
    why: subscription_record.EndReason | None = None
    if dispute in ("open", "lost"):
        why = _why(dispute)
    elif whole and not was_whole:
        why = "refunded"
    if why is not None:
        stopped = subscriptions.stop_renewal(connection, order, why)
        return (*stopped, *renewed_together.stop_left_behind(connection, order.account_id))
    if dispute == "won" and not whole:
        if known is None:
            subscriptions.stop_renewal(connection, order, "disputed")
        return tuple(subscriptions.allow_renewal(connection, order.id, "disputed", "dispute_won"))
    if was_whole and not whole:
        subscriptions.allow_renewal(connection, order.id, "refunded", None)
    return ()


def _never_booked(connection: sa.Connection, of: PaymentRecord, known: PaymentAttempt, now: datetime) -> None:
    """Note money that was gone before the desk heard that it had come: it pays nothing."""
    received = {"received": of.amount, "received_currency": of.currency}
    record.set_attempt(connection, known, now, status="refunded", **received)
    if of.status != "paid":
        record.set_status(connection, of.id, "refunded")
        record.set_back(connection, of.id, refunded=of.amount, disputed=of.disputed, at=now)
