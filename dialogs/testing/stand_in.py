"""A stand-in for the books of one account: what a command comes to, and what they say of the account after it.

Held against the real ones by `tests/bot/usecases/test_books_alike.py`. Sums are the desk's own, handed in (`cost`).
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from types import FunctionType
from typing import Any, Self, get_type_hints

from msgspec import Struct
from msgspec.structs import replace

from dialogs.kit import Command, Event
from dialogs.messages import company, contact, einvoice, order, payment, questions, renewal, zone
from dialogs.state import ChangeOffer, ConversationState, PlacedOrder
from dialogs.testing import sales as sold
from dialogs.testing.sales import OpenedPayment, Sale
from values import email as emails
from values import sdi_code
from values.account_view import NO_BOOKS, AccountView, CompanyView, OrderView, WaitingRenewal, answers
from values.consent import Acceptance
from values.money import Buyer, Money, Vat
from values.offer import DiscountCode, judge_discount
from values.order import Bill, CartLine, Price, PriceLine, price
from values.patterns import cached_property
from values.payment import NO_METHOD, StoredMethod, StoredWay, is_offline
from values.question import Answers
from values.renewal import Owned, last_moment, price_share, share_left
from values.seller import Seller
from values.three_way import merge_changes

OF_AN_ORDER = ("terms", "clauses", "auto_renewal")
"""The documents that an order is placed under."""
KEPT_WITHIN = timedelta(hours=1)
Done = tuple[Any, Event]
Cost = Callable[["Books", order.PlaceOrder, DiscountCode | None], Price]


class Books(Struct, frozen=True, dict=True):
    """Immutable: what comes of a command are other books.

    `account` has the facts that stand alone; what follows from sales and terms is told by `view`.
    """

    seller: Seller
    now: datetime
    account: AccountView
    sales: tuple[Sale, ...] = ()  # the oldest first
    terms: tuple[Owned, ...] = ()  # whatever was bought, ended or not
    cost: Cost = lambda _books, command, _code: command.price

    def done(self, command: Command, key: str) -> Done | None:
        """Return the books after the command and its outcome; None for one that isn't about an account's books.

        `key` names the command, and what it makes.
        """
        if (act := PERFORMED.get(type(command))) is None:
            return None
        after, outcome = act(self, command, key)
        return after.moved_from(self), outcome

    def moved_from(self, before: "Books") -> Self:
        """Return them under the next revision, where they say anything else than before."""
        told = (before.account, before.sales, before.terms)
        return (
            self if (self.account, self.sales, self.terms) == told else self.told(revision=before.account.revision + 1)
        )

    def told(self, **facts: Any) -> Self:
        """Return books that say this of the account."""
        return replace(self, account=replace(self.account, **facts))

    def with_view(self, known: AccountView) -> Self:
        """Return books that say of the account what was read of it: it leaves out some that is known here already."""
        mine, have = self.view, {sale.view: sale for sale in self.sales}
        sales = (have.get(one) or sold.sale_of(one, known) for one in reversed(known.orders))
        same = (known.owned, known.lapsed) == (mine.owned, mine.lapsed)
        terms = self.terms if same else (*known.owned, *known.lapsed)
        after = replace(self, account=known, sales=tuple(sales), terms=terms)
        return after if known.waits is None else after.ending("", known.waits.ends_at)

    def read(self, known: AccountView) -> Self:
        """Return books that say the same as what was read of the account, and have the orders that it leaves out."""
        orders = dict[str, OrderView]()
        for one in (*known.orders, *self.view.orders):
            orders.setdefault(one.id, one)
        revision = self.account.revision + 1
        return self.with_view(replace(known, orders=tuple(orders.values()), revision=revision))

    def seen_in(self, case: ConversationState) -> AccountView:
        """Return the account as the conversation sees it: nothing of it before it is logged in."""
        return NO_BOOKS if case.account.id is None else self.view

    @cached_property
    def view(self) -> AccountView:
        """The account as conversations read it."""
        placed = tuple(sale.view for sale in reversed(self.sales))
        standing = (*(o for o in placed if o.status != "cancelled"), *(o for o in placed if o.status == "cancelled"))
        ordered_by = (sale.orderer for sale in reversed(self.sales) if sale.order.status == "paid" and sale.orderer)
        return replace(
            self.account,
            orders=standing,
            ordered=self.account.ordered or bool(standing),
            orderer=next(ordered_by, self.account.orderer),
            owned=sold.running_terms(self.terms),
            waits=self._waits,
            lapsed=sold.lapsed_terms(self.terms),
        )

    # --- company and answers ---

    @property
    def tax(self) -> Vat:
        """The VAT of the account's latest company today."""
        of = self.account.company
        buyer = Buyer(self.seller.country) if of is None else Buyer(of.country, of.tax_number, of.vat_checked_at)
        return self.seller.tax(buyer)

    def save_company(self, act: company.SaveCompany, key: str) -> Done:
        if (act.declares and not act.accepted) or not all(map(self._still, act.accepted)):
            return self, company.WordsChanged()
        known = self.account.companies
        standing = next((c for c in known if (c.country, c.tax_number) == (act.country, act.tax_number)), None)
        told: dict[str, Any] = {"source": act.source, "check": act.check, "confirmed_at": self.now}
        new = CompanyView(key, act.country, act.tax_number, "", "", "", "", **told)
        data = _changed(standing or new, company.CompanySeen(act.data, act.email, act.delivery))
        check: dict[str, Any] = {
            "vat_checked_at": act.vat_checked_at,
            "vat_check_id": act.vat_check_id if act.vat_checked_at else None,
        }
        if standing is not None:
            both = merge_changes(_changed(standing, act.seen) if act.seen is not None else None, data, standing)
            if both is None:
                return self, company.CompanyChangedMeanwhile()
            if both != data:  # the verdict is about the data that were shown
                judged = ("customer", "pending") if both != standing else (standing.source, standing.check)
                told |= dict(zip(("source", "check"), judged, strict=True))
                check = check if act.vat_checked_at else {}
            data = both
        saved = replace(data, **told, **check)
        kept = tuple(saved if one.id == saved.id else one for one in known)
        given = {name: value or None for name, value in answers(act.answers).items() if value is not None}
        after = self.told(company=saved, companies=kept if standing else (*known, saved), **given)
        return after.agreed(act.accepted), company.CompanySaved(saved.id)

    def keep_answers(self, act: questions.KeepAnswers, _key: str) -> Done:
        """Keep the answers with the account, a company or an order."""
        if act.keep == "account":
            return self.told(**_answered(self.account, act)), questions.AnswersKept()
        if act.keep == "order":
            of = self._sale(act.holder)
            return self.put_sale(
                replace(of, order=replace(of.order, **_answered(of.order, act)))
            ), questions.AnswersKept()
        known = (*self.account.companies, self.account.company)
        *companies, latest = (
            replace(one, **_answered(one, act)) if one is not None and one.id == act.holder else one for one in known
        )
        return self.told(companies=tuple(companies), company=latest), questions.AnswersKept()

    # --- consents, contacts and reminders ---

    def agreed(self, given: Iterable[Acceptance]) -> Self:
        """Return books with these acceptances in the place of earlier ones."""
        stand = {one.id: one for one in self.account.consents_given} | {one.id: one for one in given}
        return self.told(consents_given=tuple(one for one in stand.values() if one.given))

    def withdrawn(self, ids: Iterable[str]) -> Self:
        gone = {*ids}
        return self.told(consents_given=tuple(one for one in self.account.consents_given if one.id not in gone))

    @property
    def outdated(self) -> tuple[str, ...]:
        """The documents of an order that were accepted in other words than today's."""
        return self._outdated(OF_AN_ORDER)

    def _outdated(self, ids: Iterable[str]) -> tuple[str, ...]:
        given = {one.id: one for one in self.account.consents_given}
        asked = (one for one in self.seller.documents if one.id in ids and one.id in given)
        return tuple(one.id for one in asked if not one.is_still(given[one.id]))

    def _still(self, accepted: Acceptance) -> bool:
        return any(one.id == accepted.id and one.is_still(accepted) for one in self.seller.documents)

    def _stands(self, consent: str) -> bool:
        return any(one.id == consent for one in self.account.consents_given)

    def set_consents(self, act: zone.SetConsents, _key: str) -> Done:
        voluntary = [one.id for one in self.seller.voluntary]
        over = {name for name in act.withdrawn if name in voluntary and self._stands(name)}
        new = [o for o in act.given if o.id in voluntary and o.id not in act.withdrawn and not self._stands(o.id)]
        return self.withdrawn(over).agreed(new), zone.ConsentsSet(len(over) + len(new))

    def take_back_consents(self, act: zone.TakeBackConsents, _key: str) -> Done:
        over = tuple(one.id for one in self.seller.voluntary if one.id in act.ids and self._stands(one.id))
        return self.withdrawn(over), zone.ConsentsTakenBack(act.ids, over)

    @property
    def _waits(self) -> WaitingRenewal | None:
        """The renewal that waits, while what it renews runs to the same end."""
        waits, runs = self.account.waits, [one.ends_at for one in self.terms if one.status == "active"]
        return waits if waits is not None and waits.ends_at in runs else None

    def accept_document(self, act: renewal.AcceptDocument, _key: str) -> Done:
        after, waits = self.agreed((act.accepted,)), self._waits
        left = after._outdated(waits.documents if waits is not None else ())
        still = WaitingRenewal(left, waits.ends_at) if waits is not None and left else None
        return after.told(waits=still), renewal.DocumentAccepted(act.accepted.id, left)

    def take_vouched(self, act: contact.TakeVouched, _key: str) -> Done:
        """Prove a number; the one proven last is the account's."""
        return self.told(phone=act.phone, phone_verified=True), contact.PhoneVouched(act.phone)

    def stop_reminders(self, act: renewal.StopReminders, _key: str) -> Done:
        if act.account_id is None:
            return self, renewal.RemindersSwitched(on=False, known=False)
        return self.told(reminders_stopped=True), renewal.RemindersSwitched(on=False)

    def resume_reminders(self, _act: renewal.ResumeReminders, _key: str) -> Done:
        return self.told(reminders_stopped=False), renewal.RemindersSwitched(on=True)

    # --- e-invoices ---

    def activate_einvoice(self, act: einvoice.ActivateEInvoice, _key: str) -> Done:
        if (now := self._invoices_elsewhere(act.email, act.seen)) is not None:
            return self, now
        if self.seller.sells and self.account.company is None:
            return self, einvoice.EInvoiceRefused("no_company")
        if self.seller.sells and not any(sale.order.status == "paid" for sale in self.sales):
            return self, einvoice.EInvoiceRefused("not_paid")
        wanted = "requested" if self.seller.einvoice_confirm == "seller" else "active"
        status = "active" if self.account.einvoice_status == "active" else wanted
        email = act.email or self.account.einvoice_email or self.account.email
        after = self.told(einvoice_status=status, einvoice_email=email).agreed(act.accepted)
        return after, einvoice.EInvoiceSwitched(status, email, self._former(act.email))

    def withdraw_einvoice(self, _act: einvoice.WithdrawEInvoice, _key: str) -> Done:
        off = self.told(einvoice_status="off").withdrawn(("einvoice",))
        return off, einvoice.EInvoiceSwitched("off", self.account.einvoice_email)

    def change_invoice_email(self, act: einvoice.ChangeInvoiceEmail, _key: str) -> Done:
        if (now := self._invoices_elsewhere(act.email, act.seen)) is not None:
            return self, now
        return self.told(einvoice_email=act.email), einvoice.InvoiceEmailChanged(act.email, self._former(act.email))

    def _invoices_elsewhere(self, email: str | None, seen: str | None) -> Event | None:
        known, expected = self.account.einvoice_email, {emails.key(one) for one in (email, seen) if one}
        stands = not known or emails.key(known) in expected
        return None if stands else einvoice.InvoiceEmailChanged(known or "", email or "", meanwhile=True)

    def _former(self, email: str | None) -> str:
        known = self.account.einvoice_email
        return "" if not known or not email or emails.key(known) == emails.key(email) else known

    # --- orders ---

    def find_sale(self, order_id: str | None) -> Sale | None:
        """Return this order of the account."""
        return next((sale for sale in self.sales if sale.order.id == order_id), None)

    def _sale(self, order_id: str) -> Sale:
        return next(sale for sale in self.sales if sale.order.id == order_id)

    def put_sale(self, changed: Sale) -> Self:
        """Return books in which this order stands so."""
        return replace(self, sales=tuple(changed if s.order.id == changed.order.id else s for s in self.sales))

    def _open(self) -> Sale | None:
        """Return the order that is being paid just now, if there is one."""
        placed = (sale for sale in reversed(self.sales) if sale.order.status == "placed")
        return next((sale for sale in placed if sale.is_payable(self.now, "pending")), None)

    def place_order(self, act: order.PlaceOrder, key: str) -> Done:
        """Place it, unless its words or its price aren't today's any more."""
        given = {one.id: one for one in act.accepted if one.given}
        if unknown := tuple(name for name in act.documents if name not in given):
            return self, order.OrderRefused("words_unknown", unknown)
        if reworded := tuple(name for name in act.documents if not self._still(given[name])):
            return self, order.OrderRefused("words_changed", reworded)
        if self.account.status != "active" or self.account.taken:
            return self, order.OrderRefused("account_pending")
        if (unpaid := self._open()) is not None:
            return self, order.OrderRefused("order_open", open=PlacedOrder(unpaid.order.id))
        if all(one.id != act.company_id for one in self.account.companies):
            return self, order.OrderRefused("company_unconfirmed")
        judged = judge_discount(self.seller.discounts, act.discount or "", (one.plan for one in act.lines), self.now)
        code = judged if isinstance(judged, DiscountCode) else None
        if self.cost(self, act, code) != act.price:
            return self, order.OrderRefused(
                "discount_expired" if act.discount and judged == "expired" else "price_changed"
            )
        if code is not None and (spent := self._spent(code)) is not None:
            return self, order.OrderRefused(f"discount_{spent}")
        recorded = [o for o in act.accepted if (o.id in act.documents or o.id not in given) and self._still(o)]
        after, former = self.ordered(act, key, code).agreed(recorded), ""
        if act.orderer is not None and act.orderer.invoice_email != act.invoices_seen:
            former = self._former(act.orderer.invoice_email)
            after = after.told(einvoice_email=act.orderer.invoice_email)
        placed = order.OrderPlaced(key, after.sales[-1].order.number, not self.sales, former)
        if act.method != NO_METHOD:
            return after, placed
        begun = sold.begin_terms(self.terms, after.sales[-1], self.seller, self.now)
        return replace(after, terms=begun), replace(placed, free=begun[-1].ends_at)

    def ordered(
        self, wanted: order.PlaceOrder, key: str, code: DiscountCode | None = None, *, by_desk: bool = False
    ) -> Self:
        """Return books with one more order."""
        price, series = wanted.price, f"{self.seller.order_prefix}/{self.now.year}/"
        n = 1 + sum(sale.order.number.startswith(series) for sale in self.sales)
        placed = OrderView(
            id=key,
            number=f"{series}{n:06}",
            status="paid" if wanted.method == NO_METHOD else "placed",
            net=price.net.minor,
            vat=price.vat.minor,
            gross=price.gross.minor,
            currency=price.gross.currency,
            method=wanted.method,
            auto_renewal=wanted.auto_renewal,
            placed_at=self.now,
            paid_at=self.now if wanted.method == NO_METHOD else None,
            payment_id=None,
            payment_method=None,
            payment_status=None,
            items=tuple((line.plan, line.quantity) for line in wanted.lines),
            term=wanted.lines[0].term,
            tax=self.tax,
            renewal=by_desk,
            buyer=wanted.company_id,
            once=tuple(line.plan for line in wanted.lines if line.once),
            trial=max((line.trial for line in wanted.lines), default=0),
            unit_net=self.seller.net_of(wanted.lines[0].plan, wanted.lines[0].term) or 0,
        )
        sale = Sale(placed, wanted.company_id, wanted.lines, code=code.code if code else None, orderer=wanted.orderer)
        return replace(self, sales=(*self.sales, sale))

    def _spent(self, code: DiscountCode) -> str | None:
        if code.uses == 0:
            return "used_up"
        used = sum(sale.code == code.code and sale.stands for sale in self.sales)
        most = code.uses_per_customer
        return "used_by_customer" if most is not None and used >= most else None

    def cancel_order(self, act: order.CancelOrder, _key: str) -> Done:
        of = self._sale(act.order_id)
        if of.order.status == "paid":
            return self, order.OrderStands(of.order.number)
        gone = order.OrderCancelled(of.order.number)
        return (self if of.order.status == "cancelled" else self.put_sale(of.cancelled())), gone

    def begin_renewal(self, act: renewal.BeginRenewal, _key: str) -> Done:
        view = self.view
        if not any(one.product in act.products for one in (*view.owned, *view.lapsed)):
            return self, renewal.RenewalNotBegun("nothing_owned")
        if (unpaid := self._open()) is not None:
            return self, renewal.RenewalNotBegun("order_open", PlacedOrder(unpaid.order.id))
        return self, renewal.RenewalBegun(act.product)

    def quote_change(self, act: zone.QuoteChange, _key: str) -> Done:
        if (of := next((one for one in self.terms if one.id == act.subscription_id), None)) is None:
            return self, zone.ChangeNotMade("not_running")
        plan, number = act.plan or of.product, act.number or self._seats_of(act.plan or of.product, of.quantity)
        if (plan, number) == (of.product, of.quantity):
            return self, zone.ChangeNotMade("same")
        if self._open() is not None:
            return self, zone.ChangeNotMade("waits")
        net, before = (self.seller.net_of(name, of.term) or 0 for name in (plan, of.product))
        days, share = share_left(of.ends_at, of.starts_at or self.now, self.now, self.seller.zone)
        more = net * number - before * of.quantity
        lines = (price_share(more, share) if more > 0 else 0, net * number)
        now, later = (price([PriceLine(one)], self.seller.currency, vat_percent=self.tax.percent) for one in lines)
        free = price([], self.seller.currency, vat_percent=0)
        added = (free if of.undone == "trial" else now) if more > 0 else None
        renewed = later if of.auto_renewal else None
        if added is None and renewed is None:
            return self, zone.ChangeNotMade("fewer")
        offer = ChangeOffer(of.id, of.product, of.quantity, number, of.ends_at, days, added, renewed, plan=act.plan)
        return self, zone.ChangeQuoted(offer)

    def _seats_of(self, plan: str, number: int) -> int:
        """Return how many there are of another plan."""
        within = self.seller.seats_of(plan)
        return max(within.min, number) if within is not None else 1

    def make_change(self, act: zone.MakeChange, key: str) -> Done:
        _, quoted = self.quote_change(zone.QuoteChange(act.account_id, act.subscription_id, act.number, act.plan), key)
        if not isinstance(quoted, zone.ChangeQuoted):
            return self, quoted
        offer, now = quoted.offer, quoted.offer.now
        of = next(one for one in self.terms if one.id == act.subscription_id)
        plan, swaps = offer.plan or of.product, offer.plan not in (None, of.product)
        instead = of.product if swaps else None
        if act.start == "next_term" or now is None:
            return self, zone.QuantitySet(of.id, plan, offer.number, of.ends_at, instead)
        if not now.gross.minor:
            changed = replace(of, product=plan, quantity=offer.number)
            terms = tuple(changed if one.id == of.id else one for one in self.terms)
            return replace(self, terms=terms), zone.QuantitySet(of.id, plan, offer.number, instead=instead)
        number = offer.number if swaps else offer.number - of.quantity
        line = CartLine(plan, of.term, number, adds=of.id)
        method = self.account.default_method or self.seller.methods[0]
        company = of.company_id or self.account.companies[-1].id
        wanted = order.PlaceOrder(act.account_id, company, (line,), method, of.auto_renewal, None, now, ())
        after = self.ordered(wanted, key, by_desk=True)
        sale = after.sales[-1]
        known = replace(sale.order, adds_until=of.ends_at, added_to=of.id, swaps=swaps)
        after = after.put_sale(replace(sale, order=known))
        after, _ = after.open_payment(payment.OpenPayment(key, method), f"{key}-pay")
        bill = Bill(((plan, number),), of.term, known.gross, known.currency, tax=self.tax)
        about = (plan, of.ends_at, offer.days, False, act.account_id, key, known.number, f"{key}-pay")
        return after, renewal.RenewalToPay(*about, bill=bill, adds=True, instead=instead)

    # --- payments ---

    def _paid_by(self, payment_id: str) -> tuple[Sale, OpenedPayment] | None:
        of = ((sale, one) for sale in self.sales for one in sale.payments if one.id == payment_id)
        return next(of, None)

    def open_payment(self, act: payment.OpenPayment, key: str) -> Done:
        """Open a payment in the place of any other of the order."""
        sale = self._sale(act.order_id)
        if sale.order.status != "placed":
            return self, payment.PaymentNotChanged("paid" if sale.order.status == "paid" else "cancelled")
        renews = self._with_method(sale, act.method)
        goes_on = sale.order.auto_renewal if renews is None else renews
        offline, manners = is_offline(act.method), self.seller.manners
        last = self._last_of_renewal(sale)
        by_method = self.now + (manners.transfer_ttl if offline else manners.payment_ttl)
        until = by_method if last is None or last <= self.now else last
        new = OpenedPayment(key, act.method, "pending", until, self._usable(act))
        closed = replace(sale.closed(), order=replace(sale.order, method=act.method, auto_renewal=goes_on))
        return self.put_sale(replace(closed, payments=(*closed.payments, new))), payment.PaymentOpened(
            key, until, renews
        )

    def _with_method(self, sale: Sale, method: str) -> bool | None:
        """Return whether the order renews itself with another method, None where that doesn't change."""
        chargeable = self.seller.chargeable
        renewing = any(line.plan not in self.seller.never_renewed for line in sale.lines)
        if self.seller.auto_renewal == "none" or not renewing or any(line.renews for line in sale.lines):
            return None
        if (sale.order.method in chargeable) == (method in chargeable):
            return None
        if self.seller.auto_renewal == "with_method":
            return method in chargeable
        return True if sale.order.auto_renewal else None

    def _last_of_renewal(self, sale: Sale) -> datetime | None:
        """Return until when the money of the desk's own order renews what runs."""
        renewed = {line.renews for line in sale.lines} if sale.order.renewal else set[str | None]()
        ends = [one for one in self.terms if one.id in renewed and one.status != "ended"]
        last = max(ends, key=lambda one: one.ends_at, default=None)
        rules = self.seller.renewal_rules
        return None if last is None else last_moment(rules.of_term(last.term), last.ends_at, self.seller.zone)

    def _usable(self, wanted: payment.OpenPayment) -> str | None:
        of = next((w for w in self.account.ways if (w.id, w.method) == (wanted.stored, wanted.method)), None)
        return of.id if of is not None and of.is_usable(self.now.date()) else None

    def reopen_payment(self, act: payment.ReopenPayment, _key: str) -> Done:
        if (found := self._paid_by(act.payment_id)) is None:
            return self, payment.PaymentNotChanged("unknown")
        sale, of = found
        if of.status in ("pending", "failed") and of.expires_at <= self.now:
            return self.put_sale(sale.with_payment(replace(of, status="expired"))), payment.PaymentNotChanged("expired")
        if "paid" in (of.status, sale.order.status):
            return self, payment.PaymentNotChanged("paid")
        if of.status not in ("pending", "failed"):
            return self, payment.PaymentNotChanged(of.status)
        return self.put_sale(sale.with_payment(replace(of, status="pending"))), payment.PaymentOpened(
            of.id, of.expires_at
        )

    def expire_payment(self, act: payment.ExpirePayment, _key: str) -> Done:
        sale, of = self._known(act.payment_id)
        last = self._last_of_renewal(sale)
        waits = of.status in ("pending", "failed") and of.expires_at <= self.now
        if not waits or (last is not None and last <= self.now):
            return self, _booked(sale, of, news=False)
        over = replace(of, status="expired")
        return self.put_sale(sale.with_payment(over)), _booked(sale, over, news=True)

    def _known(self, payment_id: str) -> tuple[Sale, OpenedPayment]:
        """Return the payment with its order. Errors: LookupError."""
        if (found := self._paid_by(payment_id)) is None:
            raise LookupError("no such payment")
        return found

    def book_payment(self, act: payment.BookPayment, _key: str) -> Done:
        """Book what a provider reports of an attempt: its money, once, or its failure."""
        sale, of = self._known(act.payment_id)
        if act.state != "paid":
            return self._failed(sale, of, act.attempt)
        if act.attempt in of.came:
            return self._kept(act, sale, of), _booked(sale, of, news=False)
        if (act.amount, act.currency.upper()) != (sale.order.gross, sale.order.currency.upper()):
            wrong = replace(of, wrong=(*of.wrong, act.attempt))
            return self.put_sale(sale.with_payment(wrong)), _booked(sale, of, news=False)
        came = replace(of, came=(*of.came, act.attempt), came_at=self.now)
        if sale.order.status == "paid" or self._replaced(sale):
            refund = payment.RefundDue(of.id, sale.order.number, act.attempt, act.amount, act.currency)
            return self.put_sale(sale.with_payment(came)), refund
        after = self.money_came(sale.order.id, of.id, act.attempt)
        paid, now = after._known(of.id)
        return after._kept(act, paid, now), _booked(paid, now, news=True)

    def _failed(self, sale: Sale, of: OpenedPayment, attempt: int) -> Done:
        if attempt in (*of.failed, *of.came, *of.wrong):
            return self, _booked(sale, of, news=False)
        news = of.status == "pending"
        over = replace(of, failed=(*of.failed, attempt), status="failed" if news else of.status)
        return self.put_sale(sale.with_payment(over)), _booked(sale, over, news=news)

    def _replaced(self, sale: Sale) -> bool:
        if sale.order.status != "cancelled" and sale.is_payable(self.now, "pending", "failed"):
            return False
        return any(sold.takes_place(other, sale) for other in self.sales)

    def money_came(self, order_id: str, payment_id: str, attempt: int = 1) -> Self:
        """Return books in which the order is paid: its terms begin or go on, and its method is the one of others."""
        sale = self._sale(order_id).closed()
        of = next(one for one in sale.payments if one.id == payment_id)
        paid = replace(of, status="paid", came=(*of.came, attempt), came_at=self.now)
        done = replace(sale.with_payment(paid), order=replace(sale.order, status="paid", paid_at=self.now))
        after = replace(self.put_sale(done), terms=sold.begin_terms(self.terms, done, self.seller, self.now))
        return after if is_offline(of.method) else after.preferred(of.method, of.stored)

    def _kept(self, wanted: payment.BookPayment, sale: Sale, of: OpenedPayment) -> Self:
        """Return books with the way that was stored with this money, unless it may have been forgotten since."""
        late = of.came_at is not None and of.came_at + KEPT_WITHIN < self.now
        kept = wanted.kept if sale.order.auto_renewal and not late else None
        return self if kept is None else self.stored(kept, of.method)

    # --- ways to pay ---

    def preferred(self, method: str, way_id: str | None = None) -> Self:
        """Return books in which renewals are charged to this way; else to the one of the kind that was stored last."""
        kept = [way for way in self.account.ways if way.method == method]
        of = next((way.id for way in self.account.ways if way.id == way_id), kept[-1].id if kept else None)
        ways = tuple(replace(way, is_default=way.id == of) for way in self.account.ways)
        by = next((way.method for way in ways if way.is_default), method)
        return self.told(ways=ways, default_method=by)

    def stored(self, kept: StoredMethod, method: str) -> Self:
        """Return books with a way that a provider keeps; one of the same label is the same."""
        known = next((w for w in self.account.ways if (w.method, w.label) == (method, kept.label)), None)
        way = StoredWay(known.id if known else f"way {method} {kept.label}", method, kept.label, kept.expires)
        ways = tuple(way if one.id == way.id else one for one in self.account.ways)
        return self.told(ways=ways if known else (*ways, way)).preferred(method, way.id)

    def set_default_method(self, act: payment.SetDefaultMethod, _key: str) -> Done:
        after = self.preferred(act.method, act.way_id)
        label = next((way.label for way in after.account.ways if way.is_default), None)
        return after, payment.DefaultMethodSet(act.method, label)

    def forget_method(self, act: payment.ForgetMethod, _key: str) -> Done:
        known = next((way for way in self.account.ways if way.id == act.way_id), None)
        if known is None:
            return self, payment.MethodForgotten(None)
        left = tuple(way for way in self.account.ways if way.id != known.id)
        default = None if known.is_default else self.account.default_method
        gone = payment.MethodForgotten(known.id, known.label, known.is_default)
        return self.told(ways=left, default_method=default), gone

    # --- terms ---

    def set_auto_renewal(self, act: zone.SetAutoRenewal, _key: str) -> Done:
        never = self.seller.never_renewed
        runs = [one for one in sold.running_terms(self.terms) if act.company in ("", one.company_id)]
        if act.on and act.seen and runs and not any(one.auto_renewal for one in runs):
            return self, zone.AutoRenewalSet(on=False, changed=True, meanwhile=True)
        switched = [one.id for one in runs if one.product not in never]
        awaits = [sale for sale in self.sales if sale.awaits]
        changed = bool(switched) or any(s.begins - never for s in awaits)
        terms = tuple(replace(one, auto_renewal=act.on) if one.id in switched else one for one in self.terms)
        after = replace(self, terms=terms)
        for sale in self.sales:
            if sale.order.status != "paid":
                after = after.put_sale(replace(sale, order=replace(sale.order, auto_renewal=act.on)))
        if changed and self.seller.accepts("auto_renewal"):
            document = self.seller.document("auto_renewal")
            held = any(one.id == document.id and document.is_still(one) for one in self.account.consents_given)
            if act.on and not held:
                after = after.agreed(act.accepted)
            after = after if act.on else after.withdrawn((document.id,))
        return after, zone.AutoRenewalSet(act.on, changed, company=act.company)

    def end_contract(self, act: zone.EndContract, key: str) -> Done:
        after, _ = self.set_auto_renewal(zone.SetAutoRenewal(act.account_id, on=False), key)
        ends = [one for one in self.terms if one.auto_renewal]
        until = max((one.ends_at for one in ends), default=None)
        ids = tuple(one.id for one in ends)
        return after, zone.AutoRenewalSet(on=False, changed=bool(ends), until=until, ended=ids)

    def ending(self, plan: str, ends_at: datetime) -> Self:
        """Return books of which it is true that something ends then: what runs does, or a term of this plan."""
        if any(one.ends_at == ends_at for one in self.terms):
            return self
        known = self.terms if sold.running_terms(self.terms) else (*self.terms, Owned("term-0", plan, None, ends_at))
        ends = (one if one.status == "ended" else replace(one, ends_at=ends_at) for one in known)
        return replace(self, terms=tuple(ends))

    def ran_out(self, *, grace: bool = False, given_up: str | None = None) -> Self:
        """Return books in which all that ran has ended, or goes on for its days of grace.

        `given_up`: the order for its renewal, which was never paid.
        """
        terms = tuple(
            one if one.status == "ended" else replace(one, status="grace" if grace else "ended") for one in self.terms
        )
        after = replace(self, terms=terms)
        if given_up is not None:
            after = after.put_sale(after._sale(given_up).cancelled())
        return after if grace else after.told(einvoice_status="off")


def _changed(of: CompanyView, seen: company.CompanySeen) -> CompanyView:
    """Return the company with these data."""
    code, pec = sdi_code.fields(seen.delivery) if seen.delivery is not None else (None, None)
    where = {name: getattr(seen.data, name) for name in ("name", "street", "postal_code", "city")}
    return replace(of, **where, sdi_code=code, pec=pec, email=seen.email)


def _answered(of: AccountView | CompanyView | OrderView, act: questions.KeepAnswers) -> dict[str, Answers]:
    return {"own_answers": {**of.own_answers, **act.answers}}


def _booked(sale: Sale, of: OpenedPayment, *, news: bool) -> payment.PaymentBooked:
    sold_as = sale.order
    gross = Money(sold_as.gross, sold_as.currency)
    return payment.PaymentBooked(of.id, sold_as.id, sold_as.number, of.status, gross, news)


PERFORMED: dict[type[Command], Callable[[Books, Any, str], Done]] = {
    kind: method
    for method in vars(Books).values()
    if isinstance(method, FunctionType)
    for name, kind in get_type_hints(method).items()
    if name.lstrip("_") == "act"
}
"""The method of each command that is about an account's books: the one that takes it as its `act`."""
