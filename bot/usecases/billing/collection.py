"""The money of a renewal: the order that the desk places, the charge of a stored way to pay, else the payment link."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.identity import derived_id, marked_id
from bot.conversation.port import UnitOfWork
from bot.usecases.billing.pages import GOOD_FOR
from bot.usecases.renewals import notifications
from bot.usecases.renewals.bills import Quote, describe_to_pay
from bot.usecases.renewals.notifications import HolderEnding, Left, Moment
from bot.usecases.renewals.quotes import Quotes
from dialogs.messages.renewal import ChargeStored
from services.jobs.port import StoredJob
from services.keyed_hash import all_keys
from services.orders import order_record, orders
from services.orders.order_record import OrderRecord
from services.orders.pricing import Item
from services.payments import book, charges, methods, record
from services.payments.methods import Method
from services.payments.record import PaymentAttempt, PaymentRecord
from services.seller import seller_events
from services.subscriptions.renewals import RenewalProgress
from values.order import Bill
from values.payment import is_offline
from values.renewal import TermRules, days_left, last_moment, next_collection
from values.seller import Seller

_log = structlog.get_logger(__name__)


class ChargeRefused(Struct, frozen=True):
    """A charge that came to nothing: why, what was charged, and when it is tried again, if it is."""

    why: str  # declined, needs_payer, gone, expired, unanswered
    label: str
    again_at: datetime | None


class RenewalCollection(Struct, frozen=True):
    """For one seller; `quotes` says what a renewal costs and who may be charged."""

    quotes: Quotes
    server_key: bytes

    @property
    def seller(self) -> Seller:
        return self.quotes.seller

    # --- a day on which the money is asked for ---

    def collect(self, tx: UnitOfWork, ending: HolderEnding, stands: RenewalProgress, rules: TermRules) -> Left:
        """Order what renews.

        Its money is charged, or the customer told how to pay. Before that the customer is asked for documents that have
        changed, and told of a sum that nobody has agreed to.
        """
        if not self.quotes.renewing(tx.connection, ending):
            return Left()
        before = order_record.get(tx.connection, stands.order_id) if stands.order_id is not None else None
        if before is not None and before.status == "cancelled":
            return Left()  # withdrawn by the customer: that is an answer
        quote = self.quotes.quote(tx.connection, ending, rules)
        if before is None or before.status != "placed":
            return self._order(tx, ending, stands, rules, quote)
        if not self._drop_outdated(tx, ending, before, quote):
            return self._ask(tx, ending, stands, rules, before)
        return replace(self._order(tx, ending, replace(stands, order_id=None), rules, quote), dropped=True)

    def _order(
        self, tx: UnitOfWork, ending: HolderEnding, stands: RenewalProgress, rules: TermRules, quote: Quote | None
    ) -> Left:
        """Place the order, or join the customer's own, unless something is to be told or accepted before."""
        if quote is None:
            return Left()
        if (own := self._being_paid(tx, ending, quote.company.id)) is not None:
            renews = any(item.renews in ending.ids for item in own.items)
            asked = self._ask(tx, ending, stands, rules, own) if renews or tx.now < ending.at else Left()
            return asked if renews else Left(asked.jobs)
        if documents := self.quotes.outdated(tx, ending.account_id):
            asked = notifications.ask_to_accept(tx, ending, quote.bill(stands.announced), documents, self.server_key)
            return replace(asked, announced=quote.gross)
        way = self.quotes.way_of(tx.connection, ending.account_id, tx.now, quote.gross)
        later = next_collection(rules, ending.at, self.seller.zone, tx.now)
        if way is not None and later is not None and not self._announced(stands, quote):
            return notifications.announce(tx, ending, quote.bill(stands.announced), way, later, self.server_key)
        order = self._place(tx, ending, quote)
        if order is None:
            return Left()
        return self._ask(tx, ending, stands, rules, order, quote)

    def _drop_outdated(self, tx: UnitOfWork, ending: HolderEnding, order: OrderRecord, quote: Quote | None) -> bool:
        """Cancel the desk's own order where what it renews was changed since, unless it is being paid just now."""
        if quote is None or _renewed_lines(order.items) == _renewed_lines(quote.items):
            return False
        if order.id not in self._order_ids(tx, ending, order.items):
            return False
        for of in record.of_order(tx.connection, order.id):
            tried = record.attempts_of(tx.connection, of.id)
            at_page = (one for one in tried if _at_the_page(one) and one.created_at + GOOD_FOR > tx.now)
            if charges.find_running_charge(tried) is not None or any(at_page):
                return False
        orders.cancel(tx.connection, order_id=order.id, now=tx.now)
        tx.publish(seller_events.order_cancelled(order_record.lock(tx.connection, order.id), tx.now))
        return True

    def _ask(
        self,
        tx: UnitOfWork,
        ending: HolderEnding,
        stands: RenewalProgress,
        rules: TermRules,
        order: OrderRecord,
        quote: Quote | None = None,
    ) -> Left:
        """Charge the stored method, or tell how to pay."""
        ours = order.id in self._order_ids(tx, ending, order.items)
        way = self.quotes.way_of(tx.connection, ending.account_id, tx.now, order.price.gross.minor) if ours else None
        if way is not None and quote is not None and not self._announced(stands, quote):
            way = None  # too late to tell of the sum first: the customer pays it, or doesn't
        if way is not None and charges.needs_its_payer(tx.connection, order_id=order.id, stored_id=way.id):
            way = None
        payment = self._payment(tx, order, last_moment(rules, ending.at, self.seller.zone), way)
        if isinstance(payment, book.NotPayable):
            return Left(order_id=order.id)
        if way is not None and payment.method == way.method:
            return Left(self._charge(tx, ending, payment, way), order.id)
        refused = self._expired(tx, ending) if ours else None
        again, days = stands.order_id is not None or not ours, days_left(ending.at, tx.now, self.seller.zone)
        first = stands.order_id is None and (ours or days >= rules.charge_days)
        if rules.told_by_receipt and not first and next_collection(rules, ending.at, self.seller.zone, tx.now):
            return Left(order_id=order.id)  # a short term is asked for on its first and its last day
        bill = quote.bill(stands.announced) if quote is not None else None
        return Left(self.ask_for(tx, ending, order, payment, again=again, refused=refused, bill=bill), order.id)

    def _being_paid(self, tx: UnitOfWork, ending: HolderEnding, company_id: str) -> OrderRecord | None:
        """Find what the customer has just ordered and not paid yet.

        This renewal, or the same products anew for the same company.
        """
        open_ = orders.find_order_being_paid(tx.connection, ending.account_id, tx.now)
        order = order_record.get(tx.connection, open_.order_id) if open_ is not None else None
        if order is None:
            return None
        products = {of.product for of in ending.all} if order.company_id == company_id else set[str]()
        same = (item.renews in ending.ids or (item.begins and item.id in products) for item in order.items)
        return order if any(same) else None

    def _announced(self, stands: RenewalProgress, quote: Quote) -> bool:
        """Return whether the charge was announced with this sum or a higher one."""
        return stands.announced is not None and quote.gross <= stands.announced

    def _expired(self, tx: UnitOfWork, ending: HolderEnding) -> ChargeRefused | None:
        """Why nothing is charged where the default card is past its last day."""
        default = self.quotes.default_way(tx.connection, ending.account_id)
        if default is None or default.gone_at is not None or default.expires_on is None:
            return None
        today = tx.now.astimezone(self.seller.zone).date()
        return ChargeRefused("expired", default.label, None) if default.expires_on < today else None

    def _place(self, tx: UnitOfWork, ending: HolderEnding, quote: Quote) -> OrderRecord | None:
        """Place the order of the renewal."""
        placed = self.place(tx, quote, self._order_ids(tx, ending, quote.items)[0], beside=True)
        if not isinstance(placed, orders.Placed):
            _log.warning("renewal_not_ordered", subscription=ending.of.id, reason=type(placed).__name__)
            return None
        tx.publish(seller_events.order_placed(placed.order, placed.order.placed_at))
        return placed.order

    def place(
        self,
        at: Moment,
        quote: Quote,
        order_id: str,
        *,
        auto_renewal: bool = True,
        beside: bool = False,
    ) -> orders.Placed | orders.NotPlaced:
        """Place an order of the desk's own, for the company and the orderer of the original purchase."""
        default = methods.default_of(at.connection, quote.company.account_id)
        known = default.method if default is not None and default.method in self.seller.methods else None
        placed = orders.place(
            at.connection,
            orders.WantedOrder(
                id=order_id,
                account_id=quote.company.account_id,
                company_id=quote.company.id,
                items=quote.items,
                discount=quote.discount,
                price=quote.price,
                tax=quote.tax,
                method=known or self.seller.methods[0],
                auto_renewal=auto_renewal,
                time_zone=self.seller.time_zone,
                series=f"{self.seller.order_prefix}/{at.now.year}",
                conversation_id=notifications.find_event_chat(at, quote.company.account_id),
                beside=beside,
            ),
            at.now,
        )
        orderer = order_record.orderer_of(at.connection, quote.before.id) if quote.before is not None else None
        if isinstance(placed, orders.Placed) and orderer is not None:
            order_record.keep_orderer(at.connection, order_id=placed.order.id, orderer=orderer)
        return placed

    def _order_ids(self, tx: UnitOfWork, ending: HolderEnding, items: Sequence[Item]) -> tuple[str, ...]:
        """Return the ids of the desk's orders of these lines, newest first; in earlier releases of what they renew.

        So what is left of the lines is another order; and so are they when they are back after theirs was cancelled.
        """
        lines, ids = _renewed_lines(items), tuple[str, ...]()
        named = (",".join(map(" ".join, lines)), ",".join(renewed for renewed, *_ in lines), *ending.ids)
        of_lines = [f"renew:{of}:{ending.at.isoformat()}" for of in named]
        while True:
            ids = (*(derived_id(key, of) for key in all_keys(self.server_key) for of in of_lines), *ids)
            known = order_record.get(tx.connection, ids[0])
            if known is None or known.status != "cancelled":
                return ids
            of_lines = [f"{of}:again" for of in of_lines]

    def _payment(
        self, tx: UnitOfWork, order: OrderRecord, until: datetime, way: Method | None
    ) -> PaymentRecord | book.NotPayable:
        """Return the one that may be paid already, else a new one that can be paid until the days of grace are over.

        The customer's own choice of another method stands; what the desk has tried makes way for another stored way.
        """
        for known in record.of_order(tx.connection, order.id):
            tried = record.attempts_of(tx.connection, known.id)
            ours = bool(tried) and tried[-1].stored_id is not None and charges.find_running_charge(tried) is None
            if known.status == "failed" and ours and way is not None and way.method != known.method:
                continue
            again = book.retry(tx.connection, payment_id=known.id, now=tx.now)
            if isinstance(again, book.Opened):
                return again.payment
        opened = self.open_payment(tx, order, way.method if way is not None else order.method, until)
        return opened if isinstance(opened, book.NotPayable) else opened.payment

    def open_payment(
        self, at: Moment, order: OrderRecord, method: str, until: datetime
    ) -> book.Opened | book.NotPayable:
        """Open a payment of the order by that method, which can be paid until then."""
        return book.open_payment(
            at.connection,
            payment_id=marked_id(self.server_key, f"renew:{order.id}:{at.now.isoformat()}"),
            order_id=order.id,
            method=method,
            provider=self.quotes.providers(method),
            server_key=self.server_key,
            expires_at=until,
            now=at.now,
        )

    def _charge(
        self, tx: UnitOfWork, ending: HolderEnding, payment: PaymentRecord, way: Method
    ) -> tuple[StoredJob, ...]:
        """Begin the charge, but not while the payer may be at the provider's page."""
        earlier = record.attempts_of(tx.connection, payment.id)
        begun = charges.begin(tx.connection, payment_id=payment.id, stored_id=way.id, now=tx.now)
        if isinstance(begun, book.NotPayable) or not begun.new:
            return ()
        due_at = max((a.created_at + GOOD_FOR for a in earlier if _at_the_page(a)), default=tx.now)
        wanted = ChargeStored(ending.of.id, payment.id, begun.attempt.n)
        return (notifications.job(tx, ending, f"charge:{begun.attempt.reference}", wanted, max(tx.now, due_at)),)

    def ask_for(
        self,
        tx: UnitOfWork,
        ending: HolderEnding,
        order: OrderRecord,
        payment: PaymentRecord,
        *,
        again: bool,
        refused: ChargeRefused | None = None,
        bill: Bill | None = None,
    ) -> tuple[StoredJob, ...]:
        """Ask for the payment in every chat of the customer, else by e-mail, with the reason for a refused charge."""
        event = describe_to_pay(tx, order, payment, ending.at, self.seller.zone)
        event = replace(event, again=again, bill=bill or event.bill)
        if refused is not None:
            event = replace(event, refusal=refused.why, label=refused.label, retry_at=refused.again_at)
        reached = notifications.tell_chats(tx, order.account_id, event, replace(event, mails=False))
        mailed = reached.chats and is_offline(payment.method)  # how to pay, by the first chat's dialogs
        if reached.told or mailed or (reached.stopped and refused is None):
            return ()
        about = payment.id if refused is None else f"{payment.id}:{tx.now.isoformat()}"
        return (notifications.make_notice_job(tx, ending, event, about, self.server_key),)


def _renewed_lines(items: Sequence[Item]) -> list[tuple[str, str, str]]:
    return sorted((item.renews, item.id, str(item.quantity)) for item in items if item.renews is not None)


def _at_the_page(attempt: PaymentAttempt) -> bool:
    return attempt.stored_id is None and attempt.status == "pending"
