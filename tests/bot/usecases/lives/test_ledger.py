"""The property *terms*: whatever a customer and the seller do, desk, API and provider agree with a ledger to the grosz.

Random stories; one that fails is shrunk and told with its dates.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from bot.usecases.renewals import notifications
from bot.usecases.renewals.quotes import Quotes
from dialogs.messages.order import LapsedOrderChanged, OrderRefused, PlaceOrder
from dialogs.messages.payment import OpenPayment
from dialogs.messages.renewal import ChargeComing
from dialogs.messages.zone import SetAutoRenewal
from dialogs.renewal.notices import TermEnding
from services.orders import pricing, trials, withdrawals
from services.orders.pricing import Item
from services.payments import book, charges, record
from services.subscriptions import subscriptions
from tests.bot.usecases.lives.desk import VISA, Desk, books, customer_of
from tests.bot.usecases.lives.ledger import DAY
from tests.bot.usecases.lives.life import (
    CURRENCY,
    NETS,
    STORIES,
    Buys,
    GetsBack,
    Life,
    Reprices,
    Story,
    Switches,
    TheBankSays,
    Withdraws,
    seller,
)
from tests.services.domain.people import NOW
from values.money import Money
from values.offer import Trial
from values.order import CartLine, Price
from values.term import term_of_months


@pytest.fixture(scope="module")
def engine() -> Iterator[sa.Engine]:
    with books() as one:
        yield one


def lives(engine: sa.Engine, story: Story) -> None:
    with customer_of(engine) as connection:
        life = Life(connection, story)
        try:
            life.lives(story)
        except AssertionError as error:
            error.add_note("\n".join(life.told))
            raise


@pytest.mark.parametrize("part", ["day", *(f"night {n}" for n in range(20))])
def test_every_life_agrees_with_the_ledger(engine: sa.Engine, part: str) -> None:
    """By day the same forty, by night ten thousand others."""
    many, same = (40, True) if part == "day" else (500, False)

    @settings(max_examples=many, derandomize=same, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(STORIES)
    def each(story: Story) -> None:
        lives(engine, story)

    each()


RICH = Story(
    *("Europe/Warsaw", "2027-01-31 02:15", Buys("base", 1, users=2, setup=True, code="SEVENTH")),
    [
        (70, Reprices(333)),
        (40, Withdraws(0, accepted=False, after=12)),
        (60, TheBankSays(("gone",))),
        (60, Buys("pro", 12, seats=3, users=1)),
        (400, GetsBack(0, whole=True)),
        (1, Buys("pro", 24)),
        (1, Switches(on=False)),
    ],
)
"""A story in which each rule has its say."""


def twice(price: Any, items: Any, discount: Any, currency: str) -> Any:
    return price(items, discount and pricing.PricingDiscount(discount.code, 2 * discount.percent), currency)


def by_line(of: Any, lines: Any, currency: str, **how: Any) -> Any:
    first, *rest = (of([line], currency, **how) for line in lines)
    for more in rest:
        first = pricing.Price(first.net + more.net, first.vat + more.vat, first.gross + more.gross)
    return first


FAULTS = {
    "ends .* shown": (subscriptions, "end_after", lambda end, *of: end(*of[:3])),
    "OrderRefused": (pricing, "price", twice),
    "another sum": (pricing, "price_of_rate", by_line),
    "announced 6316": (notifications, "announce", lambda _, *of: notifications.Left(announced=of[2].gross)),
    "without a ground": (subscriptions, "set_ended", lambda *_: None),
    "an outlook without a wish": (withdrawals, "stop_charges", lambda *_: False),
    "auto_renewal": (subscriptions, "set_auto_renewal", lambda *_, **__: True),
    "as it was bought": (Quotes, "items", lambda items, *of: tuple(replace(one, quantity=1) for one in items(*of))),
    "given back": (record, "set_back", lambda set_, *of, refunded, **by: set_(*of, refunded=refunded // 2, **by)),
    "other services": (Item, "once", property(lambda _: False)),
    "should have been renewed": (charges, "begin", lambda *_, **__: book.NotPayable("charging")),
}
"""What a fault of the desk makes the judge say."""


@pytest.mark.parametrize("says", FAULTS)
def test_a_fault_of_the_desk_is_noticed(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, says: str) -> None:
    of, name, fault = FAULTS[says]
    before = getattr(of, name)
    monkeypatch.setattr(of, name, fault if isinstance(fault, property) else lambda *a, **k: fault(before, *a, **k))
    with pytest.raises(AssertionError, match=says):
        lives(engine, RICH)


def test_the_same_life_without_a_fault_agrees(engine: sa.Engine) -> None:
    lives(engine, RICH)


@pytest.mark.parametrize("stops", [False, True])
def test_a_kept_trial_is_charged_as_announced_or_not_at_all_and_there_is_no_second(
    engine: sa.Engine, stops: bool
) -> None:
    with customer_of(engine) as connection:
        sold = seller("Europe/Warsaw", dict(NETS))
        sold = replace(sold, plans=tuple(replace(plan, trial=Trial(14, kept=True)) for plan in sold.plans))
        desk = Desk(connection, sold, NOW)
        free = Price(*[Money(0, CURRENCY)] * 3)
        lines = [(CartLine(plan, term_of_months(1), trial=14),) for plan in ("base", "pro")]
        placed, again = (PlaceOrder("a1", "f1", line, "card", True, None, free, ()) for line in lines)
        desk.pays(desk.does(OpenPayment(desk.does(placed).order_id, "card", None)).payment_id, VISA)
        if stops:
            desk.does(SetAutoRenewal("a1", on=False, accepted=(), seen=False))
        desk.until(NOW + 15 * DAY)
        [said] = [one for one in desk.said if isinstance(one.event, ChargeComing | TermEnding) and one.by_letter]
        assert said.at < NOW + 12 * DAY
        sums = [] if stops else [said.event.gross]
        assert [amount for _at, _of, amount, _label in desk.bank.charges] == sums == ([] if stops else [6068])
        assert all(at.date() == (NOW + 14 * DAY).date() for at, *_ in desk.bank.charges)
        assert desk.does(again) == OrderRefused("trial_taken")
        assert [trials.grant(connection, "a1", desk.now) for _ in range(2)] == [True, False]
        anew = OpenPayment(desk.does(again).order_id, "card", None)
        assert book.expire(connection, payment_id=desk.does(anew).payment_id, now=desk.now + 7 * DAY)
        desk.pays(desk.does(OpenPayment(desk.does(again).order_id, "card", None)).payment_id, VISA)
        assert desk.does(again) == OrderRefused("trial_taken"), "one more, and no other"
        assert desk.does(anew) == LapsedOrderChanged("trial_taken")


def test_a_price_that_rises_just_after_a_receipt_is_told_before_it_is_charged(engine: sa.Engine) -> None:
    """As where the desk ends then, and begins with another profile."""
    with customer_of(engine) as connection:
        desk = Desk(connection, seller("Europe/Warsaw", dict(NETS)), NOW)
        dearer = seller("Europe/Warsaw", {of: net + 333 for of, net in NETS.items()})
        desk.before = lambda: setattr(desk, "seller", dearer)
        shown, line = Price(*(Money(sum, CURRENCY) for sum in (4933, 1135, 6068))), CartLine("base", term_of_months(1))
        placed = desk.does(PlaceOrder("a1", "f1", (line,), "card", True, None, shown, ()))
        desk.pays(desk.does(OpenPayment(placed.order_id, "card", None)).payment_id, VISA)
        desk.until(NOW + 31 * DAY)
        [(at, _of, amount, _label)] = desk.bank.charges
        [told] = [one for one in desk.said if isinstance(one.event, ChargeComing) and one.by_letter]
        assert (told.event.gross, amount) == (6477, 6477)
        assert NOW < told.at <= at - DAY
