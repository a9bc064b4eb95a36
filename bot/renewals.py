"""What the desk does by itself about subscriptions that end: reminds, asks for the money, lets them run out.

A subscription's timer (`services/renewals.py`) is due; what is to be done then is written, and told to every
conversation of the customer, in one transaction: each hears of it in a turn of its own. Who has no conversation is
written to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot import codec, renewal_links
from bot.file_reminders import FileReminders
from bot.identity import derived_id
from bot.port import Happening
from dialogs.kit import Call, Event
from dialogs.words.renewal import (
    MailLapse,
    MailReminder,
    MailToPay,
    RenewalToPay,
    SubscriptionEnding,
    SubscriptionLapsed,
)
from services import companies, methods, order_record, orders, reminders, renewal_timer, renewals, subscriptions
from services.engine.port import Call as StoredCall
from services.engine.port import Outbox
from services.order_record import Order
from services.payments import book, record
from services.pricing import Item, price
from services.renewals import Progress
from services.store import timers
from services.store.timers import Timer
from services.subscriptions import Subscription
from values.renewal import RenewalRules, Step, awake, days_left
from values.seller import Seller

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Renewals:
    """The desk's own steps for one seller. `providers` names the payment provider of a method."""

    seller: Seller
    outbox: Outbox
    server_key: bytes
    providers: Callable[[str], str]

    @property
    def zone(self) -> ZoneInfo:
        """Where the seller's days begin."""
        return ZoneInfo(self.seller.time_zone)

    def fire(self, tx: Happening, timer: Timer) -> tuple[StoredCall, ...]:
        """What such a timer is due for; gives the calls that this process is to run after the commit."""
        subscription_id = renewal_timer.owned_by(timer.conversation_id)
        if subscription_id is None:
            return FileReminders(self.seller, self.outbox, self.server_key).fire(tx, timer)
        rules = self.seller.renewal
        if not timers.take(tx.connection, timer) or rules is None:
            return ()
        if (by_day := awake(tx.now, rules, self.zone)) > tx.now:  # an import at night
            renewal_timer.set(tx.connection, subscription_id, by_day)
            return ()
        known = subscriptions.lock(tx.connection, subscription_id)
        if known is None or known.ends_at is None or known.status not in ("active", "grace"):
            return ()
        stands = renewals.progress(tx.connection, known, tx.now)
        step = renewals.due_step(known, stands, rules, self.zone, tx.now)
        if step is not None and subscriptions.goes_on(tx.connection, known):
            step = self._pass_over(tx, known, stands, step)
        calls = self._do(tx, known, known.ends_at, stands, step, rules) if step is not None else ()
        renewals.plan(tx.connection, subscription_id, rules, self.zone, tx.now)
        return tuple(call for call in calls if self.outbox.put(tx.connection, call))

    def plan_all(self, tx: Happening) -> None:
        """At the start of a desk."""
        if (rules := self.seller.renewal) is not None:
            renewals.plan_all(tx.connection, rules, self.zone, tx.now)
            renewal_timer.wake_on_file(tx.connection, tx.now)

    def _do(
        self, tx: Happening, of: Subscription, ends_at: datetime, stands: Progress, step: Step, rules: RenewalRules
    ) -> tuple[StoredCall, ...]:
        match step.action:
            case "remind":
                calls = self._remind(tx, of, ends_at)
                renewals.advance(tx.connection, stands, done=step.number, now=tx.now, reminded=True)
                return calls
            case "collect" if of.auto_renewal:
                order = self._order(tx, of, ends_at, stands, rules)
                renewals.advance(
                    tx.connection, stands, done=step.number, now=tx.now, order_id=order.id if order else None
                )
                again = stands.order_id is not None
                return self._collect(tx, of, ends_at, order, again=again) if order is not None else ()
            case "lapse" | "end":
                grace = ends_at + timedelta(days=rules.grace_days)
                going_on = step.action == "lapse" and of.auto_renewal and grace > tx.now
                renewals.advance(tx.connection, stands, done=step.number, now=tx.now)
                return self._lapse(tx, of, ends_at, grace if going_on else None)
            case _:
                pass
        renewals.advance(tx.connection, stands, done=step.number, now=tx.now)
        return ()

    def _pass_over(self, tx: Happening, of: Subscription, stands: Progress, step: Step) -> None:
        """It was bought again for the time after: nothing to remind of or to ask for, and nobody to tell of its end."""
        if step.action in ("lapse", "end"):
            subscriptions.set_status(tx.connection, of.id, "ended")
        renewals.advance(tx.connection, stands, done=step.number, now=tx.now)

    # --- the steps ---

    def _remind(self, tx: Happening, of: Subscription, ends_at: datetime) -> tuple[StoredCall, ...]:
        """Once a period, in every chat of the customer, else by a letter; who has stopped hears nothing."""
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
        reached = renewals.addresses(tx.connection, of.account_id)
        self._tell(tx, reached.conversations, SubscriptionEnding(of.product, of.serial, ends_at, days))
        if reached.conversations or reached.stopped:
            return ()
        for make in (renewal_links.make_start, renewal_links.make_leave):
            make(tx, self.server_key, of.id, ends_at, account_id=of.account_id)
        letter = MailReminder(of.id, ends_at, days, of.product)
        return (self._call(tx, of, ends_at, "reminder", letter),)

    def _order(
        self, tx: Happening, of: Subscription, ends_at: datetime, stands: Progress, rules: RenewalRules
    ) -> Order | None:
        """The order that renews it: the one placed for this end before, else a new one. None where none can be."""
        before = order_record.get(tx.connection, stands.order_id) if stands.order_id is not None else None
        if before is not None and before.status == "placed":
            return before
        if before is not None and before.status == "cancelled":
            return None  # the customer has withdrawn it: that is an answer
        company = companies.latest(tx.connection, of.account_id)
        if company is None:
            _log.warning("renewal_without_company", subscription=of.id)
            return None
        default = methods.default_of(tx.connection, of.account_id)
        way = default.method if default is not None and default.method in self.seller.methods else None
        plan = self.seller.plan(self._plan_of(of))
        tax = self.seller.tax(company.buyer)
        item = Item(plan.id, 1, rules.years, plan.net, tax.percent, of.id)
        placed = orders.place(
            tx.connection,
            order_id=derived_id(self.server_key, f"renew:{of.id}:{ends_at.isoformat()}"),
            account_id=of.account_id,
            company_id=company.id,
            items=[item],
            discount=None,
            price=price([item], None, self.seller.currency),
            tax=tax,
            method=way or self.seller.methods[0],
            auto_renewal=True,
            series=f"{self.seller.order_prefix}/{tx.now.year}",
            conversation_id=self._first(tx, of),
            now=tx.now,
        )
        if isinstance(placed, orders.Placed):
            return placed.order
        if isinstance(placed, orders.PaymentPending):
            # The customer has ordered just now: if it is this renewal, its money is what is missing.
            open_one = order_record.get(tx.connection, placed.order_id)
            if open_one is not None and any(item.renews == of.id for item in open_one.items):
                return open_one
        _log.warning("renewal_not_ordered", subscription=of.id, reason=type(placed).__name__)
        return None

    def _collect(
        self, tx: Happening, of: Subscription, ends_at: datetime, order: Order, *, again: bool
    ) -> tuple[StoredCall, ...]:
        """The way to pay, in every chat of the customer, else by a letter."""
        opened = self._payment(tx, order, ends_at)
        if isinstance(opened, book.NotPayable):
            return ()
        days = days_left(ends_at, tx.now, self.zone)
        event = self._to_pay(of, ends_at, order, opened.payment, days, again=again)
        reached = renewals.addresses(tx.connection, of.account_id)
        self._tell(tx, reached.conversations, event)
        if reached.conversations or reached.stopped:
            return ()
        letter = MailToPay(of.id, opened.payment.id, ends_at, days, self._plan_of(of))
        return (self._call(tx, of, ends_at, opened.payment.id, letter),)

    def _payment(self, tx: Happening, order: Order, ends_at: datetime) -> book.Opened | book.NotPayable:
        """The one that may be paid already, else a new one."""
        for known in record.of_order(tx.connection, order.id):
            again = book.retry(tx.connection, payment_id=known.id, now=tx.now)
            if isinstance(again, book.Opened):
                return again
        return book.open_payment(
            tx.connection,
            payment_id=derived_id(self.server_key, f"renew:{order.id}:{tx.now.isoformat()}"),
            order_id=order.id,
            method=order.method,
            provider=self.providers(order.method),
            server_key=self.server_key,
            expires_at=max(tx.now, ends_at) + self.seller.manners.payment_ttl,
            now=tx.now,
        )

    def _to_pay(
        self, of: Subscription, ends_at: datetime, order: Order, payment: record.Payment, days: int, *, again: bool
    ) -> RenewalToPay:
        return RenewalToPay(
            plan=self._plan_of(of),
            ends_at=ends_at,
            days=days,
            again=again,
            account_id=of.account_id,
            order_id=order.id,
            number=order.number,
            method=payment.method,
            net=order.price.net.minor,
            vat=order.price.vat.minor,
            gross=order.price.gross.minor,
            currency=order.currency,
            payment_id=payment.id,
            expires_at=payment.expires_at,
            tax=order.tax,
        )

    def _lapse(
        self, tx: Happening, of: Subscription, ends_at: datetime, grace_until: datetime | None
    ) -> tuple[StoredCall, ...]:
        """That it has run out is no reminder: it is told once, in every chat, and to whoever has none by a letter."""
        subscriptions.set_status(tx.connection, of.id, "ended" if grace_until is None else "grace")
        plan, reached = self._plan_of(of), renewals.addresses(tx.connection, of.account_id)
        self._tell(tx, reached.conversations, SubscriptionLapsed(plan, ends_at, grace_until))
        if reached.conversations:
            return ()
        renewal_links.make_start(tx, self.server_key, of.id, ends_at, account_id=of.account_id)
        about = "ended" if grace_until is None else "lapsed"
        return (self._call(tx, of, ends_at, about, MailLapse(of.id, ends_at, grace_until, plan)),)

    # --- what the steps share ---

    def _plan_of(self, of: Subscription) -> str:
        program = self.seller.program(of.product)
        return program.subscription if program is not None else of.product

    def _first(self, tx: Happening, of: Subscription) -> str | None:
        """The conversation that hears of the money."""
        return next(iter(renewals.addresses(tx.connection, of.account_id).conversations), None)

    def _tell(self, tx: Happening, conversations: tuple[str, ...], event: Event) -> None:
        for conversation_id in conversations:
            tx.tell(conversation_id, codec.name_of(event), codec.to_json(event))

    def _call(self, tx: Happening, of: Subscription, ends_at: datetime, about: str, call: Call) -> StoredCall:
        return StoredCall(
            key=f"{renewal_timer.owner_of(of.id)}:{ends_at.isoformat()}:{about}",
            conversation_id=renewal_timer.owner_of(of.id),
            root=None,
            kind=codec.name_of(call),
            payload=codec.to_json(call),
            background=True,
            due_at=tx.now,
        )
