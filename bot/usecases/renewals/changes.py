"""Changes of what a customer has: more, or another plan, for the days that are left or from the next term on."""

from datetime import datetime
from fractions import Fraction
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.identity import marked_id
from bot.conversation.port import UnitOfWork
from bot.usecases.billing.collection import RenewalCollection
from bot.usecases.renewals import notifications
from bot.usecases.renewals.bills import Quote, describe_to_pay, find_company
from bot.usecases.renewals.notifications import HolderEnding, Jobs, Moment
from bot.usecases.renewals.quotes import Quotes
from bot.usecases.seller.events import events_of_change
from dialogs.messages.renewal import ChargeAnswered, RenewalToPay
from dialogs.messages.zone import QuantitySet
from services.orders import order_record, orders
from services.orders.order_record import OrderRecord
from services.orders.pricing import Item, price
from services.payments import book, charges, record
from services.payments.methods import Method
from services.subscriptions import changes, renewal_timer, renewals, renewed_together, subscription_record
from services.subscriptions.subscription_record import Subscription
from values.money import Money
from values.order import Price
from values.renewal import days_left, next_collection, price_share, share_left
from values.seller import Seller

Start = Literal["now", "next_term"]
Unfit = Literal["not_running", "not_counted", "no_plan", "bounds", "same", "unsold"]
Reason = Unfit | Literal["fewer", "cheaper", "waits", "late", "price_changed"]
PACKS = range(1, 1000)


class WantedChange(Struct, frozen=True):
    """A wish for so many from `start` on, another plan, or both. None: as it is by then."""

    start: Start
    number: int | None = None
    plan: str | None = None


class ChangeQuote(Struct, frozen=True):
    """Price of a change, ordered today: there are `number` of `plan` then.

    `price`: for the `days` that are left, or that of the whole next term, which `starts` then.
    """

    of: Subscription
    plan: str
    number: int
    days: int
    starts: datetime
    price: Price
    order: Quote | None = None
    until: datetime | None = None

    @property
    def is_free(self) -> bool:
        """Return whether nothing is to be paid for it now: in a trial, or from the next term on."""
        return self.order is None


class Changes(Struct, frozen=True):
    """The changes of one seller's subscriptions."""

    quotes: Quotes
    server_key: bytes

    @property
    def seller(self) -> Seller:
        return self.quotes.seller

    def quote(
        self, connection: sa.Connection, of: Subscription, wanted: WantedChange, now: datetime
    ) -> ChangeQuote | Reason:
        """Return what it costs, or why it can't be."""
        group = renewed_together.list_renewed_together(connection, of.id)
        if of.status != "active" or not group or of.ends_at is None or not (wanted.start == "now" or of.auto_renewal):
            return "not_running"
        after = self._after(of, wanted)
        if not isinstance(after, Subscription):
            return after
        asked = renewals.progress_of(connection, group, now).order_id
        if asked is not None or orders.find_order_being_paid(connection, of.account_id, now) is not None:
            return "waits"
        ending = HolderEnding((of, *(one for one in group if one.id != of.id)), of.ends_at)
        if wanted.start == "next_term":
            return self._next(connection, ending, after, now)
        return self._now(connection, ending, after, now)

    def _after(self, of: Subscription, wanted: WantedChange) -> Subscription | Reason:
        """Return what is to run, or why it can't."""
        now = wanted.start == "now"
        before = (of.product, of.quantity) if now else (of.renewed_product, of.renewed_quantity)
        plan = wanted.plan or before[0]
        if plan not in (of.product, *self.seller.instead_of(of.product)):
            return "no_plan"
        bounds = self.bounds(plan)
        if bounds is None and (wanted.number is not None or wanted.plan is None):
            return "not_counted"
        least, most = bounds or (1, 1)
        number = wanted.number or (max(least, before[1]) if bounds is not None else 1)
        if (plan, number) == before:
            return "same"
        if not least <= number <= most:
            return "bounds"
        if plan != of.product and not self._sold_alike(of, plan, now=now):
            return "unsold"
        fewer = now and plan == of.product and number < of.quantity and not of.in_trial
        return "fewer" if fewer else replace(of, product=plan, quantity=number)

    def _sold_alike(self, of: Subscription, plan: str, *, now: bool) -> bool:
        """Return whether the plan is sold for the same term, and behind such a trial where one goes on."""
        old, new = self.seller.trial_of(of.product), self.seller.trial_of(plan)
        tried = not (now and of.in_trial) or (old is not None and new is not None and old.kept == new.kept)
        return tried and of.term in self.seller.terms_of(plan)

    def bounds(self, product: str) -> tuple[int, int] | None:
        """Return how many there may be of it; None for what isn't sold by the piece."""
        if (seats := self.seller.seats_of(product)) is not None:
            return seats.min, seats.max
        counted = any(addon.id == product and not addon.once for addon in self.seller.addons)
        return (PACKS[0], PACKS[-1]) if counted else None

    def _next(
        self, connection: sa.Connection, ending: HolderEnding, after: Subscription, now: datetime
    ) -> ChangeQuote | Reason:
        """From the next term on: the sum of the whole renewal."""
        of, plan = ending.of, after.product
        changed = replace(of, next_plan=None if plan == of.product else plan, next_quantity=after.quantity)
        wanted = HolderEnding((changed, *ending.all[1:]), ending.at)
        quote = self.quotes.quote(connection, wanted, renewals.rules_for(self.seller.renewal_rules, changed))
        if quote is None:
            return "unsold"
        days = days_left(ending.at, now, self.seller.zone)
        return ChangeQuote(of, plan, after.quantity, days, ending.at, quote.price)

    def _now(
        self, connection: sa.Connection, ending: HolderEnding, after: Subscription, now: datetime
    ) -> ChangeQuote | Reason:
        """For the days that are left, at today's price.

        A percentage that the term was bought with is off it, too. Of another plan's price goes what was paid for these
        days.
        """
        of, zone = ending.of, self.seller.zone
        # Of what is bought ahead all days are left.
        nothing, counted = Money(0, self.seller.currency), max(now, of.starts_at or now)
        days, free_of_charge = days_left(ending.at, counted, zone), Price(nothing, nothing, nothing)
        free = ChangeQuote(of, after.product, after.quantity, days, now, free_of_charge)
        if of.in_trial:
            return free
        rules = renewals.rules_for(self.seller.renewal_rules, of)
        due = next_collection(rules, ending.at, zone, now) if of.auto_renewal else ending.at
        until = min(now + self.seller.manners.payment_ttl, due or now)
        if until <= now or not free.days:
            return "late"
        company, line = find_company(connection, ending), self._line(connection, ending, after, counted)
        if company is None or line is None:
            return "unsold"
        if line.unit_net < 0:
            return "cheaper"
        if not line.unit_net:
            return free
        tax = self.seller.tax(company.buyer)
        item = replace(line, vat_percent=tax.percent, names=self.quotes.names(line.id))
        costs = price((item,), None, self.seller.currency)
        order = Quote(company, (item,), costs, tax, self._sold_by(connection, of))
        return replace(free, price=costs, order=order, until=until)

    def _line(self, connection: sa.Connection, ending: HolderEnding, after: Subscription, now: datetime) -> Item | None:
        """Return the line of what is added, before tax; None where it isn't sold so. A price below zero: nothing is."""
        of, zone = ending.of, self.seller.zone
        terms = self.seller.terms_of(after.product) or tuple(t for plan in self.seller.plans for t in plan.terms)
        net, before = self.seller.net_of(after.product, of.term), self._sold_by(connection, of)
        sold = subscription_record.line_of(before, of) if before is not None else None
        if net is None or of.term not in terms:
            return None
        _, share = share_left(ending.at, changes.term_begun(connection, of) or of.created_at, now, zone)
        line = Item(after.product, after.quantity, of.term, 0, 0, lowered=False, adds=of.id, until=of.ends_at)
        line = replace(line, before=of.quantity)
        part = share * (100 - self._percent_off(before, sold, after.product)) / 100
        if after.product == of.product:
            return replace(line, quantity=after.quantity - of.quantity, unit_net=price_share(net, part))
        if before is None or sold is None:
            return None
        more = net * after.quantity * part - self._unused(connection, of, before, sold, now)
        return replace(line, unit_net=price_share(1, more / after.quantity), instead=(of.product,))

    def _percent_off(self, before: OrderRecord | None, sold: Item | None, product: str) -> int:
        """Return the percentage that is off the product in a term that was bought so."""
        off = before.discount if before is not None else None
        if off is None or sold is None:
            return 0
        return off.percent if (sold.lowered if sold.id == product else self.quotes.lowers(off, product)) else 0

    def _unused(
        self, connection: sa.Connection, of: Subscription, order: OrderRecord, sold: Item, now: datetime
    ) -> Fraction:
        """Return what was paid, without tax, for the days that are left: with the term, and for its changes since.

        What went back of it isn't counted.
        """
        ends, begun = of.ends_at or now, changes.term_begun(connection, of) or of.created_at
        paid = Fraction(sold.unit_net * sold.quantity)
        if sold.lowered and (off := order.discount) is not None:
            lowered = sum(item.unit_net * item.quantity for item in order.items if item.lowered)
            paid -= paid * (Fraction(off.percent, 100) + Fraction(min(off.amount, lowered), lowered or 1))
        changed = changes.changed_by(connection, of, ends)
        by_money = {of.id: of.price.gross.minor for of in (order, *(by for by, _ in changed))}
        back = record.refunded_of(connection, [*by_money])
        stays = {id: 1 - Fraction(back.get(id, 0), gross or 1) for id, gross in by_money.items()}
        bought = [
            (begun, paid * stays[order.id]),
            *((max(by.placed_at, begun), item.unit_net * item.quantity * stays[by.id]) for by, item in changed),
        ]
        return sum((net * share_left(ends, since, now, self.seller.zone)[1] for since, net in bought), Fraction())

    def _sold_by(self, connection: sa.Connection, of: Subscription) -> OrderRecord | None:
        """Return the order by which its term runs."""
        term = subscription_record.terms(connection, of.account_id).get(of.id)
        return order_record.get(connection, term.order_id) if term is not None else None

    def make(
        self,
        at: Moment,
        of: Subscription,
        wanted: WantedChange,
        *,
        shown: int | None = None,
        way_id: str | None = None,
    ) -> QuantitySet | RenewalToPay | Reason:
        """Change it, or place the order by whose money it changes; return what its customer is to be told.

        `shown`: the gross sum that the customer agreed to, in minor units; `way_id`: the kept method that is charged.
        """
        together = renewed_together.lock_together(at.connection, of.id)
        known = next((one for one in together if one.id == of.id), None)
        quote = "not_running" if known is None else self.quote(at.connection, known, wanted, at.now)
        if known is None or not isinstance(quote, ChangeQuote):
            return quote if not isinstance(quote, ChangeQuote) else "not_running"
        if shown is not None and shown != quote.price.gross.minor:
            return "price_changed"
        if not quote.is_free:
            return self._ordered(at, quote, way_id)
        later = wanted.start == "next_term"
        (changes.set_next if later else changes.set_now)(at.connection, known, quote.plan, quote.number)
        renewals.announce_again(at.connection, together, self.seller.renewal_rules, self.seller.zone, at.now)
        starts, instead = quote.starts if later else None, known.product if quote.plan != known.product else None
        return QuantitySet(known.id, quote.plan, quote.number, starts, instead)

    def way(self, connection: sa.Connection, quote: ChangeQuote, now: datetime) -> Method | None:
        """Return the kept method that its sum may be charged to at once: that of the customer's renewals."""
        gross = quote.price.gross.minor
        return self.quotes.way_of(connection, quote.of.account_id, now, gross) if not quote.is_free else None

    def _ordered(self, at: Moment, quote: ChangeQuote, way_id: str | None) -> RenewalToPay | Reason:
        """Place the order of what is added, and open its payment; charge it where its customer has chosen that."""
        of, wanted, until = quote.of, quote.order, quote.until
        if wanted is None or until is None:
            return "unsold"
        desk = RenewalCollection(self.quotes, self.server_key)
        id_ = marked_id(self.server_key, f"change:{of.id}:{at.now.isoformat()}")
        placed = desk.place(at, wanted, id_, auto_renewal=of.auto_renewal)
        if not isinstance(placed, orders.Placed):
            return "waits"
        good = self.way(at.connection, quote, at.now)
        way = good if good is not None and good.id == way_id else None
        opened = desk.open_payment(at, placed.order, way.method if way else placed.order.method, until)
        if not isinstance(opened, book.Opened):
            return "waits"
        told = describe_to_pay(at, placed.order, opened.payment, of.ends_at or until, self.seller.zone)
        begun = way and charges.begin(at.connection, payment_id=opened.payment.id, stored_id=way.id, now=at.now)
        if way is None or not isinstance(begun, charges.StartedCharge):
            return told
        at.tell(renewal_timer.owner_of(of.id), ChargeAnswered(opened.payment.id, begun.attempt.n, "begun"))
        return replace(told, charging=True, label=way.label)


def announce(tx: UnitOfWork, of: Subscription, told: QuantitySet | RenewalToPay, server_key: bytes) -> Jobs:
    """Tell the customer in every chat what the seller has changed, else by letter, where there is something to pay.

    What is being charged is told by its receipt, or by the link that its refusal leads to.
    """
    others = replace(told, mails=False) if isinstance(told, RenewalToPay) else told
    reached = notifications.tell_chats(tx, of.account_id, told, others)
    for event in events_of_change(tx.connection, told, tx.now):
        tx.publish(event)
    if isinstance(told, QuantitySet) or told.charging or reached.told:
        return ()
    return (notifications.make_notice_job(tx, HolderEnding((of,), told.ends_at), told, told.order_id, server_key),)
