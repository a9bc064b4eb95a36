"""Who has bought seats of a plan, and changes them; beside them a little model of what was paid, in fractions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from bot.usecases.renewals.changes import Changes, WantedChange
from dialogs.messages import order as ordering
from dialogs.messages import payment as paying
from dialogs.messages import zone
from dialogs.messages.renewal import RenewalToPay
from services.companies import companies
from services.companies.companies import VatCheck
from services.payments import record
from services.subscriptions import subscription_record
from services.subscriptions.subscription_record import Subscription
from tests.bot.usecases.lives import life
from tests.bot.usecases.lives.desk import VISA, Desk, books, customer_of
from tests.kit.narrow import a
from tests.services.domain.people import BURSZTYN, KEY, company
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
        return subscription_record.of_account(self.connection, "a1")[0]

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
