"""Second lives: what happens to customers after their first order, played for a seller to its end and checked.

Between the parts of a life the profile changes under the customer: prices rise, terms are worded anew.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct, structs
from msgspec.structs import replace

from bot.checking.second_life.customer import LifeCustomer, LifePlace, NoWayOn
from bot.checking.second_life.expected_books import ACCOUNT, LifeBooks, life_books
from dialogs.explorer.samples import MOMENT, WAYS, company_view
from dialogs.explorer.watch import Walk
from dialogs.kit import Event, Params, Said
from dialogs.messages.renewal import (
    ChargeComing,
    RenewalCharged,
    RenewalToPay,
    RenewalWaits,
    SubscriptionEnding,
    SubscriptionLapsed,
)
from dialogs.order.bought import find_end, service
from dialogs.order.costs import cart
from dialogs.state import ConversationState
from values.account_view import WaitingRenewal
from values.meaning import Discount, Expects
from values.money import Money
from values.offer import DiscountCode, judge_discount
from values.order import Bill
from values.payment import NO_METHOD
from values.renewal import Owned, days_left, last_moment
from values.seller import Seller

MONTH = timedelta(days=30)
FIRST = ("start:buy", "start:log_in", "account:new", "legal_form:company", "consents:required")
ORDERING = (
    *("zone:renewal", "cart:confirm", "service:subscription", "confirm:yes", "auto_renewal:yes"),
    *("terms:accept", "clauses:accept", "pay:now", "vat_check:charge", "einvoice:later", "changed_terms:later"),
)


class Lives(Struct, frozen=True):
    """The texts of all lives, their number, and their mistakes."""

    heard: Walk
    played: int
    faults: tuple[str, ...]


class LifeFault(Exception):
    """Something in a life isn't as it must be."""


def live(seller: Seller) -> Lives:
    """Play every life that this seller's customers may lead; none where nothing is sold."""
    customer = LifeCustomer(seller)
    faults: list[str] = []
    lives = tuple(_lives(seller, customer)) if seller.sells else ()
    for life in lives:
        try:
            life.play()
        except (LifeFault, NoWayOn) as fault:
            faults.append(f"{life.name}, {life.part}: {_told(fault)}")
    return Lives(customer.heard, len(lives), tuple(dict.fromkeys(faults)))


def _lives(seller: Seller, customer: LifeCustomer) -> Iterator["_Life"]:
    """Each way to pay with the first plan, and each further plan with the first way."""
    plans = [plan.id for plan in seller.plans] if "cart" in seller.dialogs else [seller.plans[0].id]
    for method in seller.methods:
        yield _Life(seller, customer, method, plans[0])
    for plan in plans[1:]:
        yield _Life(seller, customer, seller.methods[0], plan)
    if seller.auto_renewal in ("ask", "offer"):
        yield _Life(seller, customer, seller.methods[0], plans[0], renews=False)


def change_seller(seller: Seller, times: int = 1) -> Seller:
    """Return the profile a while later: dearer, and with other words in its documents."""
    return replace(
        seller,
        plans=tuple(replace(plan, net=plan.net + 1003 * times) for plan in seller.plans),
        addons=tuple(replace(addon, net=addon.net + 107 * times) for addon in seller.addons),
        documents=tuple(
            replace(
                one,
                version=f"{one.version}+{times}",
                words=tuple((locale, f"{words} +{times}") for locale, words in one.words),
            )
            for one in seller.documents
        ),
    )


class _Life:
    def __init__(self, seller: Seller, customer: LifeCustomer, method: str, plan: str, *, renews: bool = True) -> None:
        self.seller, self.customer, self.method, self.renews = seller, customer, method, renews
        self.name = f"{plan} by {method}" + ("" if renews else " without renewal")
        self.part = "the first order"
        addons = tuple(f"addons:{addon.id}" for addon in seller.addons)
        ways = (f"method:{method}", *(() if method not in seller.other_methods else ("method:other",)))
        answers = () if renews else ("auto_renewal:no",)
        self.wishes = (*FIRST, f"plan:{plan}", *addons, "addons:none", *answers, *ways, *ORDERING)

    def play(self) -> None:
        """From the first order to the one after the end."""
        place = self.first_order()
        bought = place.books
        if bought.renewing and self.seller.renewal_rules.collects:
            place = self.renewed(place)
        place = self.ended(place)
        self.ordered_again(place, bought)

    # --- the parts of a life ---

    def first_order(self) -> LifePlace:
        """With every add-on, and with a discount code where the profile has one."""
        books = life_books(self.seller, MOMENT)
        if "renewal" in self.seller.dialogs:
            return self.first_renewal(books)
        place = LifePlace(ConversationState(), books)
        code = next((c.code for c in self.seller.discounts if isinstance(self._judged(c.code), DiscountCode)), None)
        if code is not None:
            place = self.customer.happen(place, Said(Discount(code)))
        place = self.paid(place)
        self._sure({addon.id for addon in self.seller.addons} <= _names(place.books), "add-ons weren't ordered")
        return place

    def first_renewal(self, books: LifeBooks) -> LifePlace:
        """Renew, upon the reminder, a program bought before the desk existed."""
        self.part = "the renewal upon the reminder"
        ends_at = MOMENT + MONTH
        owned = tuple(
            Owned(f"before-{n}", program.product, f"R-000{n}", ends_at)
            for n, program in enumerate(self.seller.programs, 1)
        )
        known = books.told(company=company_view(), companies=(company_view(),))
        place = LifePlace(ConversationState(), replace(known, terms=owned))
        place = self.customer.reach(place, lambda p: p.case.account.id is not None and self._rests(p), self.wishes)
        for of in owned if "reminder" in self.seller.dialogs else ():
            place = self.customer.happen(place, SubscriptionEnding(of.product, of.serial, ends_at, MONTH.days))
        programs = tuple(f"program:{of.product}" for of in owned)
        return self.paid(place, ("renew:now", *programs))

    def renewed(self, place: LifePlace) -> LifePlace:
        """Check an automatic renewal at a price and under terms that have changed since."""
        self.part = "the renewal"
        place = self._later(place, place.books.ends_at - MONTH, change_seller(self.seller))
        bill, _items, _price = place.books.bill()
        if documents := place.books.outdated:
            place = self.accepted(place, documents, bill)
        if self.method in self.seller.chargeable:
            return self.charged(place, bill)
        return self.to_pay(place, bill)

    def accepted(self, place: LifePlace, documents: tuple[str, ...], bill: Bill) -> LifePlace:
        """Check that changed terms are asked for, and nothing is ordered before each of them is accepted."""
        ends_at = place.books.ends_at
        place = replace(place, books=place.books.told(waits=WaitingRenewal(documents, ends_at)))
        place = self._told(place, RenewalWaits(ACCOUNT, documents, ends_at, bill), bill)
        self._sure(self.customer.at(place).dialog == "changed_terms", "changed terms aren't asked for")
        wishes = (*(f"{name}:accept" for name in documents), "auto_renewal:yes")
        place = self.customer.reach(place, lambda p: self.customer.at(p).dialog != "changed_terms", wishes)
        self._sure(not place.books.outdated, "changed terms are left without being accepted")
        return place

    def charged(self, place: LifePlace, bill: Bill) -> LifePlace:
        """Announced, refused once, and paid with the stored way all the same."""
        rules, ends_at, label = place.books.rules, place.books.ends_at, WAYS[0].label
        plan, money = bill.lines[0][0], (bill.gross, bill.currency)
        place = self._told(
            place,
            ChargeComing(
                *(plan, ends_at, ends_at - timedelta(days=rules.charge_days), label, *money, bill),
                trial=bool(place.books.last.order.trial),
            ),
            bill,
        )
        place = replace(place, books=place.books.renewal_ordered(self.method))
        if rules.retry_days:
            retry = ends_at - timedelta(days=rules.retry_days[0])
            asked = structs.replace(_to_pay(place.books, bill), refusal="declined", label=label, retry_at=retry)
            place = self._told(place, asked, bill)
        place = replace(place, books=place.books.charged())
        of, goes_on = place.books.last.view, place.books.ends_at
        receipt = RenewalCharged(plan, ACCOUNT, of.id, of.number, of.payment_id or "", label, *money, goes_on, bill)
        return self._goes_on(self._told(place, receipt, bill))

    def to_pay(self, place: LifePlace, bill: Bill) -> LifePlace:
        """Ordered by the desk, asked for again, and paid by the customer."""
        place = replace(place, books=place.books.renewal_ordered(self.method))
        for again in (False, True):
            place = self._told(place, structs.replace(_to_pay(place.books, bill), again=again), bill)
        return self._goes_on(self.paid(place, placed=True))

    def ended(self, place: LifePlace) -> LifePlace:
        """Leave the next term unpaid: after the days of grace nothing is active."""
        self.part = "the end"
        books, rules = place.books, place.books.rules
        ends_at, lines = books.ends_at, tuple((line.plan, line.quantity) for line in books.last.lines)
        awaited = bool(books.renewing) and rules.collects and not books.outdated
        if awaited:
            place = self._later(place, ends_at - timedelta(days=1))
            bill, _items, _price = place.books.bill()
            place = replace(place, books=place.books.renewal_ordered(self.method))
            place = self._told(place, _to_pay(place.books, bill), bill)
        over = ends_at
        if awaited and rules.grace_days:
            over = last_moment(rules, ends_at, self.seller.zone)
            place = self._later(place, ends_at)
            place = self.customer.happen(place, SubscriptionLapsed(lines[0][0], ends_at, over, lines))
        gone = place.books.last.view if awaited else None
        place = self._later(place, over)
        place = replace(place, books=place.books.ran_out(given_up=gone.id if gone else None))
        told = SubscriptionLapsed(
            *(lines[0][0], ends_at, None, lines, gone.id if gone else None, gone.number if gone else None),
            trial=bool(books.last.order.trial),
        )
        place = self.customer.happen(place, told)
        self._sure(service(self.customer.context(place)) == "ended", "the service that has ended is told to go on")
        self._sure(self._rests(place), f"{self.customer.at(place).path} is asked although nobody orders anything")
        return place

    def ordered_again(self, place: LifePlace, bought: LifeBooks) -> None:
        """Renew once more.

        At the price of a renewal; and once with a profile that changes at the last moment, in its new words and at its
        new price only.
        """
        self.part = "the order after the end"
        orders = len(place.books.sales)
        again = _names(bought) - {addon.id for addon in self.seller.addons if addon.required and addon.once}
        programs = tuple(f"program:{of.product}" for of in bought.terms) if "renewal" in self.seller.dialogs else ()
        wishes = (*programs, *self.wishes)
        at_pay = self.customer.reach(place, lambda p: self.customer.at(p).path == "order.pay", wishes)
        last_moment = self._later(at_pay, at_pay.books.now, change_seller(self.seller, 2))
        for begun in (at_pay, last_moment):
            after = self.paid(begun, wishes)
            self._sure(len(after.books.sales) == orders + 1, "nothing was ordered")
            self._sure(_names(after.books) == again, "something else was ordered than the first time")
            if after.books.renewing:
                renewal, _items, _price = replace(after.books, sales=()).bill()
                self._same(renewal.gross, after.books.next_term.gross.minor, "renewed", "ordered again")
            self._goes_on(after)

    # --- what every part does ---

    def paid(self, place: LifePlace, wishes: tuple[str, ...] = (), *, placed: bool = False) -> LifePlace:
        """On to where the order is paid and nothing is left to be asked."""
        orders = len(place.books.sales) + (not placed)
        done = self.customer.reach(
            place, lambda p: len(p.books.sales) == orders and p.books.paid and self._rests(p), (*wishes, *self.wishes)
        )
        free = done.books.last.order.method == NO_METHOD
        self._sure(free or done.case.payment.told == "paid", "the money isn't told to have come")
        shown = cart(done.case.order, self.customer.context(done)).gross.minor
        self._same(done.books.last.view.gross, shown, "ordered", "shown")
        return done

    def _told(self, place: LifePlace, event: Event, bill: Bill) -> LifePlace:
        """Check that the desk's own messages name all that is renewed, and the sum on the bill."""
        place = self.customer.happen(place, event)
        about = [say.params for say in place.says if "gross" in say.params and "program" in say.params]
        self._sure(bool(about), f"{type(event).__name__} isn't told")
        for params in about:
            self._same(bill.gross, _minor(params), "billed", "told")
            named = params["program"]
            self._sure(isinstance(named, tuple) and len(named) == len(bill.lines), "not all that renews is named")
        return place

    def _goes_on(self, place: LifePlace) -> LifePlace:
        """Check that the chat knows the paid term."""
        context = self.customer.context(place)
        self._sure(service(context) == "running", "what is paid isn't told to run")
        self._sure(find_end(context) == place.books.ends_at, "another end is told than the one that was paid for")
        return place

    def _later(self, place: LifePlace, now: datetime, seller: Seller | None = None) -> LifePlace:
        """Return the same place at another time, perhaps with another profile."""
        books = replace(place.books, now=max(now, place.books.now), seller=seller or place.books.seller)
        return self.customer.logged_in(replace(place, books=books))

    def _rests(self, place: LifePlace) -> bool:
        return self.customer.at(place).expects is Expects.nothing

    def _judged(self, code: str) -> object:
        return judge_discount(self.seller.discounts, code, (plan.id for plan in self.seller.plans), MOMENT)

    def _same(self, one: int, other: int, how: str, otherwise: str) -> None:
        money = [Money(minor, self.seller.currency).format("en") for minor in (one, other)]
        self._sure(one == other, f"it costs {money[0]} {how} and {money[1]} {otherwise}")

    def _sure(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise LifeFault(otherwise)


def _to_pay(books: LifeBooks, bill: Bill) -> RenewalToPay:
    of, zone = books.last.view, books.seller.zone
    return RenewalToPay(
        plan=bill.lines[0][0],
        ends_at=books.ends_at,
        days=days_left(books.ends_at, books.now, zone),
        again=False,
        account_id=ACCOUNT,
        order_id=of.id,
        number=of.number,
        payment_id=of.payment_id or "",
        bill=bill,
    )


def _names(books: LifeBooks) -> set[str]:
    return {line.plan for line in books.last.lines}


def _minor(params: Params) -> int:
    gross = params["gross"]
    return gross.minor if isinstance(gross, Money) else 0


def _told(fault: Exception) -> str:
    return f"no way on from {fault}" if isinstance(fault, NoWayOn) else str(fault)
