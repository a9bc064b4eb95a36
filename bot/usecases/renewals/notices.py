"""Notices, in every chat and by letter: of terms that end without renewal, and of cards that expire before it.

Once, of what was promised otherwise. They are about the contract: whoever has stopped reminders gets them, too.
"""

from msgspec import Struct

from bot.conversation.port import UnitOfWork
from bot.usecases.renewals import notifications
from bot.usecases.renewals.notifications import HolderEnding, Jobs
from bot.usecases.renewals.quotes import Quotes, named
from dialogs.renewal.notices import RenewalSetRight, TermEnding, WayExpiring
from services.orders import order_record
from services.payments import record
from services.subscriptions import reminders, renewals, subscriptions
from services.subscriptions.renewals import RenewalProgress
from services.subscriptions.subscriptions import Subscription
from values.renewal import NOTICE_DAYS, EndNotice, days_left
from values.renewal_outlook import Outlook


class Notices(Struct, frozen=True):
    """For one seller; `quotes` tells how a term goes on."""

    quotes: Quotes
    server_key: bytes

    def give(self, tx: UnitOfWork, ending: HolderEnding, stands: RenewalProgress, notice: EndNotice) -> Jobs:
        """Announce the end of what isn't followed by another term."""
        holder = subscriptions.holder(tx.connection, ending.of.id)
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
        heard = not reminders.stopped(tx.connection, of.account_id)
        heard &= not renewals.addresses(tx.connection, of.account_id, tx.now).stopped
        return asked and heard and stands.reminded_at is not None

    def _tell(self, tx: UnitOfWork, ending: HolderEnding, over: tuple[Subscription, ...]) -> Jobs:
        lines = self.quotes.lines(over)
        plan = next((of.product for of in over if self.quotes.seller.is_service(of.product)), None)
        days = days_left(ending.at, tx.now, self.quotes.zone)
        company = named(tx.connection, self.quotes.company(tx.connection, ending))
        notice = TermEnding(ending.at, days, lines, plan, company)
        return notifications.give(tx, ending, notice, f"ending:{days}", self.server_key)

    def _way_expires(self, tx: UnitOfWork, ending: HolderEnding) -> Jobs:
        """Tell in time that the card kept for the renewal will have expired on its day."""
        way = self.quotes.default_way(tx.connection, ending.account_id)
        found = self.quotes.outlook(tx.connection, ending, tx.now)
        renewal = next((o for o in found if o.kind == "link" and o.on is not None), None)
        if way is None or way.expires_on is None or way.gone_at is not None or renewal is None or renewal.on is None:
            return ()
        if way.is_good(renewal.on.astimezone(self.quotes.zone).date()):
            return ()
        last = f"{way.expires_on:%m/%Y}"
        expiring = WayExpiring(way.label, last, renewal)
        return notifications.give(tx, ending, expiring, "way_expiring", self.server_key)

    # --- once, after an upgrade ---

    def set_right(self, tx: UnitOfWork, ending: HolderEnding) -> Jobs:
        """Tell how the term goes on, where the customer zone of an earlier release promised another renewal."""
        found = self.quotes.outlook(tx.connection, ending, tx.now)
        wrong = next((o for o in found if self._promised_otherwise(tx, ending, o)), None)
        if wrong is None:
            return ()
        return notifications.give(tx, ending, RenewalSetRight(wrong), "set_right", self.server_key)

    def _promised_otherwise(self, tx: UnitOfWork, ending: HolderEnding, outlook: Outlook) -> bool:
        """Return whether the zone said that the method would be charged, and nothing will be.

        It looked at the method of the payment alone: whether renewal was switched on with the order, and whether
        anything was kept, it didn't see.
        """
        term = subscriptions.terms(tx.connection, ending.account_id).get(ending.of.id)
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
