"""Changes of how many a customer has: more now, for the days that are left, or another number from the next term on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.identity import marked_id
from bot.conversation.port import UnitOfWork
from bot.usecases.billing.collection import RenewalCollection
from bot.usecases.renewals import notifications
from bot.usecases.renewals.notifications import HolderEnding, Jobs, Moment
from bot.usecases.renewals.quotes import Quote, Quotes, bill_of_order
from bot.usecases.seller.events import events_of_change
from dialogs.messages.renewal import RenewalToPay
from dialogs.messages.zone import QuantitySet
from services.orders import order_record, orders
from services.orders.pricing import Item, price
from services.payments import book
from services.subscriptions import changes, renewals, subscriptions
from services.subscriptions.subscriptions import Subscription
from values.money import Money
from values.order import Price
from values.renewal import days_left, next_collection, price_share, share_left
from values.seller import Seller

Start = Literal["now", "next_term"]
STARTS: tuple[Start, ...] = ("now", "next_term")
Reason = Literal["not_running", "not_counted", "bounds", "same", "fewer", "waits", "late", "unsold", "price_changed"]
NOT_CHANGED: Mapping[Reason, str] = {
    "not_running": "it doesn't run, or isn't followed by another term",
    "not_counted": "it isn't sold by the piece",
    "bounds": "the offer has fewest and most of it",
    "same": "there are so many already",
    "fewer": "fewer are possible from the next term on",
    "waits": "an order of this customer waits for its money: it is paid or cancelled first",
    "late": "the next term is asked for already: change it from then on",
    "unsold": "it isn't sold any more as it runs",
    "price_changed": "the price has changed since it was shown",
}
"""Why nothing is changed, for whoever asks by the API."""
PACKS = range(1, 1000)


class ChangeQuote(Struct, frozen=True):
    """Price of a change, ordered today.

    `price`: for the `days` that are left, or that of the whole next term, which `starts` then.
    """

    of: Subscription
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
        self, connection: sa.Connection, of: Subscription, number: int, start: Start, now: datetime
    ) -> ChangeQuote | Reason:
        """Return what so many of it cost from then on, or why there can't be so many."""
        group = subscriptions.together(connection, of.id)
        if (refused := self._refused(connection, of, group, number, start, now)) is not None or of.ends_at is None:
            return refused or "not_running"
        ending = HolderEnding((of, *(one for one in group if one.id != of.id)), of.ends_at)
        return (
            self._next(connection, ending, number, now)
            if start == "next_term"
            else self._more(connection, ending, number, now)
        )

    def _refused(
        self,
        connection: sa.Connection,
        of: Subscription,
        group: tuple[Subscription, ...],
        number: int,
        start: Start,
        now: datetime,
    ) -> Reason | None:
        least, most = self.bounds(of) or (0, 0)
        if of.status != "active" or not group or (start == "next_term" and not of.auto_renewal):
            return "not_running"
        if not most:
            return "not_counted"
        if number == (of.quantity if start == "now" else of.renewed_quantity):
            return "same"
        if not least <= number <= most:
            return "bounds"
        if start == "now" and number < of.quantity and not of.in_trial:
            return "fewer"
        asked = renewals.progress_of(connection, group, now).order_id
        return "waits" if asked is not None or orders.open_of(connection, of.account_id, now) is not None else None

    def bounds(self, of: Subscription) -> tuple[int, int] | None:
        """Return how many there may be of it; None for what isn't sold by the piece."""
        if (seats := self.seller.seats_of(of.product)) is not None:
            return seats.min, seats.max
        counted = any(addon.id == of.product and not addon.once for addon in self.seller.addons)
        return (PACKS[0], PACKS[-1]) if counted else None

    def _next(
        self, connection: sa.Connection, ending: HolderEnding, number: int, now: datetime
    ) -> ChangeQuote | Reason:
        """From the next term on: the sum of the whole renewal."""
        changed = replace(ending.of, next_quantity=number)
        wanted = HolderEnding((changed, *ending.all[1:]), ending.at)
        quote = self.quotes.quote(connection, wanted, renewals.rules_for(self.seller.renewal_rules, changed))
        if quote is None:
            return "unsold"
        days = days_left(ending.at, now, self.seller.zone)
        return ChangeQuote(ending.of, number, days, ending.at, quote.price)

    def _more(
        self, connection: sa.Connection, ending: HolderEnding, number: int, now: datetime
    ) -> ChangeQuote | Reason:
        """For the days that are left, at today's price; a percentage that the term was bought with is off it, too."""
        of, zone = ending.of, self.seller.zone
        begun = changes.term_begun(connection, of) or of.created_at
        days, share = share_left(ending.at, begun, now, zone)
        nothing = Money(0, self.seller.currency)
        if of.in_trial:
            return ChangeQuote(of, number, days, now, Price(nothing, nothing, nothing))
        rules = renewals.rules_for(self.seller.renewal_rules, of)
        due = next_collection(rules, ending.at, zone, now) if of.auto_renewal else ending.at
        until = min(now + self.seller.manners.payment_ttl, due or now)
        if until <= now or not days:
            return "late"
        company = self.quotes.company(connection, ending)
        net = self.seller.net_of(of.product, of.term)
        if company is None or net is None or of.term not in self._terms(of):
            return "unsold"
        tax = self.seller.tax(company.buyer)
        unit = price_share(net, share * (100 - self._lowered(connection, of)) / 100)
        more = number - of.quantity
        item = Item(of.product, more, of.term, unit, tax.percent, lowered=False, adds=of.id, until=of.ends_at)
        item = replace(item, names=self.quotes.names(of.product))
        costs = price((item,), None, self.seller.currency)
        return ChangeQuote(of, number, days, now, costs, Quote(company, (item,), costs, tax, None), until)

    def _terms(self, of: Subscription) -> tuple[str, ...]:
        return self.seller.terms_of(of.product) or tuple(t for plan in self.seller.plans for t in plan.terms)

    def _lowered(self, connection: sa.Connection, of: Subscription) -> int:
        """Return the percentage that is off its running term."""
        term = subscriptions.terms(connection, of.account_id).get(of.id)
        order = order_record.get(connection, term.order_id) if term is not None else None
        lowered = order is not None and any(item.id == of.product and item.lowered for item in order.items)
        return order.discount.percent if order is not None and lowered and order.discount is not None else 0

    def make(
        self, at: Moment, of: Subscription, number: int, start: Start, *, shown: int | None = None
    ) -> QuantitySet | RenewalToPay | Reason:
        """Change it, or place the order by whose money it changes; return what its customer is to be told.

        `shown`: the gross sum that the customer agreed to, in minor units.
        """
        known = next((one for one in subscriptions.lock_together(at.connection, of.id) if one.id == of.id), None)
        quote = "not_running" if known is None else self.quote(at.connection, known, number, start, at.now)
        if known is None or not isinstance(quote, ChangeQuote):
            return quote if not isinstance(quote, ChangeQuote) else "not_running"
        if shown is not None and shown != quote.price.gross.minor:
            return "price_changed"
        if not quote.is_free:
            return self._ordered(at, quote)
        (changes.set_next if start == "next_term" else changes.set_quantity)(at.connection, known, number)
        return QuantitySet(known.id, known.product, number, quote.starts if start == "next_term" else None)

    def _ordered(self, at: Moment, quote: ChangeQuote) -> RenewalToPay | Reason:
        """Place the order of what is added, and open its payment."""
        of, wanted, until = quote.of, quote.order, quote.until
        if wanted is None or until is None:
            return "unsold"
        desk = RenewalCollection(self.quotes, self.server_key)
        placed = desk.place(
            at,
            wanted,
            marked_id(self.server_key, f"change:{of.id}:{at.now.isoformat()}"),
            auto_renewal=of.auto_renewal,
        )
        if not isinstance(placed, orders.Placed):
            return "waits"
        opened = desk.open_payment(at, placed.order, placed.order.method, until)
        if not isinstance(opened, book.Opened):
            return "waits"
        return RenewalToPay(
            plan=of.product,
            ends_at=of.ends_at or until,
            days=quote.days,
            again=False,
            account_id=of.account_id,
            order_id=placed.order.id,
            number=placed.order.number,
            payment_id=opened.payment.id,
            bill=bill_of_order(at.connection, placed.order),
            adds=True,
        )


def announce(tx: UnitOfWork, of: Subscription, told: QuantitySet | RenewalToPay, server_key: bytes) -> Jobs:
    """Tell the customer in every chat what the seller has changed, else by letter, where there is something to pay."""
    others = replace(told, mails=False) if isinstance(told, RenewalToPay) else told
    reached = notifications.tell(tx, of.account_id, told, others)
    for event in events_of_change(tx.connection, told, tx.now):
        tx.publish(event)
    if isinstance(told, QuantitySet) or reached.told:
        return ()
    return (notifications.letter(tx, HolderEnding((of,), told.ends_at), told, told.order_id, server_key),)
