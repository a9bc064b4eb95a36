"""Refunds that the seller asks for: held with the order, made by a job, told as they end.

The books follow as they do for a refund made in the provider's panel (`money_back.py`): by asking the provider.
"""

from datetime import timedelta
from typing import Literal

import sqlalchemy as sa
import structlog

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from bot.usecases.billing.notices import make_question
from bot.usecases.job_deps import JobDeps, does
from bot.usecases.renewals import notifications
from dialogs.messages.letters import SendNote
from dialogs.messages.payment import BackAsked, MoneyBack, TransferNotBooked
from dialogs.messages.withdrawal import GiveBack, RefundSettled
from services.accounts import accounts
from services.errors import Conflict, ProviderRefused, StillPending
from services.jobs.port import Outbox, StoredJob
from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.payments import questions, record, refunds, transfers
from services.payments.providers.base import Attempt
from services.payments.record import PaymentAttempt, PaymentRecord
from services.payments.refunds import RefundNotPossible, RefundRecord
from services.payments.returned import BookedBack
from services.payments.transfers import ListedTransfer, TransferReturned
from services.seller import seller_events
from services.store import jobs_table
from values.money import Money
from values.payment import OFFLINE_PROVIDER
from values.rules import NOTE_KEPT, NOTE_MONEY_BACK
from values.seller import Seller

_log = structlog.get_logger(__name__)
NOT_REFUNDED = {
    "nothing_paid": "there is no money to give back, or all of it is on its way",
    "too_much": "that is more than is left",
    "too_much_today": "that is more than your profile lets go back today ([refund] a_day)",
    "too_much_each": "that is more than your profile lets one agent give back today ([refund] a_day_each)",
    "disputed": "the payer claims it back: the bank or PayPal decides",
}
"""Why nothing is given back, for whoever asks by the API or a command."""
LOOKED_AT_AGAIN, MOST_SELDOM = timedelta(minutes=1), timedelta(hours=6)


def request(
    outbox: Outbox,
    tx: UnitOfWork,
    order: OrderRecord,
    seller: Seller,
    amount: int | None,
    payment_id: str | None,
    reason: str,
    *,
    told: bool = False,
    by: str | None = None,
) -> RefundRecord | RefundNotPossible:
    """Hold the money, tell the seller's system, and leave the job that gives it back. `told`: the customer knows.

    `by`: the person who asks, whose word may need another's (`decide`). What came by transfer is sent from the seller's
    bank, which a person says afterwards (`note_returned`).
    """
    held = refunds.request_refund(tx.connection, order, seller, amount, payment_id, reason, now=tx.now, by=by)
    if isinstance(held, RefundNotPossible):
        return held
    tx.publish(seller_events.refund_changed(order, held, tx.now))
    if held.awaits_second:
        _log.error("refund_awaits_second", alarm=True, order=order.number, refund=held.id)
    else:
        _send(outbox, tx, order, held, told=told)
    return held


def _send(outbox: Outbox, tx: UnitOfWork, order: OrderRecord, held: RefundRecord, *, told: bool) -> None:
    owner, of = questions.owner_of(held.payment_id), record.get(tx.connection, held.payment_id)
    assert of is not None, "its money is held"
    if of.provider == OFFLINE_PROVIDER:
        _log.error("refund_by_transfer", alarm=True, order=order.number, refund=held.id)
        return
    earlier = [one for one in refunds.of_payment(tx.connection, of.id) if one.id != held.id]
    known = of.amount - refunds.compute_refundable_amount(of, earlier)
    outbox.leave(tx.connection, codec.stored_job(f"give_back:{held.id}", owner, GiveBack(held.id, known, told), tx.now))


def decide(
    outbox: Outbox, tx: UnitOfWork, order: OrderRecord, refund_id: str, *, by: str, confirmed: bool, told: bool
) -> RefundRecord | Literal["decided_before", "asked_yourself", "refunded_elsewhere"]:
    """Let a refund go that waits for another agent than who asked for it, or drop it, which both may.

    What has gone back since, or is claimed, isn't given back again: then it is dropped, and asked for anew.
    """
    order_record.lock(tx.connection, order.id)
    held = refunds.get(tx.connection, refund_id)
    if held is None or not held.awaits_second:
        return "decided_before"
    if confirmed and refunds.find_requester(tx.connection, held.id) == by:
        return "asked_yourself"
    if confirmed and not refunds.is_money_left(tx.connection, held):
        return "refunded_elsewhere"
    decided = refunds.decide(tx.connection, held, confirmed=confirmed, now=tx.now)
    if confirmed:
        _send(outbox, tx, order, decided, told=told)
    else:
        tx.publish(seller_events.refund_changed(order, decided, tx.now))
    return decided


@does(GiveBack, tries=60, given_up=lambda job: RefundSettled(job.refund_id, "unknown"))
async def send_refund(deps: JobDeps, job: GiveBack, stored: StoredJob) -> RefundSettled:
    """Give it back under the refund's own name, which makes a repeat harmless. Raises StillPending until it ends.

    Money that has gone back in the panel since it was asked for may be the same: then a person asks for it anew.
    """
    held, owed, attempt = await deps.store.read(lambda c: _facts(c, job.refund_id))
    if held is None or owed is None or attempt is None:
        return RefundSettled(job.refund_id, "failed", "unknown_payment")
    provider = deps.providers[attempt.provider]
    source = Attempt(attempt.reference, attempt.provider_ref, owed.amount, owed.currency)
    try:
        said = await provider.returned(source)
        more = said.refunded > job.known  # after the first try it may be this refund's own
        if said.disputed in ("open", "lost") and (stored.attempts <= 1 or not more):
            return RefundSettled(held.id, "failed", "disputed")
        if more and stored.attempts <= 1:
            return RefundSettled(held.id, "failed", "refunded_elsewhere")
        made = await provider.refund(
            source,
            amount=held.amount,
            key=stored.key,
            reason=held.reason,
            notify_url=f"{deps.public_url}/webhooks/payments/{attempt.provider}",
        )
    except (ProviderRefused, Conflict) as error:
        return RefundSettled(held.id, "failed", error.reason)
    if made.status == "pending":
        later = min(LOOKED_AT_AGAIN * 2 ** min(stored.attempts, 10), MOST_SELDOM)
        raise StillPending("refund_pending", retry_after=later)
    return RefundSettled(held.id, "done")


def settle(tx: UnitOfWork, said: RefundSettled, *, told: bool) -> tuple[StoredJob, ...]:
    """Note how a refund has ended, and tell it; return the question that books what came back, and letters."""
    if said.outcome == "unknown":
        _log.error("refund_unanswered", alarm=True, refund=said.refund_id)
        held = refunds.get(tx.connection, said.refund_id)
    else:
        failure = None if said.outcome == "done" else said.reason or "refused"
        held = refunds.settle(tx.connection, said.refund_id, failure=failure, now=tx.now)
    order = order_record.get(tx.connection, held.order_id) if held is not None else None
    if held is None or order is None:
        return ()
    if held.status != "requested":
        tx.publish(seller_events.refund_changed(order, held, tx.now))
    if held.status == "failed":
        _log.error("refund_refused", alarm=True, order=order.number, refund=held.id, reason=held.failure)
    booking = make_question(held.payment_id, held.attempt, f"refund:{held.id}", tx)
    failed = held.status == "failed" and told
    return (booking, *(_tell_failure(tx, order, held.payment_id, held.amount, held.id) if failed else ()))


def tell_undone_refund(tx: UnitOfWork, booked: BookedBack) -> tuple[StoredJob, ...]:
    """Tell that money which was back with its payer isn't: their bank has sent it to the provider again.

    What the seller gave back in the provider's panel is told, too. A refund of the desk's that was seen on its way, and
    is never done, is told once, here or where it is settled, which raises its alarm.
    """
    order, of = booked.order, booked.payment
    for held in booked.undone:
        tx.publish(seller_events.refund_changed(order, held, tx.now))
    settling = () if booked.undone else refunds.find_settling(tx.connection, of.id, -booked.back, booked.since)
    failed = [(one.id, one.amount) for one in booked.undone or settling]
    failed = failed or [(f"{of.id}:{tx.now.isoformat()}", -booked.back)]
    for name, _ in failed if not settling else ():
        _log.error("refund_refused", alarm=True, order=order.number, refund=name, reason="came_back")
    return tuple(job for name, sum_ in failed for job in _tell_failure(tx, order, of.id, sum_, name))


def note_returned(
    outbox: Outbox, tx: UnitOfWork, transfer_id: str, reason: str
) -> TransferReturned | Literal["booked"] | None:
    """Note that the seller has sent a kept transfer, or refunds of a booked one, back; tell its payer once."""
    noted = transfers.note_returned(tx.connection, transfer_id, tx.now)
    if noted == "booked":
        return _note_sent(tx, transfer_id)
    if not isinstance(noted, TransferReturned) or not noted.first_time:
        return noted
    tx.publish(seller_events.transfer_returned(noted.order, noted.transfer, reason, tx.now))
    tell_payer(outbox, tx, noted.order, noted.transfer, "returned")
    return noted


def _note_sent(tx: UnitOfWork, transfer_id: str) -> TransferReturned | Literal["booked"]:
    """Note that what was asked for of a booked transfer is sent; "booked" where nothing was that may be sent."""
    found = transfers.lock_order_of_transfer(tx.connection, transfer_id)
    every = [] if found is None else refunds.of_payment(tx.connection, found[1].payment_id)
    stand = {one.status for one in every} - {"failed"}
    if found is None or found[1].status != "paid" or ("requested" not in stand and stand != {"done"}):
        return "booked"
    order, known = found
    for asked in (one for one in every if one.status == "requested"):
        if (done := refunds.settle(tx.connection, asked.id, failure=None, now=tx.now)) is not None:
            tx.publish(seller_events.refund_changed(order, done, tx.now))
    back = sum(one.amount for one in refunds.of_payment(tx.connection, known.payment_id) if one.status == "done")
    tx.tell(questions.owner_of(known.payment_id), BackAsked(known.payment_id, known.n, tx.now, back))
    return TransferReturned(transfers.describe(tx.connection, known), order, first_time=False)


Became = Literal["returned", "moved", "unbooked", "unbooked_ended", "looked_at", "split", "split_rest"]


def tell_payer(outbox: Outbox, tx: UnitOfWork, order: OrderRecord, of: ListedTransfer, became: Became) -> None:
    """Tell the order's customer what has become of a transfer told or booked for it, in every chat and by letter."""
    holder, told = accounts.get(tx.connection, order.account_id), of.receipt
    if holder is None or holder.status == "closed":
        return
    sum_ = Money(told.amount, told.currency)
    notifications.tell_chats(
        tx, order.account_id, TransferNotBooked(order.id, order.number, sum_, order.price.gross, became)
    )
    note = SendNote(NOTE_KEPT, order.id, kind=became, at=told.at)
    owner = questions.owner_of(of.id.rpartition("-")[0])
    outbox.leave(
        tx.connection, codec.stored_job(f"{NOTE_KEPT}:{of.id}:{became}:{tx.now.isoformat()}", owner, note, tx.now)
    )


def _tell_failure(tx: UnitOfWork, order: OrderRecord, payment_id: str, amount: int, name: str) -> tuple[StoredJob, ...]:
    """Take back what was said, in every chat and by the letter that is returned; nothing where that was done before."""
    note, key = SendNote(NOTE_MONEY_BACK, order.id, kind="failed"), f"{NOTE_MONEY_BACK}:{name}"
    if jobs_table.find(tx.connection, key) is not None:
        return ()
    sum_ = Money(amount, order.currency)
    notifications.tell_chats(tx, order.account_id, MoneyBack("failed", order.number, sum_, sum_))
    return (codec.stored_job(key, questions.owner_of(payment_id), note, tx.now),)


def _facts(
    connection: sa.Connection, refund_id: str
) -> tuple[RefundRecord | None, PaymentRecord | None, PaymentAttempt | None]:
    held = refunds.get(connection, refund_id)
    if held is None:
        return None, None, None
    owed = record.get(connection, held.payment_id)
    return held, owed, record.attempt(connection, held.payment_id, held.attempt)
