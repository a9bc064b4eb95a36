"""Notices, in every chat and by letter: of terms that end without renewal, and of cards that expire before; ends.

Once, of what was promised otherwise. They are about the contract: whoever has stopped reminders gets them, too.
"""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from bot.usecases.billing.collection import RenewalCollection
from bot.usecases.renewals import notifications
from bot.usecases.renewals.bills import find_company, name_company
from bot.usecases.renewals.notifications import HolderEnding, Jobs, Left
from bot.usecases.renewals.quotes import Quotes
from dialogs.messages.renewal import MailNotice, SubscriptionEnding, SubscriptionLapsed
from dialogs.renewal.notices import RenewalSetRight, TermEnding, WayExpiring
from services.einvoicing import einvoices
from services.jobs.port import Outbox, StoredJob
from services.orders import order_record, orders
from services.orders.order_record import OrderRecord
from services.payments import record
from services.seller import seller_events
from services.store import timer_rows
from services.store.timer_rows import Timer
from services.subscriptions import (
    reminders,
    renewal_timer,
    renewals,
    renewed_together,
    subscription_record,
    subscriptions,
)
from services.subscriptions.reminders import ReminderDue
from services.subscriptions.renewals import RenewalProgress
from services.subscriptions.subscription_record import Subscription
from values.renewal import NOTICE_DAYS, EndNotice, Outlook, RenewalStep, TermRules, awake, days_left, last_moment, steps
from values.seller import Seller


class Notices(Struct, frozen=True):
    """For one seller; `quotes` tells how a term goes on."""

    quotes: Quotes
    server_key: bytes

    def give(self, tx: UnitOfWork, ending: HolderEnding, stands: RenewalProgress, notice: EndNotice) -> Jobs:
        """Announce the end of what isn't followed by another term."""
        holder = subscription_record.holder(tx.connection, ending.of.id)
        if holder is None or holder.status == "closed":
            return ()  # erased: it ends in silence
        if notice.of_way:
            return self._way_expires(tx, ending)
        left = {id for o in self.quotes.outlook(tx.connection, ending, tx.now) if o.kind == "ends" for id in o.ids}
        over = tuple(of for of in ending.all if of.id in left and not self._told(tx, ending, of, stands, notice))
        return self._tell(tx, ending, over) if over else ()

    def _told(
        self, tx: UnitOfWork, ending: HolderEnding, of: Subscription, stands: RenewalProgress, notice: EndNotice
    ) -> bool:
        """Return whether another message is this notice.

        The seller's own reminder at that time, or the word that something isn't sold any more.
        """
        if notice.days != NOTICE_DAYS[0]:
            return False
        if stands.done >= 0 and of in self.quotes.unsold(tx.connection, ending):
            return True
        seller = self.quotes.seller
        asked = seller.program(of.product) is not None and "reminder" in seller.dialogs
        heard = not reminders.has_stopped_reminders(tx.connection, of.account_id)
        heard &= not renewals.addresses(tx.connection, of.account_id, tx.now).stopped
        return asked and heard and stands.reminded_at is not None

    def _tell(self, tx: UnitOfWork, ending: HolderEnding, over: tuple[Subscription, ...]) -> Jobs:
        lines = self.quotes.lines(over)
        plan = next((of.product for of in over if self.quotes.seller.is_service(of.product)), None)
        days = days_left(ending.at, tx.now, self.quotes.seller.zone)
        company = name_company(tx.connection, find_company(tx.connection, ending))
        notice = TermEnding(ending.at, days, lines, plan, company)
        return notifications.give_notice(tx, ending, notice, f"ending:{days}", self.server_key)

    def _way_expires(self, tx: UnitOfWork, ending: HolderEnding) -> Jobs:
        """Tell in time that the card kept for the renewal will have expired on its day."""
        way = self.quotes.default_way(tx.connection, ending.account_id)
        found = self.quotes.outlook(tx.connection, ending, tx.now)
        renewal = next((o for o in found if o.kind == "link" and o.on is not None), None)
        if way is None or way.expires_on is None or way.gone_at is not None or renewal is None or renewal.on is None:
            return ()
        if way.is_good(renewal.on.astimezone(self.quotes.seller.zone).date()):
            return ()
        last = f"{way.expires_on:%m/%Y}"
        expiring = WayExpiring(way.label, last, renewal)
        return notifications.give_notice(tx, ending, expiring, "way_expiring", self.server_key)

    # --- once, after an upgrade ---

    def set_right(self, tx: UnitOfWork, ending: HolderEnding) -> Jobs:
        """Tell how the term goes on, where the customer zone of an earlier release promised another renewal."""
        found = self.quotes.outlook(tx.connection, ending, tx.now)
        wrong = next((o for o in found if self._promised_otherwise(tx, ending, o)), None)
        if wrong is None:
            return ()
        return notifications.give_notice(tx, ending, RenewalSetRight(wrong), "set_right", self.server_key)

    def _promised_otherwise(self, tx: UnitOfWork, ending: HolderEnding, outlook: Outlook) -> bool:
        """Return whether the zone said that the method would be charged, and nothing will be.

        It looked at the method of the payment alone: whether renewal was switched on with the order, and whether
        anything was kept, it didn't see.
        """
        term = subscription_record.terms(tx.connection, ending.account_id).get(ending.of.id)
        if term is None or outlook.kind not in ("link", "ends"):
            return False
        paid = [one for one in record.of_order(tx.connection, term.order_id) if one.status == "paid"]
        by_method = any(one.method in self.quotes.seller.chargeable for one in paid)
        if outlook.kind == "link":
            return by_method
        never = self.quotes.seller.never_renewed
        lost = any(of.id in outlook.ids and of.product not in never for of in ending.all)
        return by_method and lost and self._switched_on_nowhere(tx, term.order_id)

    def _switched_on_nowhere(self, tx: UnitOfWork, order_id: str) -> bool:
        """Return whether the order was placed without renewal; one that was switched off since was told."""
        order = order_record.get(tx.connection, order_id)
        return self.quotes.seller.auto_renewal == "with_method" and order is not None and not order.auto_renewal


# So many in one transaction.
AT_ONCE = 100


class FileReminders(Struct, frozen=True):
    """Reminds customers on file who have no account, for one seller: by e-mail, with a start link, once for each end.

    All that they own is looked through by one timer (`services/subscriptions/renewal_timer.py`), set for the next end
    that is to be told of. Once they have an account their subscriptions have timers of their own.
    """

    seller: Seller
    outbox: Outbox
    server_key: bytes

    def fire(self, tx: UnitOfWork, timer: Timer) -> tuple[StoredJob, ...]:
        """Tell of the ends that are due, by day, and set the timer for the next one.

        Return the jobs that this process is to run after the commit.
        """
        rules = self.seller.renewal
        if not timer_rows.take(tx.connection, timer) or rules is None or not rules.remind_days:
            return ()
        if "reminder" not in self.seller.dialogs:
            return ()
        if (by_day := awake(tx.now, rules, self.seller.zone)) > tx.now:
            renewal_timer.set_on_file(tx.connection, by_day)
            return ()
        products = [program.product for program in self.seller.programs]
        found = reminders.to_remind(tx.connection, products, after=tx.now, most=AT_ONCE)
        jobs: list[StoredJob] = []
        for of in found:
            due = steps(rules.of_term(rules.term), of.ends_at, self.seller.zone)[0].due_at
            if due > tx.now:
                renewal_timer.set_on_file(tx.connection, due)
                break
            jobs += self._remind(tx, of)
        else:
            if len(found) == AT_ONCE:
                renewal_timer.wake_on_file(tx.connection, tx.now)
        return tuple(job for job in jobs if self.outbox.put(tx.connection, job))

    def _remind(self, tx: UnitOfWork, of: ReminderDue) -> tuple[StoredJob, ...]:
        wanted = not reminders.is_stopped(tx.connection, of.customer_id)
        reminders.note(tx.connection, of, sent=wanted, now=tx.now)
        if not wanted:
            return ()
        days, owner = days_left(of.ends_at, tx.now, self.seller.zone), f"program:{of.program_id}"
        reminder = SubscriptionEnding(of.product, None, of.ends_at, days)
        notifications.make_links(tx, self.server_key, reminder, of.program_id, of.ends_at, customer_id=of.customer_id)
        facts = codec.to_json(reminder)
        letter = MailNotice(of.program_id, of.ends_at, codec.name_of(reminder), facts, customer_id=of.customer_id)
        return (codec.stored_job(f"{owner}:{of.ends_at.isoformat()}:reminder", owner, letter, tx.now),)


class Lapse(Struct, frozen=True):
    """For one seller; `collection` orders what was to be renewed and couldn't be ordered before.

    `refused`: the way to pay that couldn't be charged at the end of a trial.
    """

    collection: RenewalCollection
    refused: str | None = None

    def lapse(
        self, tx: UnitOfWork, ending: HolderEnding, stands: RenewalProgress, step: RenewalStep, rules: TermRules
    ) -> Left:
        """End the subscriptions, or begin their days of grace, and tell the customer once.

        Subscriptions that were bought again end silently; a free version has no end.
        """
        free = self.collection.seller.free_version
        left, order = self._ordered(tx, ending, stands, step, rules)
        jobs = left.jobs
        grace = last_moment(rules, ending.at, self.collection.seller.zone)
        awaited = {item.renews for item in order.items} if order is not None else set[str | None]()
        over: list[Subscription] = []
        on: list[Subscription] = []
        for of in ending.all:
            if of.product == free:
                subscriptions.prolong(tx.connection, of, self.collection.seller.zone, tx.now)
            elif renewed_together.is_continued(tx.connection, of):
                subscriptions.set_ended(tx.connection, of.id)
            elif of.auto_renewal and of.id in awaited and step.action == "lapse" and grace > tx.now:
                subscriptions.set_grace(tx.connection, of.id)
                on.append(of)
            else:
                subscriptions.set_ended(tx.connection, of.id)
                tx.publish((seller_events.trial_ended if of.in_trial else seller_events.subscription_ended)(of, tx.now))
                over.append(of)
        if on:
            jobs += self._tell(tx, ending, tuple(on), grace, None)
        gone = None if on else self._give_up(tx, order)
        renewed_together.stop_left_behind(tx.connection, ending.account_id)  # of a plan bought ahead, too
        if over:
            einvoices.end_with_service(tx.connection, ending.account_id)
            jobs += self._tell(tx, ending, tuple(over), None, gone)
        return replace(left, jobs=jobs, documents=())

    def _ordered(
        self, tx: UnitOfWork, ending: HolderEnding, stands: RenewalProgress, step: RenewalStep, rules: TermRules
    ) -> tuple[Left, OrderRecord | None]:
        """Return the order that waits for its money; placed now where the days of the charge were missed."""
        left = Left()
        missed = step.action == "lapse" and stands.order_id is None and rules.collects
        if missed and not self.collection.quotes.outdated(tx, ending.account_id):
            left = self.collection.collect(tx, ending, stands, rules)
        order_id = left.order_id or stands.order_id
        order = order_record.get(tx.connection, order_id) if order_id is not None else None
        return left, order if order is not None and order.status == "placed" else None

    def _give_up(self, tx: UnitOfWork, order: OrderRecord | None) -> OrderRecord | None:
        """Cancel the unpaid order so that the customer can order anew.

        After the last day of grace, or where something was bought instead.
        """
        if order is None:
            return None
        cancelled = orders.cancel(tx.connection, order_id=order.id, now=tx.now)
        if not isinstance(cancelled, orders.OrderWasCancelled):
            return None
        tx.publish(seller_events.order_cancelled(cancelled.order, tx.now))
        return cancelled.order

    def _tell(
        self,
        tx: UnitOfWork,
        ending: HolderEnding,
        of: tuple[Subscription, ...],
        grace: datetime | None,
        gone: OrderRecord | None,
    ) -> Jobs:
        lines = self.collection.quotes.lines(of)
        company = name_company(tx.connection, find_company(tx.connection, ending))
        event = SubscriptionLapsed(
            plan=lines[0][0],
            ends_at=ending.at,
            grace_until=grace,
            lines=lines,
            order_id=gone.id if gone is not None else None,
            number=gone.number if gone is not None else None,
            company=company,
            trial=ending.of.in_trial,
            refused=self.refused,
        )
        about = "ended" if grace is None else "lapsed"
        return notifications.give_notice(tx, ending, event, about, self.collection.server_key)
