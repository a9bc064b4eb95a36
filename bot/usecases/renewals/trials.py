"""Trials that end: told once, in every chat and by letter; charged when they are over, or over in words.

Nobody is charged who has left, or was told of less. Without a charge that is agreed to, what follows is ordered anew.
"""

from msgspec import Struct

from bot.conversation.port import UnitOfWork
from bot.usecases.billing.collection import RenewalCollection
from bot.usecases.renewals import notifications
from bot.usecases.renewals.bills import bill_of, find_company, name_company
from bot.usecases.renewals.notices import Lapse
from bot.usecases.renewals.notifications import HolderEnding, Jobs, Left
from dialogs.renewal.notices import TermEnding
from services.orders.pricing import price
from services.seller import seller_events
from services.subscriptions import renewals, renewed_together, subscriptions
from services.subscriptions.renewals import RenewalProgress
from values.order import Bill
from values.renewal import RenewalStep, TermRules, days_left


class TrialEnd(Struct, frozen=True):
    """For one seller; `collection` sees to the money."""

    collection: RenewalCollection

    def do(
        self, tx: UnitOfWork, ending: HolderEnding, stands: RenewalProgress, step: RenewalStep, rules: TermRules
    ) -> Left:
        """Tell that it ends, ask for the money of the first term, or end it."""
        if step.action == "announce":
            return self._announce(tx, ending, rules)
        agreed = step.action == "collect" and self._is_agreed(tx, ending, stands, rules)
        if agreed and (left := self.collection.collect(tx, ending, stands, rules)).order_id is not None:
            for of in ending.all:  # what was bought meanwhile has begun already; the charge is for what renews
                if not of.auto_renewal:
                    tx.publish(seller_events.trial_ended(of, tx.now))
                if not of.auto_renewal or renewed_together.is_continued(tx.connection, of):
                    subscriptions.set_ended(tx.connection, of.id)
            return left
        return Lapse(self.collection).lapse(tx, ending, stands, step, rules)

    def refused(self, tx: UnitOfWork, ending: HolderEnding, label: str | None) -> Jobs:
        """End it at once: the way to pay of this label couldn't be charged, or wasn't to be (None)."""
        stands = renewals.progress_of(tx.connection, ending.all, tx.now)
        step = RenewalStep(stands.done + 1, "end", tx.now)
        rules = renewals.rules_for(self.collection.seller.renewal_rules, ending.of)
        return Lapse(self.collection, label).lapse(tx, ending, stands, step, rules).jobs

    def _announce(self, tx: UnitOfWork, ending: HolderEnding, rules: TermRules) -> Left:
        """Tell the day, the sum, and how it is stopped; or what it would cost to go on."""
        quotes = self.collection.quotes
        for of in ending.all:
            tx.publish(seller_events.trial_ending(of, tx.now))
        quote = quotes.quote(tx.connection, ending, rules) if rules.collects else None
        key = self.collection.server_key
        way = quotes.way_of(tx.connection, ending.account_id, ending.at, quote.gross) if quote is not None else None
        if quote is not None and way is not None:
            return notifications.announce(tx, ending, quote.bill(None), way, ending.at, key, trial=True)
        lines = quotes.lines(ending.all)
        company = name_company(tx.connection, find_company(tx.connection, ending))
        days = days_left(ending.at, tx.now, self.collection.seller.zone)
        notice = TermEnding(ending.at, days, lines, lines[0][0], company, self._after(tx, ending))
        return Left(notifications.give_notice(tx, ending, notice, "trial", key))

    def _is_agreed(self, tx: UnitOfWork, ending: HolderEnding, stands: RenewalProgress, rules: TermRules) -> bool:
        """Return whether a way to pay may be charged, at a sum that was announced, in words that stand."""
        quotes = self.collection.quotes
        quote = quotes.quote(tx.connection, ending, rules)
        if quote is None or stands.announced is None or quote.gross > stands.announced:
            return False
        way = quotes.way_of(tx.connection, ending.account_id, tx.now, quote.gross)
        return way is not None and not quotes.outdated(tx, ending.account_id)

    def _after(self, tx: UnitOfWork, ending: HolderEnding) -> Bill | None:
        """Return what the first term would cost, ordered today."""
        quotes = self.collection.quotes
        if (company := find_company(tx.connection, ending)) is None:
            return None
        tax = quotes.seller.tax(company.buyer)
        items = quotes.first_term(
            tx.connection, ending, quotes.items(ending.all, quotes.seller.renewal_rules, tax), tax
        )
        return bill_of(items, price(items, None, quotes.seller.currency), tax) if items else None
