"""Ends of subscriptions: days of grace while a renewal waits for its money, else the end itself."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.port import UnitOfWork
from bot.usecases.billing.collection import RenewalCollection
from bot.usecases.renewals import notifications
from bot.usecases.renewals.notifications import HolderEnding, Jobs, Left
from bot.usecases.renewals.quotes import named
from dialogs.messages.renewal import SubscriptionLapsed
from services.einvoicing import einvoices
from services.orders import order_record, orders
from services.orders.order_record import OrderRecord
from services.seller import seller_events
from services.subscriptions import subscriptions
from services.subscriptions.renewals import RenewalProgress
from services.subscriptions.subscriptions import Subscription
from values.renewal import RenewalRules, RenewalStep, last_moment


class Lapse(Struct, frozen=True):
    """For one seller; `collection` orders what was to be renewed and couldn't be ordered before."""

    collection: RenewalCollection

    def lapse(
        self, tx: UnitOfWork, ending: HolderEnding, stands: RenewalProgress, step: RenewalStep, rules: RenewalRules
    ) -> Left:
        """End the subscriptions, or begin their days of grace, and tell the customer once.

        Subscriptions that were bought again end silently; a free version has no end.
        """
        free = self.collection.seller.free_version
        left, order = self._ordered(tx, ending, stands, step, rules)
        jobs = left.jobs
        grace = last_moment(rules, ending.at, self.collection.zone)
        awaited = {item.renews for item in order.items} if order is not None else set[str | None]()
        over: list[Subscription] = []
        on: list[Subscription] = []
        for of in ending.all:
            if of.product == free:
                subscriptions.prolong(tx.connection, of, tx.now)
            elif subscriptions.goes_on(tx.connection, of):
                subscriptions.set_ended(tx.connection, of.id)
            elif of.auto_renewal and of.id in awaited and step.action == "lapse" and grace > tx.now:
                subscriptions.set_grace(tx.connection, of.id)
                on.append(of)
            else:
                subscriptions.set_ended(tx.connection, of.id)
                tx.publish(seller_events.subscription_ended(of, tx.now))
                over.append(of)
        if on:
            jobs += self._tell(tx, ending, tuple(on), grace, None)
        gone = None if on else self._give_up(tx, order)
        if over:
            einvoices.end_with_service(tx.connection, ending.account_id)
            jobs += self._tell(tx, ending, tuple(over), None, gone)
        return replace(left, jobs=jobs, documents=())

    def _ordered(
        self, tx: UnitOfWork, ending: HolderEnding, stands: RenewalProgress, step: RenewalStep, rules: RenewalRules
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
        company = named(tx.connection, self.collection.quotes.company(tx.connection, ending))
        event = SubscriptionLapsed(
            plan=lines[0][0],
            ends_at=ending.at,
            grace_until=grace,
            lines=lines,
            order_id=gone.id if gone is not None else None,
            number=gone.number if gone is not None else None,
            company=company,
        )
        about = "ended" if grace is None else "lapsed"
        return notifications.give(tx, ending, event, about, self.collection.server_key)
