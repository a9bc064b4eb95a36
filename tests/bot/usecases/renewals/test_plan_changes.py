"""Another plan within the term, or from the next on: its price against a little model in fractions, and what runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from bot.usecases.renewals.changes import ChangeQuote, Changes, WantedChange
from dialogs.messages import order as ordering
from dialogs.messages import payment as paying
from dialogs.messages import zone
from dialogs.messages.renewal import RenewalToPay
from services.companies import companies
from services.companies.companies import VatCheck
from services.orders import contract_over, order_record, withdrawals
from services.payments import record
from services.subscriptions import subscriptions
from services.subscriptions.subscriptions import Subscription
from tests.bot.usecases.lives import life
from tests.bot.usecases.lives.desk import VISA, Desk, books, customer_of
from tests.kit.narrow import a
from tests.services.domain.people import BURSZTYN, KEY, company
from tests.table import table
from values.money import Money, VatRules
from values.offer import DiscountCode, Trial
from values.order import CartLine, Price
from values.seller import Plan, Seats, Seller
from values.term import A_YEAR, Term, end_after, term_of_months

BEGINS = datetime(2027, 3, 1, 12, tzinfo=UTC)
MONTH = term_of_months(1)
ABROAD = replace(BURSZTYN, country="DE", tax_number="DE136695976")
NETS = {"solo": (49033, 4933), "pro": (98067, 9867), "team": (131113, 13007), "even": (98067, 9867), "old": (120007, 1)}
CODES = (DiscountCode("SEVENTH", 14), DiscountCode("PRO", 14, plans=("pro",)), DiscountCode("TENNER", amount=1000))


def seller(rise: int = 0) -> Seller:
    """Who sells a plan for one, three by the seat, one of them to few, and one by the year alone, behind no trial."""
    nets = {of: (year + rise, month + rise) for of, (year, month) in NETS.items()}
    tried, many = Trial(14, kept=True), {"pro": Seats(1, 50), "even": Seats(1, 50), "team": Seats(3, 10)}
    plans = tuple(
        Plan(of, year, (A_YEAR, MONTH), ((MONTH, month),), many.get(of), tried) for of, (year, month) in nets.items()
    )
    by_year = replace(plans[-1], terms=(A_YEAR,), nets=(), trial=None)
    sold = life.seller("Europe/Warsaw", life.NETS)
    return replace(sold, plans=(*plans[:-1], by_year), addons=(), discounts=CODES, vat=VatRules(reverse_charge=True))


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


class Model(Struct):
    """What was paid without tax for a term that ends, each sum since its day; by how much a code lowers it."""

    ends: datetime
    vat: int = 23
    paid: tuple[tuple[datetime, Fraction], ...] = ()

    def share(self, since: datetime, now: datetime) -> Fraction:
        """The share of calendar days that is left, of those since then."""
        return Fraction((self.ends.date() - now.date()).days, (self.ends.date() - since.date()).days)

    def change(self, net: int, seats: int, percent: int, now: datetime) -> tuple[int, int]:
        """Net and gross of another plan for the days that are left, less what was paid for them."""
        unused = sum((net * self.share(since, now) for since, net in self.paid), Fraction(0))
        price = Fraction(net * seats * (100 - percent), 100) * self.share(self.paid[0][0], now)
        return self.taxed(half_up((price - unused) / seats) * seats)

    def taxed(self, net: int) -> tuple[int, int]:
        return net, net + half_up(Fraction(net * self.vat, 100))


class Buyer:
    """A customer who has bought so many seats of a plan, and the model of what was paid."""

    def __init__(
        self,
        connection: sa.Connection,
        *,
        plan: str = "pro",
        seats: int = 3,
        term: Term = A_YEAR,
        code: str = "",
        trial: int = 0,
        vat: int = 23,
    ) -> None:
        self.desk, self.connection = Desk(connection, seller(), BEGINS), connection
        if abroad := not vat:
            company(self.connection, id="f2", billing=ABROAD)
            companies.set_check(self.connection, company_id="f2", check="verified", vat_check=VatCheck(BEGINS, "1"))
        net = Fraction(NETS[plan][term == MONTH] * seats)
        for known in (one for one in CODES if one.code == code):
            net -= net * known.percent / 100 + known.amount
        sums = Model(BEGINS, vat).taxed(0 if trial else half_up(net))
        shown = Price(*(Money(one, "PLN") for one in (sums[0], sums[1] - sums[0], sums[1])))
        line = CartLine(plan, term, seats, trial=trial)
        wanted = ordering.PlaceOrder("a1", "f2" if abroad else "f1", (line,), "card", True, code or None, shown, ())
        placed = a(ordering.OrderPlaced, self.desk.does(wanted))
        opened = self.desk.does(paying.OpenPayment(placed.order_id, "card", None))
        self.desk.pays(opened.payment_id, VISA)
        begun = self.of.starts_at or BEGINS
        self.model = Model(end_after(begun, term, self.desk.seller.zone), vat, ((begun, net),))

    @property
    def of(self) -> Subscription:
        return subscriptions.of_account(self.connection, "a1")[0]

    def quote(self, plan: str | None, start: str, number: int | None = None) -> Any:
        wanted = WantedChange(start, number, plan)  # type: ignore[arg-type]
        return Changes(self.desk.quotes, KEY).quote(self.connection, self.of, wanted, self.desk.now)

    def changes(self, plan: str | None, start: str, number: int | None = None) -> Any:
        """Make the change at the sum that was quoted, and pay what it costs."""
        gross = self.quote(plan, start, number).price.gross.minor
        made = self.desk.does(zone.MakeChange("a1", self.of.id, number, start, gross, plan))  # type: ignore[arg-type]
        if isinstance(made, RenewalToPay):
            assert record.get(self.connection, made.payment_id).amount == gross  # type: ignore[union-attr]
            assert self.of.product == made.instead or made.instead is None, "nothing before it is paid"
            self.desk.pays(made.payment_id)
        return made

    def passes(self, days: int) -> None:
        self.desk.until(self.desk.now + timedelta(days=days))


@contextmanager
def buyer(**bought: Any) -> Iterator[Buyer]:
    with books() as engine, customer_of(engine) as connection:
        yield Buyer(connection, **bought)


@table(
    ("bought", "rise", "plan", "number", "seats", "percent"),
    [
        ({}, 0, "team", None, 3, 0),
        ({}, 0, "team", 7, 7, 0),
        ({"plan": "solo", "seats": 1}, 0, "pro", None, 1, 0),
        ({"plan": "solo", "seats": 1}, 0, "team", None, 3, 0),
        ({"term": MONTH}, 0, "team", None, 3, 0),
        ({}, 7001, "team", None, 3, 0),
        ({"code": "SEVENTH"}, 0, "team", None, 3, 14),
        ({"code": "SEVENTH"}, 7001, "team", 4, 4, 14),
        ({"code": "PRO"}, 0, "team", None, 3, 0),
        ({"code": "TENNER"}, 0, "team", None, 3, 0),
        ({"vat": 0}, 0, "team", None, 3, 0),
        ({"plan": "team"}, 0, "pro", 5, 5, 0),
    ],
)
def test_another_plan_now_costs_what_its_days_cost_more_than_those_paid_for(
    bought: dict[str, Any], rise: int, plan: str, number: int | None, seats: int, percent: int
) -> None:
    with buyer(**bought) as one:
        one.passes(11 if one.of.term == MONTH else 100)
        one.desk.seller = seller(rise)
        net = NETS[plan][one.of.term == MONTH] + rise
        expected = one.model.change(net, seats, percent, one.desk.now)
        found = a(ChangeQuote, one.quote(plan, "now", number))
        assert (found.price.net.minor, found.price.gross.minor, found.plan, found.number) == (*expected, plan, seats)
        one.changes(plan, "now", number)
        assert (one.of.product, one.of.quantity, one.of.ends_at) == (plan, seats, one.model.ends)
        one.passes(340)
        assert [(o.product, o.quantity) for o in subscriptions.of_account(one.connection, "a1")] == [(plan, seats)]
        renewed = order_record.of_account(one.connection, "a1")[-1]
        assert [(item.id, item.unit_net, item.renews) for item in renewed.items] == [(plan, net, one.of.id)]


def test_what_was_added_or_changed_before_counts_as_paid_and_goes_with_its_money() -> None:
    with buyer(plan="solo", seats=1) as one:
        for after, plan, number in ((40, "pro", None), (60, None, 4), (33, "team", 5)):
            one.passes(after)
            now, known = one.desk.now, one.quote(plan, "now", number)
            unit = half_up(NETS["pro"][0] * one.model.share(BEGINS, now))
            seats = one.model.taxed(unit * 3) if plan is None else None
            expected = seats or one.model.change(NETS[plan or "pro"][0], known.number, 0, now)
            assert (known.price.net.minor, known.price.gross.minor) == expected
            one.changes(plan, "now", number)
            one.model.paid += ((now, Fraction(known.price.net.minor)),)
        paid = order_record.of_account(one.connection, "a1")
        assert [item.names for order in paid for item in order.items if not item.names] == []
        ran = {}
        for order in reversed(paid[1:]):
            for of in record.of_order(one.connection, order.id):
                record.set_back(one.connection, of.id, refunded=of.amount, disputed=None, at=one.desk.now)
            ran[order.items[0].id] = (one.of.product, one.of.quantity)
            contract_over.end(one.connection, order, one.desk.now, by_refund=True)
        assert (one.of.product, one.of.quantity) == ("solo", 1)
        assert ran == {"team": ("team", 5), "pro": ("pro", 1)}


def test_withdrawn_from_what_was_added_only_that_is_taken_off_and_the_rest_renews() -> None:
    with buyer() as one:
        one.passes(100)
        one.changes(None, "now", 5)
        one.passes(5)
        added = order_record.of_account(one.connection, "a1")[-1]
        stated = withdrawals.WithdrawalRecord("w1", "talk", "a1", added.id, "odstępuję", one.desk.now)
        withdrawals.keep(one.connection, stated)
        withdrawals.decide(one.connection, "w1", "accepted", order=added, reason=None, now=one.desk.now)
        assert (one.of.quantity, one.of.auto_renewal) == (5, True), "the money isn't back yet"
        for of in record.of_order(one.connection, added.id):
            record.set_back(one.connection, of.id, refunded=of.amount, disputed=None, at=one.desk.now)
        contract_over.end(one.connection, added, one.desk.now)
        assert (one.of.status, one.of.quantity, one.of.auto_renewal) == ("active", 3, True)
        one.passes(340)
        due = one.model.taxed(NETS["pro"][0] * 3)[1]
        assert (one.of.quantity, [charged for _, _, charged, _ in one.desk.bank.charges]) == (3, [due])


@table(
    ("bought", "after", "rise", "plan", "number", "renewed", "lowered"),
    [
        ({}, 3, 0, "team", None, 3, 0),
        ({}, 3, 7001, "team", 5, 5, 0),
        ({"plan": "team"}, 3, 0, "solo", None, 1, 0),
        ({"plan": "team", "term": MONTH}, 3, 0, "pro", None, 3, 0),
        ({"code": "SEVENTH"}, 3, 0, "team", None, 3, 0),
        ({"vat": 0}, 3, 0, "team", None, 3, 0),
        ({"trial": 14, "term": MONTH}, 3, 0, "team", None, 3, 0),
        ({"trial": 14, "code": "SEVENTH"}, 3, 0, "team", None, 3, 14),
        ({"trial": 14}, 10, 0, "team", None, 3, 0),
        ({}, 341, 0, "team", None, 3, 0),
        ({"trial": 14, "code": "PRO"}, 3, 0, "team", None, 3, 0),
    ],
)
def test_another_plan_from_the_next_term_is_renewed_at_its_whole_price(
    bought: dict[str, Any], after: int, rise: int, plan: str, number: int | None, renewed: int, lowered: int
) -> None:
    with buyer(**bought) as one:
        one.passes(after)
        one.desk.seller = seller(rise)
        net = NETS[plan][one.of.term == MONTH] + rise
        due = one.model.taxed(net * renewed - half_up(Fraction(net * renewed * lowered, 100)))
        before, ends = (one.of.product, one.of.quantity), one.of.ends_at
        found = a(ChangeQuote, one.quote(plan, "next_term", number))
        assert (found.price.net.minor, found.price.gross.minor, found.starts) == (*due, ends)
        one.changes(plan, "next_term", number)
        assert (one.of.product, one.of.quantity, one.of.next_plan) == (*before, plan)
        coming = one.desk.quotes.outlooks(one.connection, "a1", one.desk.now)
        assert [(each.lines, each.gross) for each in coming] == [(((plan, renewed),), due[1])]
        one.passes(400 if one.of.term == A_YEAR else 40)
        assert (one.of.product, one.of.quantity, one.of.next_plan) == (plan, renewed, None)
        charged = [amount for _, _, amount, _ in one.desk.bank.charges]
        assert charged[:1] == [due[1]]


@table(
    ("bought", "after", "plan", "number", "now", "later"),
    [
        ({"plan": "team"}, 100, "pro", None, "cheaper", 3),
        ({}, 100, "pro", None, "same", "same"),
        ({}, 100, "even", None, 3, 3),
        ({}, 100, "gone", None, "no_plan", "no_plan"),
        ({}, 100, "team", 11, "bounds", "bounds"),
        ({"seats": 11}, 100, "team", None, "bounds", "bounds"),
        ({}, 100, "solo", 2, "not_counted", "not_counted"),
        ({"term": MONTH}, 3, "old", None, "unsold", "unsold"),
        ({"trial": 14}, 3, "team", None, 3, 3),
        ({"trial": 14}, 3, "old", None, "unsold", 1),
        ({}, 360, "team", None, "waits", "waits"),
    ],
)
def test_what_cannot_be_is_refused_by_its_reason_and_what_costs_no_more_is_free(
    bought: dict[str, Any], after: int, plan: str, number: int | None, now: str | int, later: str | int
) -> None:
    with buyer(**bought) as one:
        one.desk.bank.next = ["declined"] * 9
        one.passes(after)
        found = [one.quote(plan, start, number) for start in ("now", "next_term")]
        assert [each.number if isinstance(each, ChangeQuote) else each for each in found] == [now, later]
        if isinstance(now, int):
            assert found[0].is_free
            one.changes(plan, "now", number)
            assert (one.of.product, one.of.renewed_product, one.of.quantity) == (plan, plan, now)
