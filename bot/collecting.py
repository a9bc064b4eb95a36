"""The money of a renewal: the order that the desk places, the charge of a stored way to pay, else the payment link."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from bot import holders
from bot.holders import Ending
from bot.identity import derived_id
from bot.payment_links import GOOD_FOR
from bot.port import Happening
from dialogs.words.charge import ChargeStored
from dialogs.words.renewal import MailToPay, RenewalToPay
from services import companies, consents, methods, order_record, orders, seller_events
from services.engine.port import Call as StoredCall
from services.methods import Method
from services.order_record import Order
from services.payments import book, charges, record
from services.payments.record import Attempt, Payment
from services.pricing import Item, price
from services.renewals import Progress
from services.subscriptions import Subscription
from values.money import Money
from values.price import Price
from values.renewal import RenewalRules, days_left
from values.seller import Seller
from values.vat import Vat

_log = structlog.get_logger(__name__)
MANDATE = "auto_renewal"  # the document in whose words renewing by itself is agreed to, where the profile has it


@dataclass(frozen=True, slots=True)
class Refused:
    """A charge that came to nothing: why, what was charged, and when it is tried again, if it is."""

    why: str  # declined, needs_payer, gone, unanswered
    label: str
    again_at: datetime | None


@dataclass(frozen=True)
class Collecting:
    """For one seller. `providers` names the payment provider of a method; `charges` says whether one charges it."""

    seller: Seller
    server_key: bytes
    providers: Callable[[str], str]
    charges: Callable[[str], bool]

    @property
    def zone(self) -> ZoneInfo:
        """Where the seller's days begin."""
        return ZoneInfo(self.seller.time_zone)

    # --- what may be charged ---

    def way_of(self, tx: Happening, account_id: str, on: datetime) -> Method | None:
        """The stored way to pay that may be charged then: the default, as long as its holder's consent stands."""
        default = methods.default_of(tx.connection, account_id)
        if default is None or default.method not in self.seller.chargeable or not self.charges(default.method):
            return None
        if default.provider != self.providers(default.method) or not default.is_good(on.astimezone(self.zone).date()):
            return None
        return default if self._agreed(tx, account_id) else None

    def _agreed(self, tx: Happening, account_id: str) -> bool:
        """With sellers who have words of their own for it, those; else the order itself says so."""
        return not self.seller.accepts(MANDATE) or consents.stands(
            tx.connection, account_id=account_id, consent_id=MANDATE
        )

    def plan_of(self, of: Subscription) -> str:
        """What renews it."""
        program = self.seller.program(of.product)
        return program.subscription if program is not None else of.product

    def cost(self, of: Subscription, rules: RenewalRules, tax: Vat) -> tuple[list[Item], Price]:
        """What is ordered to renew it, and what that costs with this tax."""
        plan = self.seller.plan(self.plan_of(of))
        items = [Item(plan.id, 1, rules.years, plan.net, tax.percent, of.id)]
        return items, price(items, None, self.seller.currency)

    def gross(self, tx: Happening, of: Subscription, rules: RenewalRules) -> Money | None:
        """What the renewal will cost as things stand; None without a company to make the invoice out to."""
        company = companies.latest(tx.connection, of.account_id)
        return None if company is None else self.cost(of, rules, self.seller.tax(company.buyer))[1].gross

    # --- a day on which the money is asked for ---

    def collect(
        self, tx: Happening, ending: Ending, stands: Progress, rules: RenewalRules
    ) -> tuple[Order | None, tuple[StoredCall, ...]]:
        """The order, and the calls that follow: its money is charged, or the customer told how to pay."""
        order = self._order(tx, ending, stands, rules)
        if order is None:
            return None, ()
        way = self.way_of(tx, order.account_id, tx.now) if order.id == self._order_id(ending) else None
        if way is not None and charges.wants_its_payer(tx.connection, order_id=order.id, stored_id=way.id):
            way = None
        payment = self._payment(tx, order, ending.at, way)
        if isinstance(payment, book.NotPayable):
            return order, ()
        if way is not None and payment.method == way.method:
            return order, self._charge(tx, ending, payment, way)
        return order, self.ask_for(tx, ending, order, payment, again=stands.order_id is not None)

    def _order(self, tx: Happening, ending: Ending, stands: Progress, rules: RenewalRules) -> Order | None:
        """The order that renews it: the one placed for this end before, else a new one. None where none can be."""
        of = ending.of
        before = order_record.get(tx.connection, stands.order_id) if stands.order_id is not None else None
        if before is not None and before.status in ("placed", "cancelled"):
            return before if before.status == "placed" else None  # withdrawn by the customer: that is an answer
        company = companies.latest(tx.connection, of.account_id)
        if company is None:
            _log.warning("renewal_without_company", subscription=of.id)
            return None
        default = methods.default_of(tx.connection, of.account_id)
        known = default.method if default is not None and default.method in self.seller.methods else None
        tax = self.seller.tax(company.buyer)
        items, total = self.cost(of, rules, tax)
        placed = orders.place(
            tx.connection,
            orders.Wanted(
                id=self._order_id(ending),
                account_id=of.account_id,
                company_id=company.id,
                items=items,
                discount=None,
                price=total,
                tax=tax,
                method=known or self.seller.methods[0],
                auto_renewal=True,
                series=f"{self.seller.order_prefix}/{tx.now.year}",
                conversation_id=holders.first(tx, of.account_id),
            ),
            tx.now,
        )
        if isinstance(placed, orders.Placed):
            tx.publish(seller_events.order_placed(placed.order, placed.order.placed_at))
            return placed.order
        return self._open_one(tx, of, placed)

    def _order_id(self, ending: Ending) -> str:
        """The desk's own order for this end: one that the customer has placed is paid as the customer wants it."""
        return derived_id(self.server_key, f"renew:{ending.of.id}:{ending.at.isoformat()}")

    def _open_one(self, tx: Happening, of: Subscription, refused: orders.NotPlaced) -> Order | None:
        """The customer has ordered just now: if it is this renewal, its money is what is missing."""
        if isinstance(refused, orders.PaymentPending):
            known = order_record.get(tx.connection, refused.order_id)
            if known is not None and any(item.renews == of.id for item in known.items):
                return known
        _log.warning("renewal_not_ordered", subscription=of.id, reason=type(refused).__name__)
        return None

    def _payment(self, tx: Happening, order: Order, ends_at: datetime, way: Method | None) -> Payment | book.NotPayable:
        """The one that may be paid already, else a new one. The customer's own choice of another method stands; what
        the desk has tried makes way for another stored way."""
        for known in record.of_order(tx.connection, order.id):
            tried = record.attempts_of(tx.connection, known.id)
            ours = bool(tried) and tried[-1].stored_id is not None and charges.under_way(tried) is None
            if known.status == "failed" and ours and way is not None and way.method != known.method:
                continue
            again = book.retry(tx.connection, payment_id=known.id, now=tx.now)
            if isinstance(again, book.Opened):
                return again.payment
        method = way.method if way is not None else order.method
        opened = book.open_payment(
            tx.connection,
            payment_id=derived_id(self.server_key, f"renew:{order.id}:{tx.now.isoformat()}"),
            order_id=order.id,
            method=method,
            provider=self.providers(method),
            server_key=self.server_key,
            expires_at=max(tx.now, ends_at) + self.seller.manners.payment_ttl,
            now=tx.now,
        )
        return opened if isinstance(opened, book.NotPayable) else opened.payment

    def _charge(self, tx: Happening, ending: Ending, payment: Payment, way: Method) -> tuple[StoredCall, ...]:
        """The charge begins, but not while the payer may be standing at the provider's page."""
        earlier = record.attempts_of(tx.connection, payment.id)
        begun = charges.begin(tx.connection, payment_id=payment.id, stored_id=way.id, now=tx.now)
        if isinstance(begun, book.NotPayable) or not begun.new:
            return ()
        due_at = max((a.created_at + GOOD_FOR for a in earlier if _at_the_page(a)), default=tx.now)
        wanted = ChargeStored(ending.of.id, payment.id, begun.attempt.n)
        return (holders.call(tx, ending, f"charge:{begun.attempt.reference}", wanted, max(tx.now, due_at)),)

    def ask_for(
        self,
        tx: Happening,
        ending: Ending,
        order: Order,
        payment: Payment,
        *,
        again: bool,
        refused: Refused | None = None,
    ) -> tuple[StoredCall, ...]:
        """The way to pay, in every chat of the customer, else by a letter; first of all why the charge was refused."""
        days = days_left(ending.at, tx.now, self.zone)
        event = RenewalToPay(
            plan=self.plan_of(ending.of),
            ends_at=ending.at,
            days=days,
            again=again,
            account_id=order.account_id,
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
            refusal=refused.why if refused is not None else None,
            label=refused.label if refused is not None else None,
            retry_at=refused.again_at if refused is not None else None,
        )
        reached = holders.tell(tx, order.account_id, event)
        if reached.told or (reached.stopped and refused is None):
            return ()
        told = (event.refusal, event.label, event.retry_at)
        letter = MailToPay(ending.of.id, payment.id, ending.at, days, event.plan, *told)
        about = payment.id if refused is None else f"{payment.id}:{tx.now.isoformat()}"
        return (holders.call(tx, ending, about, letter),)


def _at_the_page(attempt: Attempt) -> bool:
    return attempt.stored_id is None and attempt.status == "pending"
