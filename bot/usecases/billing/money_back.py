"""Money that came back: providers' answers booked, and told to the customer, the seller and the seller's support."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.conversation import codec
from bot.conversation.owners import Owner
from bot.conversation.port import UnitOfWork
from bot.usecases.billing import comparison as nightly
from bot.usecases.billing import refunds
from bot.usecases.billing import unproven as unproven_emails
from bot.usecases.billing.notices import make_question, report_dispute
from bot.usecases.jobs import outcome_event
from bot.usecases.renewals import notifications
from bot.usecases.seller.events import list_contract_end_events
from dialogs.messages import payment as messages
from dialogs.messages.letters import SendNote
from dialogs.messages.withdrawal import GiveBack, RefundSettled
from services.accounts import accounts
from services.jobs.port import Done, GaveUp, Outbox, StoredJob
from services.orders import contract_over, order_record, orders
from services.payments import comparison, deadlines, questions, record, returned, unproven
from services.payments import refunds as asked_for
from services.payments.providers.base import Dispute, Returned
from services.payments.returned import BookedBack
from services.seller import seller_events
from services.store import timer_rows
from services.store.events import StoredEvent
from services.store.timer_rows import Timer
from services.subscriptions import changes, renewals
from values.money import Money
from values.payment import OFFLINE_PROVIDER
from values.renewal import awake
from values.rules import NOTE_DEADLINE, NOTE_KEPT, NOTE_MONEY_BACK
from values.seller import Seller

_log = structlog.get_logger(__name__)
_KINDS: dict[Dispute | None, str] = {"open": "dispute", "won": "dispute_won", "lost": "dispute_lost"}


@dataclass(frozen=True)
class PaymentOwner(Owner):
    """Owns the questions what came back of payments' money, their timers and their answers, and those of deadlines."""

    seller: Seller
    outbox: Outbox

    def owns(self, owner_id: str) -> bool:
        """Tell payments' ids from conversations'."""
        return questions.owned_by(owner_id) is not None

    def plan_all(self, tx: UnitOfWork) -> None:
        questions.plan_all(tx.connection, tx.now)
        questions.plan_comparison(tx.connection, tx.now)
        deadlines.plan_all(tx.connection, tx.now)

    def due(self, tx: UnitOfWork, timer: Timer) -> tuple[StoredJob, ...]:
        """Ask, and set the next question; or tell of a deadline, or of an e-mail that nobody has proven."""
        if timer.kind == deadlines.KIND:
            letter = self.tell_deadline(tx, timer)
            return self._put(tx, letter) if letter is not None else ()
        if timer.kind == contract_over.KIND:
            self._alarm(tx, timer)
            return ()
        if timer.kind == unproven.KIND:
            unproven_emails.alarm(tx, timer, self.seller)
            return ()
        if timer.kind == questions.COMPARISON:
            return self._compare(tx) if timer_rows.take(tx.connection, timer) else ()
        payment_id = questions.owned_by(timer.conversation_id) or ""
        locked = record.lock(tx.connection, payment_id)
        if not timer_rows.take(tx.connection, timer) or locked is None:
            return ()
        questions.set_question_timer(tx.connection, locked[1], tx.now)
        attempt = questions.find_paying_attempt(tx.connection, payment_id)
        if attempt is None:
            return ()
        return self._put(tx, make_question(payment_id, attempt.n, timer.due_at.isoformat(), tx))

    def _compare(self, tx: UnitOfWork) -> tuple[StoredJob, ...]:
        """Begin the night's comparison, and plan the next night's where there is anything to compare."""
        since = tx.now - questions.COMPARED
        if comparison.list_attempts_since(tx.connection, since, ("", 0), asked_too=False):
            questions.plan_comparison(tx.connection, tx.now)
        return self._put(tx, nightly.next_part(tx, since))

    def tell_deadline(self, tx: UnitOfWork, timer: Timer) -> StoredJob | None:
        """Tell whoever pays by transfer or postal slip three days before, by day, in chat and by letter.

        It is a message about the contract: whoever has stopped reminders gets it, too. Nothing is said afterwards.
        """
        payment_id = questions.owned_by(timer.conversation_id) or ""
        locked = record.lock(tx.connection, payment_id)
        if not timer_rows.take(tx.connection, timer) or locked is None:
            return None
        order, payment = locked
        by_day = awake(tx.now, self.seller.renewal_rules, self.seller.zone)
        if payment.status != "pending" or order.status != "placed" or payment.expires_at <= by_day:
            return None
        if by_day > tx.now:
            deadlines.postpone_notice(tx.connection, payment_id, by_day)
            return None
        holder = accounts.get(tx.connection, order.account_id)
        if holder is None or holder.status == "closed":
            return None
        gross = Money(payment.amount, payment.currency)
        notifications.tell_chats(
            tx, order.account_id, messages.PaymentDue(payment.id, order.number, gross, payment.expires_at)
        )
        note = SendNote(NOTE_DEADLINE, order.id)
        return codec.stored_job(f"{NOTE_DEADLINE}:{payment.id}", questions.owner_of(payment.id), note, tx.now)

    def _alarm(self, tx: UnitOfWork, timer: Timer) -> None:
        """Tell the seller of a withdrawal whose money isn't back, in time to give it back."""
        locked = record.lock(tx.connection, questions.owned_by(timer.conversation_id) or "")
        if not timer_rows.take(tx.connection, timer) or locked is None:
            return
        if contract_over.is_refund_owed(tx.connection, locked[0]):
            until = (timer.due_at + contract_over.BEFORE).isoformat()
            _log.error("withdrawal_unpaid", alarm=True, order=locked[0].number, until=until)

    def told(self, tx: UnitOfWork, event: StoredEvent) -> tuple[StoredJob, ...]:
        """Ask after a notice; tell the customer of a transfer that pays nothing."""
        match codec.event_from(event.kind, event.payload):
            case messages.BackAsked(asked_at=datetime()) as sent:
                return self._book(tx, sent)
            case messages.BackAsked(payment_id=payment_id, attempt=attempt):
                return self._put(tx, make_question(payment_id, attempt, event.id, tx))
            case messages.TransferNotBooked() as kept:
                return self._kept(tx, event, kept)
            case _:
                return ()

    def _kept(self, tx: UnitOfWork, event: StoredEvent, kept: messages.TransferNotBooked) -> tuple[StoredJob, ...]:
        """Tell it in every chat, and by letter all the same: money is somewhere, and nobody may look into the chat."""
        order = order_record.get(tx.connection, kept.order_id)
        holder = accounts.get(tx.connection, order.account_id) if order is not None else None
        if order is None or holder is None or holder.status == "closed":
            return ()
        notifications.tell_chats(tx, order.account_id, kept)
        note = SendNote(NOTE_KEPT, order.id, kind=kept.reason)
        return self._put(tx, codec.stored_job(f"{NOTE_KEPT}:{event.id}", event.conversation_id, note, tx.now))

    def finished(self, tx: UnitOfWork, job: StoredJob, outcome: Done | GaveUp) -> tuple[StoredJob, ...]:
        """Book the provider's answer, or the end of a refund; what became of letters needs no booking."""
        said = outcome_event(job, outcome)
        if isinstance(said, RefundSettled):
            asked = codec.call_from(job.kind, job.payload)
            left = refunds.settle(tx, said, told=isinstance(asked, GiveBack) and asked.told)
            return tuple(at_once for one in left for at_once in self._put(tx, one))
        if isinstance(said, messages.BooksCompared):
            nightly.mend_differences(tx, self.outbox, said.differences)
            nightly.note_gone_methods(tx, said.differences)
            nightly.report_differences(tx, self.outbox, self.seller, said.differences)
            return self._put(tx, nightly.next_part(tx, said.since, said.last)) if said.last is not None else ()
        return self._book(tx, said) if isinstance(said, messages.BackAsked) else ()

    def _book(self, tx: UnitOfWork, said: messages.BackAsked) -> tuple[StoredJob, ...]:
        """Book what a provider, or the seller of its own transfers, says to be back."""
        if said.asked_at is None:
            return ()
        booked = returned.book_back(
            tx.connection,
            payment_id=said.payment_id,
            attempt=said.attempt,
            said=_answer(said),
            asked_at=said.asked_at,
            now=tx.now,
            whole_ends=self.seller.refund.full == "end",
        )
        if booked is None:
            return ()
        return self._of_owed(tx, booked, said) if booked.owed else self._of_others(tx, booked)

    def _of_owed(self, tx: UnitOfWork, booked: BookedBack, said: messages.BackAsked) -> tuple[StoredJob, ...]:
        """Publish it, stop what was to be charged after it, and tell the customer."""
        order, payment = booked.order, booked.payment
        publish_returned_money(tx, booked)
        if booked.dispute is not None:
            tx.publish(
                seller_events.payment_disputed(order, payment, tx.now, case=said.case, amount=said.disputed_amount)
            )
        if booked.dispute in ("open", "lost"):
            about = {"provider": payment.provider, "case": said.case}
            claimed = Money(said.disputed_amount, payment.currency)
            report_dispute(tx, self.outbox, self.seller.order_prefix, order, amount=claimed, **about)
        if booked.back < 0 and booked.dispute is None:
            return tuple(one for job in refunds.tell_undone_refund(tx, booked) for one in self._put(tx, job))
        return self._tell(tx, booked)

    def _tell(self, tx: UnitOfWork, booked: BookedBack) -> tuple[StoredJob, ...]:
        """Tell the customer in every chat, and by e-mail where no chat reaches them or the desk gives back itself."""
        order, payment = booked.order, booked.payment
        kind = _kind(booked)
        if kind is None:
            return ()
        ends = [of.ends_at for of in booked.stopped if of.ends_at is not None and of.why_ended != "withdrawn"]
        event = messages.MoneyBack(
            kind,
            order.number,
            Money(booked.back, payment.currency),
            Money(payment.refunded_amount, payment.currency),
            max(ends, default=None),
            by_transfer=payment.provider == OFFLINE_PROVIDER,
            left=changes.find_left(tx.connection, order) if record.is_all_money_back(tx.connection, order.id) else None,
        )
        told = notifications.tell_chats(tx, order.account_id, event).told
        if told and not asked_for.of_payment(tx.connection, payment.id):
            return ()
        holder = accounts.get(tx.connection, order.account_id)
        if holder is None or holder.status == "closed":
            return ()
        about = f"{NOTE_MONEY_BACK}:{payment.id}:{kind}:{payment.refunded_amount}"
        note = SendNote(NOTE_MONEY_BACK, order.id, kind=kind)
        return self._put(tx, codec.stored_job(about, questions.owner_of(payment.id), note, tx.now))

    def _of_others(self, tx: UnitOfWork, booked: BookedBack) -> tuple[StoredJob, ...]:
        """Tell of money that paid nothing: it wasn't owed, or was gone before it could be booked."""
        order, payment = booked.order, booked.payment
        tx.publish(seller_events.payment_refunded(order, payment, booked.attempt, tx.now))
        where = order.conversation_id or notifications.find_event_chat(tx, order.account_id)
        if where is not None:
            gross = Money(payment.amount, payment.currency)
            gone = messages.PaymentBooked(payment.id, order.id, order.number, payment.status, gross, news=True)
            tx.tell(where, gone if payment.status == "refunded" else messages.RefundBooked(order.number, news=True))
        return ()

    def _put(self, tx: UnitOfWork, job: StoredJob) -> tuple[StoredJob, ...]:
        """Store the job; return it if it is to run at once after the commit."""
        return (job,) if self.outbox.put(tx.connection, job) else ()


def publish_returned_money(tx: UnitOfWork, booked: BookedBack) -> None:
    """Publish what came back and what ends with it, and stop what was to be charged after it."""
    order, payment = booked.order, booked.payment
    if booked.back > 0:
        tx.publish(seller_events.payment_refunded(order, payment, booked.attempt, tx.now, booked.back))
    for never_begun in (of for of in booked.stopped if of.status == "ended"):
        tx.publish(seller_events.subscription_ended(never_begun, tx.now))
    for event in list_contract_end_events(tx.connection, order, tx.now) if booked.stopped and booked.back > 0 else ():
        tx.publish(event)
    for of in booked.fewer:
        start = "now" if (of.next_plan, of.next_quantity) == (None, None) else "next_term"
        tx.publish(seller_events.subscription_changed(of, start, tx.now))
    _cancel_renewals(tx, booked)
    questions.set_question_timer(tx.connection, payment, tx.now)


def _cancel_renewals(tx: UnitOfWork, booked: BookedBack) -> None:
    """Cancel the orders that the desk has placed to renew what isn't renewed any more."""
    stopped = [of for of in booked.stopped if of.ends_at is not None and of.status != "ended"]
    for of in stopped if booked.dispute != "won" else ():
        order_id = renewals.progress(tx.connection, of, tx.now).order_id
        cancelled = orders.cancel(tx.connection, order_id=order_id, now=tx.now) if order_id is not None else None
        if isinstance(cancelled, orders.OrderWasCancelled) and cancelled.order.cancelled_at == tx.now:
            tx.publish(seller_events.order_cancelled(cancelled.order, tx.now))


def _answer(said: messages.BackAsked) -> Returned:
    disputed: dict[str | None, Dispute] = {"open": "open", "won": "won", "lost": "lost"}
    return Returned(said.refunded, disputed.get(said.disputed), said.case, said.disputed_amount)


def _kind(booked: BookedBack) -> str | None:
    """Return what the customer is told; None where nothing came back."""
    if booked.dispute is not None:
        return _KINDS[booked.dispute]
    cut = {of.why_ended for of in booked.stopped if of.starts_at != of.ends_at}
    if booked.back > 0 and "withdrawn" in cut:
        return "withdrawn"
    if booked.whole:
        return "ended" if "refunded" in cut else "whole"
    return "part" if booked.back > 0 else None
