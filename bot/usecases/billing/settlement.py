"""Settlement: what providers report of money is booked once, for conversations and for renewals alike.

`book_report` books; `ChargeSettlement` reacts for a renewal, whose customer may have no conversation, or several:
tells, refunds, tries again or gives up. The booking and its notifications are one transaction.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.port import UnitOfWork
from bot.usecases.billing.collection import ChargeRefused, RenewalCollection
from bot.usecases.billing.notices import make_question
from bot.usecases.renewals import notifications
from bot.usecases.renewals.bills import bill_of_order
from bot.usecases.renewals.notifications import HolderEnding, Jobs
from bot.usecases.renewals.trials import TrialEnd
from bot.usecases.seller.events import list_money_events
from dialogs.messages.letters import SendNote
from dialogs.messages.order import OrderCancelled
from dialogs.messages.payment import BookPayment, PaymentBooked, PaymentChecked, RefundPayment
from dialogs.messages.renewal import MONEY_WENT_BACK, AskCharge, ChargeAnswered, RenewalCharged
from services.orders import orders, withdrawals
from services.orders.order_record import OrderRecord
from services.payments import attempts, book, charges, methods, money, questions, record
from services.payments.providers.base import Refusal
from services.payments.record import PaymentAttempt, PaymentRecord
from services.seller import seller_events
from services.subscriptions import changes, subscription_record
from services.subscriptions.renewals import rules_for
from values.money import Money
from values.renewal import next_collection
from values.rules import NOTE_ACTIVATED

_log = structlog.get_logger(__name__)
ASK_AGAIN = timedelta(minutes=15)
_REFUSALS: dict[str, Refusal] = {"declined": "declined", "needs_payer": "needs_payer", "gone": "gone"}
# What may go through another day without anybody doing anything.
_PASSING = ("declined", "unanswered")
Settled = money.Booked | money.Duplicate | money.Overpaid | money.Mismatch | money.UnknownPaymentNotice


def book_report(
    connection: sa.Connection, report: BookPayment | ChargeAnswered | PaymentChecked, now: datetime
) -> Settled | attempts.Failed | attempts.Ignored:
    """Book what a provider reports of an attempt: its money, once, or its failure.

    An overpayment is to be refunded by the caller; the first report of a sum that isn't owed raises the alarm.
    """
    payment_id, n = report.payment_id, report.attempt
    if report.state != "paid":
        return attempts.fail_attempt(connection, payment_id=payment_id, n=n, now=now)
    settled = money.book_paid(
        connection, payment_id=payment_id, attempt=n, amount=report.amount, currency=report.currency, now=now
    )
    if isinstance(settled, money.Overpaid):
        _log.warning("refund_due", payment=payment_id, attempt=n)
    if isinstance(settled, money.Mismatch) and settled.first_time:
        _log.error("payment_mismatch", alarm=True, payment=payment_id, attempt=n)
    return settled


class ChargeSettlement(Struct, frozen=True):
    """For one seller; `collection` asks for what couldn't be charged."""

    collection: RenewalCollection

    def answered(self, tx: UnitOfWork, ending: HolderEnding, answer: ChargeAnswered) -> Jobs:
        if name := answer.provider_ref:
            payment_id, n = answer.payment_id, answer.attempt
            charges.note_provider_name(tx.connection, payment_id=payment_id, n=n, provider_ref=name, now=tx.now)
        match answer.state:
            case "paid":
                return self.settle(tx, ending, answer)
            case "pending":
                asked = AskCharge(answer.payment_id, answer.attempt)
                about = f"ask:{record.reference(answer.payment_id, answer.attempt)}"
                return (notifications.job(tx, ending, about, asked, tx.now + ASK_AGAIN),)
            case "stopped" if answer.refusal == MONEY_WENT_BACK:
                return self._gone_back(tx, answer)
            case _:
                return self._failed(tx, ending, answer)

    def _gone_back(self, tx: UnitOfWork, answer: ChargeAnswered) -> Jobs:
        """Call the renewal off whose term's money the payer has again, and ask what is to be booked of that."""
        charges.note_refusal(tx.connection, payment_id=answer.payment_id, n=answer.attempt, refusal=None, now=tx.now)
        locked = record.lock(tx.connection, answer.payment_id)
        if locked is None:
            return ()
        order, _ = locked
        terms = subscription_record.terms(tx.connection, order.account_id)
        before = sorted({terms[item.of_running].order_id for item in order.items if item.of_running in terms})
        paid = (of for order_id in before for of in record.of_order(tx.connection, order_id) if of.paid_at is not None)
        asked = [
            (of, attempt) for of in paid if (attempt := questions.find_paying_attempt(tx.connection, of.id)) is not None
        ]
        about = f"before {record.reference(answer.payment_id, answer.attempt)}"
        return (*self._called_off(tx, order), *(make_question(of.id, attempt.n, about, tx) for of, attempt in asked))

    def settle(self, tx: UnitOfWork, ending: HolderEnding, report: ChargeAnswered | PaymentChecked) -> Jobs:
        """Book what the provider reports of a charge, or of an attempt that no conversation waits for."""
        settled, payment_id, n = book_report(tx.connection, report, tx.now), report.payment_id, report.attempt
        if isinstance(settled, money.Booked | money.Duplicate) and isinstance(report, PaymentChecked) and report.kept:
            money.store_way(tx.connection, payment_id=payment_id, attempt=n, stored=report.kept, now=tx.now)
        match settled:
            case money.Booked():
                return self._told(tx, ending, payment_id, n)
            case money.Overpaid(amount=amount, currency=currency):
                refund = RefundPayment(report.payment_id, report.attempt, amount, currency)
                about = f"refund:{record.reference(report.payment_id, report.attempt)}"
                return (notifications.job(tx, ending, about, refund),)
            case _:
                return ()

    def _told(self, tx: UnitOfWork, ending: HolderEnding, payment_id: str, n: int) -> Jobs:
        """Publish the payment to the seller's system and tell the customer.

        A charge by the desk gets a receipt; a payment by link is confirmed by e-mail where there is no chat. That one
        names no charge to come: a short term's is announced by itself then.
        """
        locked = record.lock(tx.connection, payment_id)
        if locked is None:
            return ()
        order, payment = locked
        for event in list_money_events(tx.connection, order, payment, tx.now):
            tx.publish(event)
        self.collection.quotes.announce_changed(tx.connection, order.id, tx.now)
        way = _way(tx, record.attempt(tx.connection, payment.id, n))
        if way is not None:
            self.collection.quotes.note_receipt(tx.connection, order.id, tx.now)
            return self._receipt(tx, ending, order, payment, way.label)
        gross = Money(payment.amount, payment.currency)
        reached = notifications.tell_chats(
            tx, order.account_id, PaymentBooked(payment.id, order.id, order.number, payment.status, gross, news=True)
        )
        if reached.told:
            self.collection.quotes.note_receipt(tx.connection, order.id, tx.now)
            return ()
        if reached.chats and NOTE_ACTIVATED in self.collection.seller.notes:
            return ()  # in a chat that was left the dialogs have it mailed
        return (notifications.job(tx, ending, f"paid:{payment.id}", SendNote(NOTE_ACTIVATED, order.id)),)

    def _receipt(
        self, tx: UnitOfWork, ending: HolderEnding, order: OrderRecord, payment: PaymentRecord, label: str
    ) -> Jobs:
        """Send the receipt: amount, method, the new end, and how renewing is switched off."""
        renewed = subscription_record.renewed_by(tx.connection, order.id)
        coming = self.collection.quotes.outlooks(tx.connection, order.account_id, tx.now)
        until = max((of.ends_at for of in renewed if of.ends_at is not None), default=ending.at)
        event = RenewalCharged(
            plan=order.items[0].id,
            account_id=order.account_id,
            order_id=order.id,
            number=order.number,
            payment_id=payment.id,
            label=label,
            gross=payment.amount,
            currency=payment.currency,
            until=until,
            bill=replace(bill_of_order(tx.connection, order), after_trial=ending.of.in_trial),
            outlooks=tuple(each for each in coming if any(of.id in each.ids for of in renewed)),
            adds=_is_change(order),
        )
        return notifications.give_notice(tx, ending, event, f"receipt:{payment.id}", self.collection.server_key)

    def _failed(self, tx: UnitOfWork, ending: HolderEnding, answer: ChargeAnswered) -> Jobs:
        refusal = _REFUSALS.get(answer.refusal or "") if answer.state == "failed" else None
        way = _way(tx, record.attempt(tx.connection, answer.payment_id, answer.attempt))
        ended = charges.note_refusal(
            tx.connection, payment_id=answer.payment_id, n=answer.attempt, refusal=refusal, now=tx.now
        )
        if refusal == "gone" and way is not None:
            methods.mark_gone(tx.connection, way.id, tx.now)
        if not isinstance(ended, attempts.Failed):
            return ()
        label = way.label if way is not None else ""
        wanted, changed = self._wanted(tx, ended.order), _is_change(ended.order)
        if wanted and withdrawals.stop_charges(tx.connection, ended.order.account_id, ending.ids):
            # Nor is the customer asked to pay while a person decides.
            return self._called_off(tx, ended.order) if changed else ()
        if ending.of.in_trial:
            return TrialEnd(self.collection).refused(tx, ending, label if wanted else None)
        if not wanted:
            return self._called_off(tx, ended.order)
        opened = book.retry(tx.connection, payment_id=answer.payment_id, now=tx.now)
        if isinstance(opened, book.NotPayable):
            return self._called_off(tx, ended.order) if changed else ()
        refused = self._refused(tx, ending, answer, label, changed=changed)
        return self.collection.ask_for(tx, ending, ended.order, opened.payment, again=False, refused=refused)

    def _refused(
        self, tx: UnitOfWork, ending: HolderEnding, answer: ChargeAnswered, label: str, *, changed: bool
    ) -> ChargeRefused | None:
        """None where nothing was charged: the way to pay was taken back in time."""
        if answer.state == "stopped":
            return None
        why = (answer.refusal or "declined") if answer.state == "failed" else "unanswered"
        seller = self.collection.seller
        rules = rules_for(seller.renewal_rules, ending.of)
        tried = why in _PASSING and not changed
        again = next_collection(rules, ending.at, seller.zone, tx.now) if tried else None
        return ChargeRefused(why, label, again)

    def _wanted(self, tx: UnitOfWork, order: OrderRecord) -> bool:
        """Return whether every subscription that the order renews still renews itself, or a change still can be."""
        if _is_change(order):
            return not changes.is_late(tx.connection, order)
        renewed = (
            subscription_record.get(tx.connection, item.renews) for item in order.items if item.renews is not None
        )
        return all(of is not None and of.auto_renewal for of in renewed)

    def _called_off(self, tx: UnitOfWork, order: OrderRecord) -> Jobs:
        """Cancel what is nobody's wish any more before its money was taken; whoever ordered it themselves is told."""
        cancelled = orders.cancel(tx.connection, order_id=order.id, now=tx.now)
        if isinstance(cancelled, orders.OrderWasCancelled) and cancelled.order.cancelled_at is not None:
            tx.publish(seller_events.order_cancelled(cancelled.order, cancelled.order.cancelled_at))
            if _is_change(order):
                notifications.tell_chats(tx, order.account_id, OrderCancelled(order.number, told=False))
        return ()


def _is_change(order: OrderRecord) -> bool:
    return any(item.adds is not None for item in order.items)


def _way(tx: UnitOfWork, attempt: PaymentAttempt | None) -> methods.Method | None:
    """Return the stored way that the attempt charged, None for one that its payer made."""
    if attempt is None or attempt.stored_id is None:
        return None
    return methods.get(tx.connection, attempt.stored_id)
