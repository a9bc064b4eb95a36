"""The property *terms*: whatever a customer and the seller do, desk, API and provider agree with a ledger to the grosz.

Random stories; one that fails is shrunk and told with its dates.
"""

import os
import secrets
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, seed, settings
from msgspec.structs import replace

from bot.usecases.renewals import changes as changing
from bot.usecases.renewals import notifications
from bot.usecases.renewals.quotes import Quotes
from bot.usecases.renewals.trials import TrialEnd
from dialogs.messages.order import PlaceOrder
from dialogs.messages.payment import OpenPayment
from dialogs.messages.renewal import ChargeComing
from services.orders import pricing, trials, withdrawals
from services.orders.pricing import Item
from services.payments import book, charges, record, refunds
from services.subscriptions import changes, renewals, subscriptions
from tests.bot.usecases.lives.afterwards import STORIES, Afterwards, Cancels, Changes, Ends, Leaves, Refunds
from tests.bot.usecases.lives.desk import VISA, Desk, books, customer_of
from tests.bot.usecases.lives.ledger import DAY
from tests.bot.usecases.lives.life import (
    CURRENCY,
    NETS,
    Buys,
    ForgetsTheCard,
    GetsBack,
    Grants,
    PaysByLink,
    Reprices,
    Story,
    Switches,
    TheBankSays,
    TriesElse,
    Withdraws,
    seller,
)
from tests.services.domain.people import NOW
from values.money import Money
from values.order import CartLine, Price
from values.renewal import RenewalRules
from values.term import term_of_months

#: By night, in pieces.
LIVES, PIECES = int(os.environ.get("LIVES", "10000")), 32
SEED = os.environ.get("LIVES_SEED") or secrets.token_hex(4)


@pytest.fixture(scope="module")
def engine() -> Iterator[sa.Engine]:
    with books() as one:
        yield one


def lives(engine: sa.Engine, story: Story) -> None:
    with customer_of(engine) as connection:
        life = Afterwards(connection, story)
        try:
            life.lives(story)
        except Exception as error:
            error.add_note("\n".join((*life.told, f"LIVES_SEED={SEED}")))
            raise


@pytest.mark.parametrize("part", ["day", *(f"night {n}" for n in range(PIECES))])
def test_every_life_agrees_with_the_ledger(engine: sa.Engine, part: str) -> None:
    """By day the same forty, by night `LIVES` others: those of `LIVES_SEED`, where it is set."""
    many, same = (40, True) if part == "day" else (LIVES // PIECES, False)

    # Without a database: a life that fails isn't begun again by every other part.
    slow = [HealthCheck.too_slow]

    @settings(max_examples=many, derandomize=same, database=None, deadline=None, suppress_health_check=slow)
    @given(STORIES)
    def each(story: Story) -> None:
        lives(engine, story)

    (each if same else seed(f"{SEED} {part}")(each))()


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


TRIAL = Buys("pro", 1, seats=3, users=1, setup=True, code="TENNER", free=14)
TRIED = Story(
    *("Europe/Warsaw", "2027-03-10 12:00", replace(TRIAL, pays=False)),
    [
        *((9, TriesElse("company")), (1, PaysByLink()), (0, TriesElse("company"))),
        *((0, Grants()), (1, TRIAL), (16, Switches(on=False))),
        *((40, Grants()), (0, TheBankSays(("declined",))), (0, TRIAL)),
        *((30, Grants()), (0, TRIAL), (12, Reprices(333))),
        *((9, Grants()), (0, TRIAL), (13, TheBankSays(("down",))), (1, Switches(on=False))),
        *((9, Grants()), (0, replace(TRIAL, renews=False)), (1, Withdraws(0, accepted=True, after=1))),
        *((9, Grants()), (0, TRIAL), (9, replace(TRIAL, free=0, pays=False))),
    ],
)
"""Of trials: lost to another, granted once more and charged; refused; dearer than was announced; stopped while it is
charged; withdrawn from; followed by an order that isn't paid."""


OPEN = Story(
    *("Europe/Warsaw", "2027-03-14 23:58", Buys("pro", 12, 2, users=1)),
    [(715, ForgetsTheCard()), (9, Buys("base", 24, users=3, renews=False, pays=False))],
)
"""Told of a charge, the customer forgets the card, and hasn't paid an order of their own when it was to be."""


AHEAD = Story(
    *("Europe/Warsaw", "2027-01-31 00:10", Buys("base", 1, users=1, free=3)),
    [(0, Buys("base", 1)), (9, Buys("pro", 1))],
)
"""In a trial the plan is bought for after it: at its end only the add-on is charged, and nothing of the trial stays."""


PLAN_AHEAD = Buys("base", 1, renews=False)
ENDS_AHEAD = replace(AHEAD, acts=[(0, PLAN_AHEAD)])
"""In a trial the plan is bought for after it, unrenewed: the add-on renews no more once it is paid for as long."""


ENDS_WITH_IT = replace(AHEAD, first=replace(AHEAD.first, free=0), acts=[(0, PLAN_AHEAD)])
"""The add-on of a term that is over runs on with the plan bought ahead, and no comparison finds it without one."""


LATE = Story(
    *("Australia/Lord_Howe", "2028-02-29 02:15", Buys("base", 24, free=14)),
    [(14, Withdraws(0, accepted=True, after=0))],
)
"""Withdrawn from between a trial's end and the hour at which its charge is due: it ended with the trial."""


PAID = Story(
    *("Europe/Warsaw", "2027-01-31 12:00", Buys("pro", 12, seats=3, users=2, code="SEVENTH")),
    [
        *((99, Changes(1, 2, "now")), (1, Changes(1, -1, "next_term", by_chat=False)), (1, Changes(1, 50, "now"))),
        *((1, Refunds(1, "third", ("down", "lost"))), (0, Refunds(1, "too_much")), (1, Refunds(1, "third", (), True))),
        *((1, Refunds(0, "whole", ("pending", "works"))), (1, Refunds(1, "whole", ("refused",)))),
        *((9, Changes(0, 1, "now", pays=False)), (1, Cancels(by_api=True)), (1, PaysByLink())),
        *((240, Changes(0, 5, "next_term")), (9, Leaves()), (0, Ends(0))),
    ],
    "end",
)
"""More seats, given back and with that taken off; refunds refused, lost and made in the panel; an end with the term."""


MORE = Story(
    *("Europe/Warsaw", "2027-01-31 12:00", Buys("pro", 12, seats=3)),
    [
        *((5, Buys("pro", 12, seats=4)), (1, Changes(0, 2, "now"))),
        *((1, Changes(0, -4, "next_term")), (1, Refunds(0, "whole"))),
        *((692, ForgetsTheCard()), (25, Leaves()), (60, PaysByLink()), (2, Changes(0, 2, "now"))),
    ],
    "end",
)
"""More of what is bought ahead, taken off after a wish for fewer; and more of a term that was paid when it was over."""


PART = Story(
    *("Europe/Warsaw", "2027-01-31 12:00", Buys("base", 1, users=1, setup=True, free=14)),
    [(1, Ends(0)), (40, Buys("pro", 1)), (40, Withdraws(0, accepted=True, after=0)), (0, Refunds(0, "whole"))],
)
"""Of a trial the seller ends the add-on: at its end the plan is charged, and nothing stays of the rest."""


MORE_OFF = Story(
    *("Europe/Warsaw", "2027-01-31 00:10", Buys("base", 1, users=2)),
    [(0, Changes(0, 1, "now", by_card=True)), (0, Buys("base", 1)), (0, Withdraws(1, accepted=True, after=0))],
)
"""Withdrawn from what was added within a term alone: the rest goes on renewing, while the plan was bought ahead."""


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
TRIAL_FAULTS = {
    "charged too early": (renewals, "rules_for", lambda _, rules, of: rules.of_term(of.term)),
    "charged unannounced": (RenewalRules, "of_trial", lambda of, *by, **how: replace(of(*by, **how), announce_days=1)),
    "ends .* shown 2027-04-04": (
        subscriptions,
        "days_after",
        lambda after, at, days, _: after(at, days, ZoneInfo("UTC")),
    ),
    "a second trial\n": (trials, "is_lost", lambda *_: False),
    "a second trial, or none": (trials, "claim", lambda *_, **__: True),
    "'status': 'trial'": (TrialEnd, "refused", lambda *_: ()),
    "not all that renews together": (Quotes, "first_term", lambda *of: of[4]),
}
PAID_FAULTS = {
    "offered": (changing, "share_left", lambda share, *of: share(*of[:2], of[2] - DAY, of[3])),
    "asked back: True": (refunds, "compute_refundable_amount", lambda _, of, earlier: of.amount),
    "quantity, next": (changes, "undo_additions", lambda *_: None),
    "has another sum": (refunds, "settle", lambda *_, **__: None),
    "comparison": (record, "MONEY_CAME", ()),
}
"""What a fault of the desk makes the judge say, in each story."""


@pytest.mark.parametrize("says", [*FAULTS, *TRIAL_FAULTS, *PAID_FAULTS])
def test_a_fault_of_the_desk_is_noticed(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, says: str) -> None:
    of, name, fault = (FAULTS | TRIAL_FAULTS | PAID_FAULTS)[says]
    before = getattr(of, name)
    monkeypatch.setattr(
        of, name, fault if isinstance(fault, property | tuple) else lambda *a, **k: fault(before, *a, **k)
    )
    with pytest.raises(AssertionError, match=says):
        lives(engine, RICH if says in FAULTS else TRIED if says in TRIAL_FAULTS else PAID)


LOWER = Story(
    *("Europe/Warsaw", "2027-01-31 00:10", Buys("base", 12, users=3)),
    [(340, Changes(0, 2, "now", by_card=True)), (0, Buys("base", 1)), (0, Buys("base", 1))],
)
"""More of an add-on after its charge was announced, and the plan bought ahead: a lower sum, for more than was told."""


AFTER_ALL = Story(
    *("Europe/Warsaw", "2027-01-31 00:10", Buys("base", 1, pays=False)),
    [(0, Cancels(by_api=False)), (0, Switches(on=False)), (0, PaysByLink(0))],
)
"""A cancelled order is paid after all, and its customer had said in between that nothing is to renew."""


UNPAID = Story(
    *("Europe/Warsaw", "2027-01-31 00:10", Buys("base", 3)),
    [(380, GetsBack(0, whole=True)), (0, Changes(0, 0, "now", swaps=True, by_card=True))],
)
"""Another plan in a term whose money went back while its service went on: nothing of it counts as paid."""


ELSE = Story(
    *("Europe/Warsaw", "2027-01-31 00:10", Buys("pro", 1, seats=3)),
    [(24, Changes(0, 0, "next_term", swaps=True))],
)
"""Some hours before its charge a smaller plan is wished from the next term on: its card has said the sum."""


LAST_DAY = Story("Europe/Warsaw", "2027-01-31 21:59", Buys("pro", 1, free=3), [(2, Changes(0, 2, "now", by_card=True))])
"""Seats are added on a trial's last day but one, in the evening: its new sum is told the next morning."""


STORIES_TOLD = {"rich": RICH, "tried": TRIED, "open": OPEN, "ahead": AHEAD, "late": LATE, "paid": PAID, "more": MORE}
STORIES_TOLD |= {
    "ends ahead": ENDS_AHEAD,
    "ends with it": ENDS_WITH_IT,
    "part": PART,
    "more off": MORE_OFF,
    "lower": LOWER,
    "after all": AFTER_ALL,
    "unpaid": UNPAID,
    "else": ELSE,
    "last day": LAST_DAY,
}


@pytest.mark.parametrize("story", STORIES_TOLD.values(), ids=STORIES_TOLD)
def test_the_same_life_without_a_fault_agrees(engine: sa.Engine, story: Story) -> None:
    lives(engine, story)


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
