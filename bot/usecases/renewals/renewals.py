"""Renewals: reminders, announcements, charges and ends of subscriptions.

A subscription's timer (`services/subscriptions/renewals.py`) is due; its step is done for all that are renewed together
(of one order, with the same end), stored, and told to every conversation of the customer, in one transaction: each
reacts in a turn of its own. A customer without a conversation gets an e-mail.
"""

import structlog
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from bot.usecases.billing.collection import RenewalCollection
from bot.usecases.billing.settlement import ChargeSettlement
from bot.usecases.companies import vat_recheck
from bot.usecases.renewals import notifications
from bot.usecases.renewals.notices import FileReminders, Lapse, Notices
from bot.usecases.renewals.notifications import HolderEnding, Jobs, Left
from bot.usecases.renewals.quotes import Quotes
from bot.usecases.renewals.trials import TrialEnd
from dialogs.kit import Event
from dialogs.messages import payment
from dialogs.messages.company import CompanyFound, CompanyUnknown
from dialogs.messages.renewal import ChargeAnswered, ChargeStored, RenewalNotMailed, SubscriptionEnding
from dialogs.renewal.notices import NoLongerSold
from services.jobs.port import Outbox, StoredJob
from services.payments import money
from services.store import timer_rows
from services.store.timer_rows import Timer
from services.subscriptions import reminders, renewal_timer, renewals, renewed_together, subscription_record
from services.subscriptions.renewals import RenewalProgress
from services.subscriptions.subscription_record import Subscription
from values.renewal import RenewalRules, RenewalStep, TermRules, awake, days_left, next_collection
from values.seller import Seller

_log = structlog.get_logger(__name__)


class Renewals(Struct, frozen=True):
    """The desk's own steps for one seller; `collection` sees to the money."""

    seller: Seller
    outbox: Outbox
    server_key: bytes
    collection: RenewalCollection

    @property
    def quotes(self) -> Quotes:
        return self.collection.quotes

    def fire(self, tx: UnitOfWork, timer: Timer) -> tuple[StoredJob, ...]:
        """Take the due step; return the jobs to run after the commit."""
        subscription_id = renewal_timer.owned_by(timer.conversation_id)
        if subscription_id is None:
            return FileReminders(self.seller, self.outbox, self.server_key).fire(tx, timer)
        rules = self.seller.renewal_rules
        # First whose they are, then the timer and their progress: as whoever activates, extends or plans it (`plan`).
        known = renewed_together.lock_together(tx.connection, subscription_id)
        if not timer_rows.take(tx.connection, timer):
            return ()
        mark, ending = renewals.mark(rules, self.seller.zone), _ending_of(known)
        if (by_day := awake(tx.now, rules, self.seller.zone)) > tx.now:  # an import at night
            renewal_timer.set_renewal_timer(tx.connection, subscription_id, by_day, planned_by=mark)
            return ()
        if ending is None:
            return ()
        stands = renewals.progress_of(tx.connection, ending.all, tx.now)
        own = renewals.rules_for(rules, ending.of)
        step = renewals.due_step(ending.of, stands, rules, self.seller.zone, tx.now)
        if step is not None and (asked := vat_recheck.make_vat_question(tx, self.quotes.seller, ending, stands, step)):
            renewal_timer.set_renewal_timer(tx.connection, subscription_id, tx.now + vat_recheck.WAIT, planned_by=mark)
            return self._put(tx, asked)
        jobs = self._do(tx, ending, stands, step, own) if step is not None else ()
        jobs += self._notices(tx, subscription_id, rules)
        for each in ending.ids:
            renewals.plan(tx.connection, each, rules, self.seller.zone, tx.now)
        return self._put(tx, jobs)

    def plan_all(self, tx: UnitOfWork) -> None:
        renewals.plan_all(tx.connection, self.seller.renewal_rules, self.seller.zone, tx.now)
        if self.seller.renewal is not None:
            renewal_timer.wake_on_file(tx.connection, tx.now)

    def _do(
        self, tx: UnitOfWork, ending: HolderEnding, stands: RenewalProgress, step: RenewalStep, rules: TermRules
    ) -> Jobs:
        """Do the step for all of them, once, and note what it left."""
        gone = self._gone(tx, ending, stands, step)
        match step.action:
            case _ if ending.of.in_trial:
                left = TrialEnd(self.collection).do(tx, ending, stands, step, rules)
            case "remind":
                left = self._announce(tx, ending, stands, rules, asked=True)
                left = replace(left, jobs=(*left.jobs, *self._remind(tx, ending, stands, left)))
            case "announce":
                left = self._announce(tx, ending, stands, rules)
            case "collect":
                left = self.collection.collect(tx, ending, stands, rules)
            case "lapse" | "end":
                left = Lapse(self.collection).lapse(tx, ending, stands, step, rules)
        renewals.advance(
            tx.connection,
            stands,
            ending.ids,
            tx.now,
            done=stands.done if left.documents else step.number,
            order_id=left.order_id or (None if left.dropped else stands.order_id),
            announced=next((sum for sum in (left.announced, gone.announced) if sum is not None), stands.announced),
            documents=[*left.documents] or None,
            reminded_at=tx.now if step.action == "remind" else stands.reminded_at,
        )
        return (*gone.jobs, *left.jobs)

    def _notices(self, tx: UnitOfWork, subscription_id: str, rules: RenewalRules) -> Jobs:
        """Give the notice that is due, once for all that ends together; and set right what was promised before."""
        ending = _ending_of(renewed_together.list_renewed_together(tx.connection, subscription_id))
        if ending is None:
            return ()
        stands, notices = renewals.progress_of(tx.connection, ending.all, tx.now), Notices(self.quotes, self.server_key)
        due = renewals.due_notice(ending.of, stands, rules, self.seller.zone, tx.now)
        if due is None and not stands.corrects:
            return ()
        jobs = notices.set_right(tx, ending) if stands.corrects else ()
        jobs += notices.give(tx, ending, stands, due) if due is not None else ()
        noticed = due.days if due is not None else stands.noticed
        renewals.advance(tx.connection, stands, ending.ids, tx.now, noticed=noticed, corrects=False)
        return jobs

    # --- the steps ---

    def _gone(self, tx: UnitOfWork, ending: HolderEnding, stands: RenewalProgress, step: RenewalStep) -> Left:
        """Tell about products no longer sold, with the first step of a period or the next one after.

        That nothing is charged then is noted as a sum of zero.
        """
        if step.action in ("lapse", "end") or not (of := self.quotes.unsold(tx.connection, ending)):
            return Left()
        nothing_left = not self.quotes.renewing(tx.connection, ending)
        if stands.done >= 0 and not (nothing_left and stands.announced != 0):
            return Left()
        lines, on = self.quotes.lines(of), tuple(plan.id for plan in self.seller.plans)
        announced = 0 if nothing_left else None
        unsold = NoLongerSold(ending.at, lines, on, nothing_left)
        return Left(
            notifications.give_notice(tx, ending, unsold, "no_longer_sold", self.server_key), announced=announced
        )

    def _remind(self, tx: UnitOfWork, ending: HolderEnding, stands: RenewalProgress, left: Left) -> Jobs:
        """Each program that ends, once a period; not whom the desk has just told that it renews by itself."""
        if left.announced is not None or left.documents or stands.announced is not None:
            return ()
        due = [of for of in ending.all if not renewed_together.is_continued(tx.connection, of)]
        return tuple(job for of in due for job in self._remind_of(tx, ending, of))

    def _remind_of(self, tx: UnitOfWork, ending: HolderEnding, of: Subscription) -> Jobs:
        """In every chat of the customer, else by e-mail; who has stopped hears nothing."""
        ends_at = ending.at
        if self.seller.program(of.product) is None or "reminder" not in self.seller.dialogs:
            return ()
        if self.seller.sold(self.seller.renewed_by(of.product)) is None:
            return ()  # told as no longer sold
        if reminders.has_stopped_reminders(tx.connection, of.account_id):
            return ()
        if reminders.was_reminded(tx.connection, of.product, of.serial, ends_at):
            return ()
        holder = subscription_record.holder(tx.connection, of.id)
        if holder is None or holder.status == "closed":
            return ()  # erased: it ends in silence
        days = days_left(ends_at, tx.now, self.seller.zone)
        ends = SubscriptionEnding(of.product, of.serial, ends_at, days)
        return notifications.give_notice(tx, HolderEnding((of,), ends_at), ends, "reminder", self.server_key)

    def _announce(
        self, tx: UnitOfWork, ending: HolderEnding, stands: RenewalProgress, rules: TermRules, *, asked: bool = False
    ) -> Left:
        """Announce the charge in time to stop it, or ask for documents to accept first.

        `asked`: only where a stored method will be charged; else the customer is asked whether to renew.
        """
        charge_at = next_collection(rules, ending.at, self.seller.zone, tx.now)
        quote = self.quotes.quote(tx.connection, ending, rules) if charge_at is not None else None
        if charge_at is None or quote is None:
            return Left()
        way = self.quotes.way_of(tx.connection, ending.account_id, charge_at, quote.gross)
        if asked and way is None:
            return Left()
        if documents := self.quotes.outdated(tx, ending.account_id):
            return notifications.ask_to_accept(tx, ending, quote.bill(stands.announced), documents, self.server_key)
        if way is None or stands.announced == quote.gross:
            return Left()
        return notifications.announce(tx, ending, quote.bill(stands.announced), way, charge_at, self.server_key)

    # --- what comes of what they asked for ---

    def answered(self, tx: UnitOfWork, subscription_id: str, event: Event) -> tuple[StoredJob, ...]:
        """React to the result of a subscription's job, as of its e-mails and charges."""
        ending = self._ending(tx, subscription_id)
        if ending is None:
            return ()
        charges = ChargeSettlement(self.collection)
        match event:
            case ChargeAnswered():
                return self._put(tx, charges.answered(tx, ending, event))
            case payment.PaymentChecked(state="paid" | "failed"):
                return self._put(tx, charges.settle(tx, ending, event))
            case payment.RefundAnswered(payment_id=payment_id, attempt=n, taken_on=True):
                if (
                    number := money.book_refund(tx.connection, payment_id=payment_id, attempt=n, now=tx.now)
                ) is not None:
                    notifications.tell_chats(tx, ending.account_id, payment.RefundBooked(number, news=True))
            case RenewalNotMailed(alone=True):
                self._unheard(tx, ending, event)
            case CompanyFound() | CompanyUnknown():
                vat_recheck.note_vat_check(tx, self.quotes.seller, ending, event)
            case _:
                pass
        return ()

    def _unheard(self, tx: UnitOfWork, ending: HolderEnding, event: RenewalNotMailed) -> None:
        """Raise an alarm for a notice that reached no channel. What wasn't announced isn't charged."""
        holder = subscription_record.holder(tx.connection, ending.of.id)
        if holder is None or holder.status == "closed":
            return
        _log.error("renewal_notice_unheard", alarm=True, subscription=ending.of.id, letter=event.what)
        if event.announced:
            stands = renewals.progress_of(tx.connection, ending.all, tx.now)
            renewals.advance(tx.connection, stands, ending.ids, tx.now, announced=None)

    def noticed(self, tx: UnitOfWork, subscription_id: str, event: Event) -> tuple[StoredJob, ...]:
        """Ask the provider after a notice or a payer's return that belongs to no conversation; make a begun charge."""
        ending = self._ending(tx, subscription_id)
        match event:
            case payment.PaymentNoticed(payment_id=payment_id, attempt=attempt, facts=facts):
                wanted = payment.ConfirmPayment(payment_id, attempt, facts)
            case payment.PaymentReturned(payment_id=payment_id):
                wanted = payment.AskReturned(payment_id)
            case ChargeAnswered(payment_id=payment_id, attempt=attempt, state="begun"):
                wanted = ChargeStored(subscription_id, payment_id, attempt)
            case _:
                return ()
        if ending is None:
            return ()
        about = f"{codec.name_of(wanted)}:{payment_id}:{tx.now.isoformat()}"
        return self._put(tx, (notifications.job(tx, ending, about, wanted),))

    def _ending(self, tx: UnitOfWork, subscription_id: str) -> HolderEnding | None:
        """With all that end with it; alone where it has ended already."""
        together = renewed_together.list_renewed_together(tx.connection, subscription_id)
        known = subscription_record.get(tx.connection, subscription_id)
        return _ending_of(together or (() if known is None else (known,)))

    def _put(self, tx: UnitOfWork, jobs: tuple[StoredJob, ...]) -> tuple[StoredJob, ...]:
        """Store the jobs; return those to run at once after the commit."""
        return tuple(job for job in jobs if self.outbox.put(tx.connection, job))


def _ending_of(together: tuple[Subscription, ...]) -> HolderEnding | None:
    ends_at = together[0].ends_at if together else None
    return None if ends_at is None else HolderEnding(together, ends_at)
