"""What the desk does by itself about subscriptions that end: reminds, announces a charge, asks for the money, lets them
run out.

A subscription's timer (`services/renewals.py`) is due; what is to be done then is written, and told to every
conversation of the customer, in one transaction: each hears of it in a turn of its own. Who has no conversation is
written to.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot import codec, holders, renewal_links, vat_recheck
from bot.charging import Charging
from bot.collecting import Collecting
from bot.file_reminders import FileReminders
from bot.holders import Ending
from bot.port import Happening
from dialogs.kit import Event
from dialogs.words.charge import ChargeAnswered, ChargeComing, MailCharge
from dialogs.words.company import CompanyFound, CompanyUnknown
from dialogs.words.payment import (
    AskReturned,
    ConfirmPayment,
    PaymentChecked,
    PaymentNoticed,
    PaymentReturned,
    RefundAnswered,
)
from dialogs.words.renewal import MailLapse, MailReminder, SubscriptionEnding, SubscriptionLapsed
from services import reminders, renewal_timer, renewals, subscriptions
from services.engine.port import Call as StoredCall
from services.engine.port import Outbox
from services.order_record import Order
from services.renewals import Progress
from services.store import timers
from services.store.timers import Timer
from services.subscriptions import Subscription
from values.renewal import RenewalRules, Step, awake, days_left, next_collection
from values.seller import Seller

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Renewals:
    """The desk's own steps for one seller; `collecting` sees to the money."""

    seller: Seller
    outbox: Outbox
    server_key: bytes
    collecting: Collecting

    @property
    def zone(self) -> ZoneInfo:
        """Where the seller's days begin."""
        return self.collecting.zone

    def fire(self, tx: Happening, timer: Timer) -> tuple[StoredCall, ...]:
        """What such a timer is due for; gives the calls that this process is to run after the commit."""
        subscription_id = renewal_timer.owned_by(timer.conversation_id)
        if subscription_id is None:
            return FileReminders(self.seller, self.outbox, self.server_key).fire(tx, timer)
        rules = self.seller.renewal
        # First whose it is, then its timer and its progress: as whoever activates, extends or plans it (`plan`).
        known = subscriptions.lock(tx.connection, subscription_id)
        if not timers.take(tx.connection, timer) or rules is None:
            return ()
        if (by_day := awake(tx.now, rules, self.zone)) > tx.now:  # an import at night
            renewal_timer.set(tx.connection, subscription_id, by_day, planned_by=renewals.mark(rules, self.zone))
            return ()
        if known is None or known.ends_at is None or known.status not in ("active", "grace"):
            return ()
        stands = renewals.progress(tx.connection, known, tx.now)
        step = renewals.due_step(known, stands, rules, self.zone, tx.now)
        if step is not None and subscriptions.goes_on(tx.connection, known):
            step = self._pass_over(tx, known, stands, step)
        ending = Ending(known, known.ends_at)
        if step is not None and (asked := vat_recheck.question(tx, self.seller, ending, stands, step)):
            mark = renewals.mark(rules, self.zone)
            renewal_timer.set(tx.connection, subscription_id, tx.now + vat_recheck.WAIT, planned_by=mark)
            return self._put(tx, asked)
        calls = self._do(tx, ending, stands, step, rules) if step is not None else ()
        renewals.plan(tx.connection, subscription_id, rules, self.zone, tx.now)
        return self._put(tx, calls)

    def plan_all(self, tx: Happening) -> None:
        """At the start of a desk."""
        if (rules := self.seller.renewal) is not None:
            renewals.plan_all(tx.connection, rules, self.zone, tx.now)
            renewal_timer.wake_on_file(tx.connection, tx.now)

    def _do(
        self, tx: Happening, ending: Ending, stands: Progress, step: Step, rules: RenewalRules
    ) -> tuple[StoredCall, ...]:
        calls: tuple[StoredCall, ...] = ()
        order: Order | None = None
        match step.action:
            case "remind":
                calls = self._remind(tx, ending)
            case "announce":
                calls = self._announce(tx, ending, rules)
            case "collect" if ending.of.auto_renewal:
                order, calls = self.collecting.collect(tx, ending, stands, rules)
            case "lapse" | "end":
                grace = ending.at + timedelta(days=rules.grace_days)
                going_on = step.action == "lapse" and ending.of.auto_renewal and grace > tx.now
                calls = self._lapse(tx, ending, grace if going_on else None)
            case _:
                pass
        renewals.advance(
            tx.connection,
            stands,
            done=step.number,
            now=tx.now,
            order_id=order.id if order is not None else None,
            reminded=step.action == "remind",
        )
        return calls

    def _pass_over(self, tx: Happening, of: Subscription, stands: Progress, step: Step) -> None:
        """It was bought again for the time after: nothing to remind of or to ask for, and nobody to tell of its end."""
        if step.action in ("lapse", "end"):
            subscriptions.set_status(tx.connection, of.id, "ended")
        renewals.advance(tx.connection, stands, done=step.number, now=tx.now)

    # --- the steps ---

    def _remind(self, tx: Happening, ending: Ending) -> tuple[StoredCall, ...]:
        """Once a period, in every chat of the customer, else by a letter; who has stopped hears nothing."""
        of, ends_at = ending.of, ending.at
        if self.seller.program(of.product) is None or "reminder" not in self.seller.dialogs:
            return ()
        if reminders.stopped(tx.connection, of.account_id):
            return ()
        if reminders.was_reminded(tx.connection, of.product, of.serial, ends_at):
            return ()
        holder = subscriptions.holder(tx.connection, of.id)
        if holder is None or holder.status == "closed":
            return ()  # erased: it ends in silence
        days = days_left(ends_at, tx.now, self.zone)
        if holders.tell(tx, of.account_id, SubscriptionEnding(of.product, of.serial, ends_at, days)).over:
            return ()
        for make in (renewal_links.make_start, renewal_links.make_leave):
            make(tx, self.server_key, of.id, ends_at, account_id=of.account_id)
        letter = MailReminder(of.id, ends_at, days, of.product)
        return (holders.call(tx, ending, "reminder", letter),)

    def _announce(self, tx: Happening, ending: Ending, rules: RenewalRules) -> tuple[StoredCall, ...]:
        """What will be charged, and when, so that it can be stopped in time; nothing where nothing will be."""
        charge_at = next_collection(rules, ending.at, self.zone, tx.now)
        if charge_at is None or not ending.of.auto_renewal:
            return ()
        way = self.collecting.way_of(tx, ending.of.account_id, charge_at)
        gross = self.collecting.gross(tx, ending.of, rules)
        if way is None or gross is None:
            return ()
        plan = self.collecting.plan_of(ending.of)
        event = ChargeComing(plan, ending.at, charge_at, way.label, gross.minor, gross.currency)
        if holders.tell(tx, ending.of.account_id, event).told:
            return ()
        letter = MailCharge(ending.of.id, plan, way.label, gross.minor, gross.currency, ending.at, charge_at)
        return (holders.call(tx, ending, "announced", letter),)

    def _lapse(self, tx: Happening, ending: Ending, grace_until: datetime | None) -> tuple[StoredCall, ...]:
        """That it has run out is no reminder: it is told once, in every chat, and to whoever has none by a letter."""
        of, plan = ending.of, self.collecting.plan_of(ending.of)
        subscriptions.set_status(tx.connection, of.id, "ended" if grace_until is None else "grace")
        if holders.tell(tx, of.account_id, SubscriptionLapsed(plan, ending.at, grace_until)).told:
            return ()
        renewal_links.make_start(tx, self.server_key, of.id, ending.at, account_id=of.account_id)
        about = "ended" if grace_until is None else "lapsed"
        return (holders.call(tx, ending, about, MailLapse(of.id, ending.at, grace_until, plan)),)

    # --- what comes of what they asked for ---

    def answered(self, tx: Happening, subscription_id: str, event: Event) -> tuple[StoredCall, ...]:
        """The result of a call that belongs to a subscription, as its letters and charges do."""
        ending, charging = self._ending(tx, subscription_id), self._charging
        if ending is None or charging is None:
            return ()
        match event:
            case ChargeAnswered():
                calls = charging.answered(tx, ending, event)
            case PaymentChecked():
                calls = charging.checked(tx, ending, event)
            case RefundAnswered():
                calls = charging.refunded(tx, event)
            case CompanyFound() | CompanyUnknown():
                vat_recheck.noted(tx, self.seller, ending, event)
                calls = ()
            case _:
                calls = ()
        return self._put(tx, calls)

    def noticed(self, tx: Happening, subscription_id: str, event: Event) -> tuple[StoredCall, ...]:
        """What a provider tells, or a payer who is back, of money that no conversation waits for: it is asked about."""
        ending = self._ending(tx, subscription_id)
        match event:
            case PaymentNoticed(payment_id=payment_id, attempt=attempt, facts=facts):
                wanted = ConfirmPayment(payment_id, attempt, facts)
            case PaymentReturned(payment_id=payment_id):
                wanted = AskReturned(payment_id)
            case _:
                return ()
        if ending is None:
            return ()
        about = f"{codec.name_of(wanted)}:{payment_id}:{tx.now.isoformat()}"
        return self._put(tx, (holders.call(tx, ending, about, wanted),))

    @property
    def _charging(self) -> Charging | None:
        rules = self.seller.renewal
        return None if rules is None else Charging(self.collecting, rules)

    def _ending(self, tx: Happening, subscription_id: str) -> Ending | None:
        known = subscriptions.get(tx.connection, subscription_id)
        return None if known is None or known.ends_at is None else Ending(known, known.ends_at)

    def _put(self, tx: Happening, calls: tuple[StoredCall, ...]) -> tuple[StoredCall, ...]:
        """Stored with the transaction; those that this process is to run at once after the commit."""
        return tuple(call for call in calls if self.outbox.put(tx.connection, call))
