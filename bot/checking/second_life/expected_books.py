"""A model of what the desk's books say of one account: ordered, paid, accepted, and until when it runs.

Sums and lines come from the desk's own functions. Only what is stored, and how, is simpler here.
"""

from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from bot.usecases.orders.commands import items as ordered_items
from bot.usecases.renewals.quotes import OF_AN_ORDER, Quotes, bill_of
from dialogs.explorer.outcomes import outcomes
from dialogs.explorer.samples import WAYS, company_view, sample_view
from dialogs.kit import Command, Event
from dialogs.messages.company import CompanySaved, SaveCompany
from dialogs.messages.einvoice import ActivateEInvoice, ChangeInvoiceEmail, WithdrawEInvoice
from dialogs.messages.order import (
    OrderPlaced,
    OrderRefused,
    PlaceOrder,
)
from dialogs.messages.payment import BookPayment, OpenPayment, PaymentBooked, PaymentOpened
from dialogs.messages.questions import AnswersKept, KeepAnswers
from dialogs.messages.renewal import (
    AcceptDocument,
    BeginRenewal,
    DocumentAccepted,
    RenewalBegun,
    RenewalNotBegun,
)
from dialogs.testing.books import books_after
from services.orders.pricing import Item, PricingDiscount, price
from services.subscriptions.subscriptions import Subscription
from values import sdi_code
from values.account_view import (
    NO_BOOKS,
    AccountAnswers,
    AccountView,
    CompanyView,
    OrderView,
    WaitingRenewal,
    answers,
)
from values.consent import Acceptance
from values.money import Buyer, Money, Vat
from values.offer import DiscountCode, judge_discount
from values.order import Bill, OrdererDetails, Price
from values.payment import StoredWay
from values.question import Answers, Keep
from values.renewal import Owned
from values.seller import Seller

ACCOUNT = "account-1"
YEAR = timedelta(days=365)
TO_PAY = timedelta(days=7)


class Sale(Struct, frozen=True):
    """An order with its lines as the desk prices them."""

    view: OrderView
    items: tuple[Item, ...]
    code: str | None = None


class Books(Struct, frozen=True):
    """Immutable: what comes of an act are other books. `refused` says why the last order wasn't placed."""

    seller: Seller
    now: datetime
    company: CompanyView | None = None
    answers: AccountAnswers = field(default_factory=AccountAnswers)
    sales: tuple[Sale, ...] = ()
    owned: tuple[Owned, ...] = ()
    accepted: tuple[Acceptance, ...] = ()
    refused: str | None = None
    orderer: OrdererDetails | None = None
    own: tuple[KeepAnswers, ...] = ()
    activation: AccountView = NO_BOOKS  # whether e-invoices are on, and where they go
    waits: WaitingRenewal | None = None
    revision: int = 0

    def done(self, act: Command) -> tuple["Books", Event]:
        """Record an act in the books and return its outcome; unrecorded acts have their ordinary one."""
        after, outcome = self._done(act)
        kept = answers(act.answers if isinstance(act, SaveCompany) else act)
        given = {name: value or None for name, value in kept.items() if value is not None}
        answered = replace(after, answers=replace(self.answers, **given))
        return (answered if answered == self else replace(answered, revision=self.revision + 1)), outcome

    def _done(self, act: Command) -> tuple["Books", Event]:
        match act:
            case SaveCompany():
                return self._company(act), CompanySaved("company-1")
            case PlaceOrder():
                return self._placed(act)
            case OpenPayment(method=method):
                return self._opened(method)
            case BookPayment(payment_id=payment_id):
                return self._booked(payment_id)
            case KeepAnswers():
                return replace(self, own=(*self.own, act)), AnswersKept()
            case AcceptDocument(accepted=given):
                after = self.agreed((given,))
                left = after.outdated
                still = replace(self.waits, documents=left) if self.waits is not None and left else None
                return replace(after, waits=still), DocumentAccepted(given.id, left)
            case ActivateEInvoice() | WithdrawEInvoice() | ChangeInvoiceEmail():
                outcome = outcomes(act)[0]
                return replace(self, activation=books_after(self.activation, outcome, self.seller)), outcome
            case _:
                return self, self._seen(act) or outcomes(act)[0]

    @property
    def last(self) -> Sale:
        """The order placed last."""
        return self.sales[-1]

    @property
    def ends_at(self) -> datetime:
        """The end of what was bought."""
        return max(o.ends_at for o in self.owned)

    @property
    def renewing(self) -> tuple[Owned, ...]:
        """Return the subscriptions that are renewed at that end."""
        never = self.seller.never_renewed
        return tuple(o for o in self.owned if o.auto_renewal and o.ends_at == self.ends_at and o.product not in never)

    @property
    def outdated(self) -> tuple[str, ...]:
        """The documents of an order that were accepted in other words than today's."""
        given = {one.id: one for one in self.accepted}
        asked = (one for one in self.seller.documents if one.id in OF_AN_ORDER and one.id in given)
        return tuple(one.id for one in asked if not one.is_still(given[one.id]))

    @property
    def paid(self) -> bool:
        """Return whether the last order is paid."""
        return bool(self.sales) and self.last.view.status == "paid"

    def agreed(self, given: tuple[Acceptance, ...]) -> "Books":
        """With these acceptances in the place of earlier ones."""
        kept = tuple(one for one in self.accepted if one.id not in {new.id for new in given})
        return replace(self, accepted=(*kept, *given))

    def view(self) -> AccountView:
        """Return the account as conversations read it."""
        running = tuple(o for o in self.owned if o.status != "ended")
        lapsed = tuple(o for o in self.owned if o.status == "ended" and o.product not in {r.product for r in running})
        paid = [sale.view for sale in self.sales if sale.view.status == "paid"]
        standing = [sale.view for sale in self.sales if sale.view.status != "cancelled"]
        return replace(
            sample_view(self._asked_company),
            id=ACCOUNT,
            revision=self.revision,
            email_verified=True,
            phone_verified=True,
            order=self._asked(standing[-1]) if standing else None,
            paid=self._asked(paid[-1]) if paid else None,
            orders=tuple(self._asked(order) for order in reversed(standing)),
            own_answers=self._own("account", ACCOUNT),
            owned=running,
            lapsed=lapsed,
            ways=self.ways,
            default_method=standing[-1].method if standing else None,
            einvoice_status=self.activation.einvoice_status,
            einvoice_email=self.activation.einvoice_email,
            auto_renewal=any(o.auto_renewal for o in running) if running else None,
            waits=self.waits,
            **answers(self.answers),
        )

    def _own(self, keep: Keep, holder: str) -> Answers:
        """Return the answers to the seller's own questions that are kept with the account, a company or an order."""
        kept = (act.answers for act in self.own if (act.keep, act.holder) == (keep, holder))
        return {name: value for answers in kept for name, value in answers.items()}

    @property
    def _asked_company(self) -> CompanyView | None:
        known = self.company
        return known and replace(known, own_answers=self._own("company", known.id))

    def _asked(self, order: OrderView) -> OrderView:
        return replace(order, own_answers=self._own("order", order.id))

    @property
    def ways(self) -> tuple[StoredWay, ...]:
        """Return the payment methods stored with the last paid order, where they are charged later."""
        method = self.last.view.method if self.paid else None
        return tuple(way for way in WAYS if way.method == method in self.seller.chargeable)[:1]

    # --- what the desk does by itself ---

    def bill(self) -> tuple[Bill, tuple[Item, ...], Price]:
        """Return the price of the renewal today."""
        tax, before = self.tax, self.last if self.sales else None
        quotes = Quotes(self.seller, lambda _method: "", lambda _method: True)
        found = quotes.items(tuple(_subscription(o) for o in self.renewing), self.seller.renewal_rules, tax)
        total = price(found, None, self.seller.currency)
        was = before.view.gross if before is not None and before.view.gross != total.gross.minor else None
        code = before.code if before is not None and was is not None else None
        return bill_of(found, total, tax, was, code), found, total

    def renewal_ordered(self, method: str) -> "Books":
        """Place the desk's own order for a renewal."""
        _bill, found, total = self.bill()
        return self._sold(found, total, self.tax, method, renewing=True, code=None)._opened(method)[0]

    def money_came(self) -> "Books":
        """Pay the last order: its subscriptions begin or are renewed."""
        sale = self.last
        paid = replace(sale, view=replace(sale.view, status="paid", payment_status="paid"))
        owned = self.owned
        for n, item in enumerate(sale.items):
            if item.renews is None:
                owned = (*owned, self._begun(sale, item, n))
            else:
                owned = tuple(self._goes_on(o, sale, item) if o.id == item.renews else o for o in owned)
        return replace(self, sales=(*self.sales[:-1], paid), owned=owned)

    def run_out(self, *, given_up: bool) -> "Books":
        """All that was bought has ended; `given_up`: the order for its renewal, which was never paid, with it."""
        owned = tuple(replace(o, status="ended") for o in self.owned)
        if not given_up:
            return replace(self, owned=owned)
        gone = replace(self.last, view=replace(self.last.view, status="cancelled", payment_status="cancelled"))
        return replace(self, owned=owned, sales=(*self.sales[:-1], gone))

    @property
    def tax(self) -> Vat:
        """The VAT of this buyer today."""
        of = self.company
        buyer = Buyer(self.seller.country) if of is None else Buyer(of.country, of.tax_number, of.vat_checked_at)
        return self.seller.tax(buyer)

    # --- what acts come to ---

    def _seen(self, act: Command) -> Event | None:
        match act:
            case BeginRenewal(product=product, products=products):
                orderer = self.orderer if self.paid else None
                begun = RenewalBegun(self.company, None, product, self.view(), orderer)
                return begun if any(o.product in products for o in self.owned) else RenewalNotBegun("nothing_owned")
            case _:
                return None

    def _company(self, act: SaveCompany) -> "Books":
        known = replace(company_view(), id="company-1", country=act.country, tax_number=act.tax_number)
        code, pec = sdi_code.fields(act.delivery) if act.delivery is not None else (None, None)
        invoices = replace(known, email=act.email, sdi_code=code, pec=pec)
        saved = replace(invoices, vat_checked_at=act.vat_checked_at)
        return replace(self, company=saved)

    def _placed(self, act: PlaceOrder) -> tuple["Books", Event]:
        """As the desk places it: not in words, nor at a price, that aren't the profile's any more."""
        given = [one for one in act.accepted if one.id in act.documents]
        if reworded := tuple(one.id for one in given if not self.seller.document(one.id).is_still(one)):
            return replace(self, refused="words_changed"), OrderRefused("words_changed", reworded)
        judged = judge_discount(self.seller.discounts, act.discount or "", (line.plan for line in act.lines), self.now)
        code = judged if isinstance(judged, DiscountCode) else None
        lowered = PricingDiscount(code.code, code.percent, code.amount) if code is not None else None
        found = ordered_items(self.seller, act.lines, code, self.tax)
        total = price(found, lowered, self.seller.currency)
        if total != act.price:
            return replace(self, refused="price_changed"), OrderRefused("price_changed")
        used = code.code if code is not None else None
        after = self._sold(tuple(found), total, self.tax, act.method, renewing=act.auto_renewal, code=used)
        placed = OrderPlaced(after.last.view.id, after.last.view.number, first=not self.sales)
        return replace(after.agreed(tuple(given)), refused=None, orderer=act.orderer or self.orderer), placed

    def _sold(
        self, items: tuple[Item, ...], total: Price, tax: Vat, method: str, *, renewing: bool, code: str | None
    ) -> "Books":
        n = len(self.sales) + 1
        view = OrderView(
            id=f"order-{n}",
            number=f"{self.seller.order_prefix}/{self.now.year}/{n:06}",
            status="placed",
            net=total.net.minor,
            vat=total.vat.minor,
            gross=total.gross.minor,
            currency=self.seller.currency,
            method=method,
            auto_renewal=renewing,
            placed_at=self.now,
            payment_id=None,
            payment_method=None,
            payment_status=None,
            items=tuple((item.id, item.quantity) for item in items),
            years=max(item.years for item in items),
            tax=tax,
        )
        return replace(self, sales=(*self.sales, Sale(view, items, code)))

    def _opened(self, method: str) -> tuple["Books", Event]:
        payment_id, until = f"payment-{len(self.sales)}-{method}", self.now + TO_PAY
        view = replace(
            self.last.view,
            payment_id=payment_id,
            payment_method=method,
            payment_status="pending",
            payment_expires_at=until,
        )
        after = replace(self, sales=(*self.sales[:-1], replace(self.last, view=view)))
        return after, PaymentOpened(payment_id, until)

    def _booked(self, payment_id: str) -> tuple["Books", Event]:
        after = self if self.paid else self.money_came()
        of = after.last.view
        return after, PaymentBooked(payment_id, of.id, of.number, "paid", Money(of.gross, of.currency), not self.paid)

    def _begun(self, sale: Sale, item: Item, n: int) -> Owned:
        """Behind what runs already of the same."""
        product = next((p.product for p in self.seller.programs if p.subscription == item.id), item.id)
        runs = [o.ends_at for o in self.owned if o.product == product and o.status != "ended"]
        starts = max((self.now, *runs))
        return Owned(
            id=f"subscription-{sale.view.id}-{n}",
            product=product,
            serial=None,
            ends_at=starts + YEAR * item.years,
            quantity=item.quantity,
            years=item.years,
            auto_renewal=sale.view.auto_renewal and item.renewing,
            starts_at=starts,
            order_id=sale.view.id,
            company_id="company-1",
        )

    def _goes_on(self, of: Owned, sale: Sale, item: Item) -> Owned:
        begins = of.ends_at if of.status != "ended" else self.now
        ends = begins + YEAR * item.years
        renewing = sale.view.auto_renewal and item.renewing
        again = replace(of, ends_at=ends, status="active", order_id=sale.view.id, renewed=True)
        return replace(again, auto_renewal=renewing)


def _subscription(of: Owned) -> Subscription:
    return Subscription(
        id=of.id,
        account_id=ACCOUNT,
        order_id=of.order_id,
        product=of.product,
        serial=of.serial,
        years=of.years,
        status="active",
        starts_at=of.starts_at,
        ends_at=of.ends_at,
        auto_renewal=of.auto_renewal,
        created_at=of.ends_at - YEAR,
        quantity=of.quantity,
    )
