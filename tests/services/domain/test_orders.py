"""Orders: who may place one, what it is called, how it ends unpaid; prices, to the grosz."""

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.orders import discounts, order_record, orders, pricing, trials
from services.orders.discounts import Limits
from services.orders.orders import (
    AccountNotActive,
    CompanyNotConfirmed,
    DiscountUsedUp,
    OrderWasCancelled,
    Placed,
    PriceChanged,
)
from services.orders.pricing import Item, PricingDiscount, price
from services.payments import attempts, book, money, record
from services.subscriptions import subscription_record
from tests.kit.narrow import a, present
from tests.services.domain.people import (
    BURSZTYN,
    NOW,
    PLAN,
    WANTED,
    at_once,
    buyer,
    company,
    customer,
    later,
    owing,
    placed,
    sign_up,
    to_pay,
    try_to_place,
    unconfirmed,
)
from tests.table import table
from values.money import Money
from values.order import Price
from values.term import A_YEAR, TWO_YEARS


def test_an_order_keeps_what_was_agreed(connection: sa.Connection) -> None:
    buyer(connection)
    order = placed(connection)
    assert (order.number, order.status, order.price.gross.minor) == ("FS/2026/000001", "placed", 36777)
    assert (order.items, order.method, order.auto_renewal, order.conversation_id) == ((PLAN,), "blik", True, "talk-a1")
    company(connection, billing=replace(BURSZTYN, street="ul. Nowa 1"), seen=BURSZTYN)
    assert present(order_record.by_number(connection, "FS/2026/000001")).billing["street"] == BURSZTYN.street
    assert [s.status for s in subscription_record.of_account(connection, "a1")] == ["pending"]


def test_only_an_active_account_orders(connection: sa.Connection) -> None:
    customer(connection, "a1")
    sign_up(connection, "a2", "pending@example.com")
    sign_up(connection, "a3", "anna@example.com")
    for id in ("a1", "a2", "a3"):
        company(connection, id, f"f-{id}")
    assert try_to_place(connection, account_id="a2", company_id="f-a2") == AccountNotActive("pending", taken=False)
    assert try_to_place(connection, account_id="a3", company_id="f-a3") == AccountNotActive("pending", taken=True)
    assert try_to_place(connection, account_id="nobody") == AccountNotActive("closed", taken=False)
    assert order_record.of_account(connection, "a2") == []


def test_only_for_a_confirmed_company_of_its_own(connection: sa.Connection) -> None:
    customer(connection, "a1", "one@example.com")
    customer(connection, "a2", "two@example.com")
    company(connection, "a2", "theirs")
    unconfirmed(connection, "draft", BURSZTYN)
    for id in ("theirs", "draft", "none"):
        assert try_to_place(connection, company_id=id) == CompanyNotConfirmed()


def test_at_the_price_that_was_shown(connection: sa.Connection) -> None:
    buyer(connection)
    shown = pricing.price((PLAN,), None, "PLN")
    half = PricingDiscount("HALF", 50)

    def place(discount: PricingDiscount | None) -> orders.Placed | orders.NotPlaced:
        return orders.place(connection, replace(WANTED, discount=discount, price=shown), NOW)

    assert place(half) == PriceChanged(pricing.price((PLAN,), half, "PLN"))
    assert isinstance(place(None), Placed)


def test_an_order_of_nothing_is_a_mistake(connection: sa.Connection) -> None:
    buyer(connection)
    with pytest.raises(ValueError, match="at least one line"):
        orders.place(connection, replace(WANTED, items=()), NOW)


def test_cancelling_an_unpaid_order_ends_what_hung_on_it(connection: sa.Connection) -> None:
    owing(connection)
    outcome = a(OrderWasCancelled, orders.cancel(connection, order_id="o1", now=later(hours=1)))
    assert (outcome.order.status, outcome.payments) == ("cancelled", ("p1",))
    assert [p.status for p in record.of_order(connection, "o1")] == ["cancelled"]
    assert subscription_record.of_account(connection, "a1") == []
    assert orders.cancel(connection, order_id="o1", now=later(hours=2)) == OrderWasCancelled(outcome.order, ())
    assert isinstance(try_to_place(connection, "o2"), Placed)


def test_no_such_order_is_a_mistake(connection: sa.Connection) -> None:
    with pytest.raises(LookupError):
        orders.cancel(connection, order_id="none", now=NOW)
    with pytest.raises(LookupError):
        to_pay(connection, order_id="none")


def test_placed_at_once_numbers_are_whole_and_one_account_has_one_order_to_pay(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        for n in range(6):
            customer(connection, f"a{n}", f"a{n}@example.com")
            company(connection, f"a{n}", f"f{n}")
    numbers = at_once(racing, 6, lambda c, n: try_to_place(c, f"o{n}", account_id=f"a{n}", company_id=f"f{n}"))
    assert {o.order.number for o in numbers if isinstance(o, Placed)} == {f"FS/2026/{n:06d}" for n in range(1, 7)}

    def place_and_open(connection: sa.Connection, n: int) -> bool:
        if not isinstance(try_to_place(connection, f"x{n}", account_id="a0", company_id="f0"), Placed):
            return False
        to_pay(connection, f"p{n}", f"x{n}")
        return True

    assert sum(at_once(racing, 5, place_and_open)) == 1


def zloty(net: int, vat: int, gross: int) -> Price:
    return Price(Money(net, "PLN"), Money(vat, "PLN"), Money(gross, "PLN"))


@table(
    ("items", "discount", "expected"),
    [
        ((PLAN,), None, zloty(29900, 6877, 36777)),
        ((PLAN,), PricingDiscount("START20", 20), zloty(23920, 5502, 29422)),
        ((replace(PLAN, term=TWO_YEARS, unit_net=59800),), None, zloty(59800, 13754, 73554)),
        ((replace(PLAN, unit_net=250, vat_percent=25),), None, zloty(250, 63, 313)),  # 62.5: half goes up
        ((replace(PLAN, unit_net=5, vat_percent=10),), PricingDiscount("HALF", 50), zloty(2, 0, 2)),
        ((PLAN,), PricingDiscount("MINUS50", amount=5000), zloty(24900, 5727, 30627)),
        ((PLAN,), PricingDiscount("MORE", amount=30000), zloty(0, 0, 0)),  # never below nothing
        # Only the second line is lowered; of 100 and 300 at two rates, an amount is a quarter and three quarters off.
        ((PLAN, replace(PLAN, id="b", unit_net=1000)), PricingDiscount("D", 10), zloty(27810, 6396, 34206)),
        (
            (replace(PLAN, lowered=False), replace(PLAN, id="b", unit_net=1000)),
            PricingDiscount("D", 10),
            zloty(30800, 7084, 37884),
        ),
        (
            (replace(PLAN, unit_net=100), replace(PLAN, unit_net=300, vat_percent=0)),
            PricingDiscount("D", amount=200),
            zloty(200, 12, 212),
        ),
        # Rounded once per rate on the sum: three times 0.5 is 1.5, not three times 1.
        ((replace(PLAN, unit_net=50, quantity=3, vat_percent=1),), None, zloty(150, 2, 152)),
        (
            (replace(PLAN, unit_net=50, vat_percent=1), replace(PLAN, unit_net=50, vat_percent=3)),
            None,
            zloty(100, 3, 103),
        ),
    ],
)
def test_prices(items: tuple[Item, ...], discount: PricingDiscount | None, expected: Price) -> None:
    assert price(items, discount, "PLN") == expected


items = st.lists(
    st.builds(
        Item,
        st.just("x"),
        st.integers(1, 50),
        st.just(A_YEAR),
        st.integers(0, 10**7),
        st.sampled_from([0, 5, 8, 23]),
        lowered=st.booleans(),
        then=st.sampled_from(["renews", "once"]),
    ),
    min_size=1,
    max_size=6,
)
by_percent = st.builds(PricingDiscount, st.just("D"), st.integers(1, 99))
by_amount = st.builds(PricingDiscount, st.just("D"), st.just(0), st.integers(1, 10**8))


def sums(lines: list[Item]) -> tuple[int, int]:
    """What the lines cost in all, and those that a discount lowers, in minor units."""
    costs = [(line.quantity * line.unit_net, line.lowered) for line in lines]
    return sum(cost for cost, _ in costs), sum(cost for cost, lowered in costs if lowered)


@given(items, st.none() | by_percent)
def test_the_total_is_the_lines_less_the_discount(lines: list[Item], discount: PricingDiscount | None) -> None:
    total = price(lines, discount, "PLN")
    assert total.gross == total.net + total.vat
    full, lowered = sums(lines)
    percent = 0 if discount is None else discount.percent
    rates = len({line.vat_percent for line in lines})
    assert abs((full - total.net.minor) * 100 - lowered * percent) <= 50 * rates
    assert price(list(reversed(lines)), discount, "PLN") == total


@given(items, by_amount)
def test_an_amount_is_taken_off_to_the_grosz_and_never_more_than_there_is(
    lines: list[Item], discount: PricingDiscount
) -> None:
    total = price(lines, discount, "PLN")
    full, lowered = sums(lines)
    assert total.gross == total.net + total.vat
    assert total.net.minor == full - min(discount.amount, lowered)
    assert price(list(reversed(lines)), discount, "PLN") == total


@given(items, st.none() | by_percent | by_amount)
def test_no_sum_is_negative_nor_higher_than_without_a_discount(
    lines: list[Item], discount: PricingDiscount | None
) -> None:
    total, without = price(lines, discount, "PLN"), price(lines, None, "PLN")
    assert 0 <= total.net.minor <= without.net.minor
    assert 0 <= total.vat.minor <= without.vat.minor
    rates = {line.vat_percent for line in lines}
    assert total.vat.minor * 100 <= max(rates) * total.net.minor + 50 * len(rates)


@table(
    ("item", "discount"),
    [
        (replace(PLAN, quantity=0), None),
        (replace(PLAN, unit_net=-1), None),
        (replace(PLAN, vat_percent=-1), None),
        (PLAN, PricingDiscount("FREE", 100)),
        (PLAN, PricingDiscount("NONE", 0)),
        (PLAN, PricingDiscount("LESS", amount=-1)),
        (PLAN, PricingDiscount("BOTH", 10, 100)),
    ],
)
def test_what_can_not_be_meant_is_refused(item: Item, discount: PricingDiscount | None) -> None:
    with pytest.raises(ValueError, match=r"needs|discount"):
        price((item,), discount, "PLN")


# --- uses of discount codes: counted by the orders that stand, one use for one of those who race for the last ---


TWENTY = PricingDiscount("START20", 20)
FIFTY_OFF = PricingDiscount("MINUS50", amount=5000)
ONE_EACH = Limits(per_customer=1)
ONE_IN_ALL = Limits(uses=1)


def buyers(connection: sa.Connection, count: int) -> None:
    for n in range(count):
        customer(connection, f"a{n}", f"a{n}@example.com")
        company(connection, f"a{n}", f"f{n}")


def place(
    connection: sa.Connection, n: int, limits: Limits, id: str | None = None, discount: PricingDiscount = TWENTY
) -> orders.Placed | orders.NotPlaced:
    return try_to_place(
        connection, id or f"o{n}", account_id=f"a{n}", company_id=f"f{n}", discount=discount, limits=limits
    )


def test_an_amount_is_taken_off_the_net_price_and_kept_with_the_order(connection: sa.Connection) -> None:
    buyers(connection, 1)
    placed = a(Placed, place(connection, 0, ONE_EACH, discount=FIFTY_OFF))
    assert isinstance(placed, Placed)
    order = placed.order
    assert (order.discount, order.taken_off.minor) == (FIFTY_OFF, 5000)
    assert (order.price.net.minor, order.price.vat.minor, order.price.gross.minor) == (24900, 5727, 30627)


def test_each_customer_uses_it_once(connection: sa.Connection) -> None:
    buyers(connection, 2)
    assert isinstance(place(connection, 0, ONE_EACH), Placed)

    assert place(connection, 0, ONE_EACH, "again") == DiscountUsedUp("used_by_customer")
    assert discounts.find_spent(connection, "START20", ONE_EACH, "a0") == "used_by_customer"
    assert discounts.find_spent(connection, "START20", ONE_EACH, None) is None
    assert isinstance(place(connection, 0, discounts.UNLIMITED, "without"), Placed)
    assert isinstance(place(connection, 1, ONE_EACH), Placed)


def test_the_same_order_again_is_no_second_use(connection: sa.Connection) -> None:
    buyers(connection, 1)
    first, again = place(connection, 0, ONE_EACH), place(connection, 0, ONE_EACH)
    assert isinstance(first, Placed)
    assert isinstance(again, Placed)
    assert first.order == again.order


def test_used_up_in_all(connection: sa.Connection) -> None:
    buyers(connection, 2)
    assert isinstance(place(connection, 0, ONE_IN_ALL), Placed)

    assert place(connection, 1, ONE_IN_ALL) == DiscountUsedUp("used_up")
    assert discounts.find_spent(connection, "START20", ONE_IN_ALL, None) == "used_up"
    assert isinstance(place(connection, 1, ONE_IN_ALL, discount=FIFTY_OFF), Placed), "another code is another count"


def test_a_cancelled_order_gives_its_use_back_and_takes_it_again_with_its_money(connection: sa.Connection) -> None:
    buyers(connection, 2)
    a(Placed, place(connection, 0, ONE_IN_ALL))
    owed = to_pay(connection, order_id="o0")
    attempt = attempts.open_attempt(connection, payment_id="p1", good_for=later(hours=8) - NOW, now=NOW)
    assert isinstance(attempt, attempts.ToPay)
    orders.cancel(connection, order_id="o0", now=NOW)
    assert discounts.find_spent(connection, "START20", ONE_IN_ALL, "a1") is None

    money.book_paid(connection, payment_id="p1", attempt=attempt.attempt.n, amount=owed.amount, currency="PLN", now=NOW)
    assert discounts.find_spent(connection, "START20", ONE_IN_ALL, "a1") == "used_up"


def test_an_order_that_ran_out_of_time_gives_its_use_back_until_it_is_paid_after_all(connection: sa.Connection) -> None:
    buyers(connection, 2)
    assert isinstance(place(connection, 0, ONE_IN_ALL), Placed)
    owed = to_pay(connection, order_id="o0")
    attempt = attempts.open_attempt(connection, payment_id="p1", good_for=later(hours=8) - NOW, now=NOW)
    assert isinstance(attempt, attempts.ToPay)
    assert not book.expire(connection, payment_id="p1", now=NOW)
    assert discounts.find_spent(connection, "START20", ONE_IN_ALL, "a1") == "used_up"

    assert book.expire(connection, payment_id="p1", now=owed.expires_at)
    assert discounts.find_spent(connection, "START20", ONE_IN_ALL, "a1") is None
    assert discounts.find_spent(connection, "START20", ONE_EACH, "a0") is None

    to_pay(connection, "p2", order_id="o0")
    assert discounts.find_spent(connection, "START20", ONE_IN_ALL, "a1") == "used_up", (
        "another way to pay the same order"
    )
    book.cancel_open(connection, "o0")
    money.book_paid(connection, payment_id="p1", attempt=attempt.attempt.n, amount=owed.amount, currency="PLN", now=NOW)
    assert discounts.find_spent(connection, "START20", ONE_IN_ALL, "a1") == "used_up"


def run_out(connection: sa.Connection, n: int) -> order_record.OrderRecord:
    """Place an order with the code and let the time to pay it pass."""
    made = a(Placed, place(connection, n, ONE_IN_ALL))
    owed = to_pay(connection, f"p{n}", order_id=f"o{n}")
    assert book.expire(connection, payment_id=owed.id, now=owed.expires_at)
    return made.order


def test_a_lapsed_order_ordered_anew_takes_its_use_again_if_there_is_one(connection: sa.Connection) -> None:
    buyers(connection, 2)
    first = run_out(connection, 0)
    second = run_out(connection, 1)

    assert orders.claim_again(connection, first, ONE_IN_ALL, NOW) is None
    to_pay(connection, "again", order_id="o0", expires_at=later(days=14))
    assert orders.claim_again(connection, first, ONE_IN_ALL, NOW) is None, "it stands, and has its use"
    assert orders.claim_again(connection, second, ONE_IN_ALL, NOW) == "used_up"


def test_of_lapsed_orders_ordered_anew_at_once_one_gets_the_last_use(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        buyers(connection, 4)
        lapsed = [run_out(connection, n) for n in range(4)]

    def anew(connection: sa.Connection, n: int) -> str | None:
        why = orders.claim_again(connection, lapsed[n], ONE_IN_ALL, NOW)
        if why is None:
            to_pay(connection, f"again{n}", order_id=f"o{n}", expires_at=later(days=14))
        return why

    assert sorted(str(why) for why in at_once(racing, 4, anew)) == ["None"] + ["used_up"] * 3


def test_a_trial_whose_time_was_over_and_another_of_its_company_at_once_are_one(racing: sa.Engine) -> None:
    def claim(connection: sa.Connection, n: int) -> bool:
        return trials.claim(
            *(connection, b"k" * 32),
            order_id=f"o{n}",
            account_id=f"a{n}",
            company_id=f"f{n}",
            products=[PLAN.id],
            now=NOW,
        )

    with racing.begin() as connection:
        buyers(connection, 8)
        assert claim(connection, 0)
        late = run_out(connection, 0)

    def begin(connection: sa.Connection, n: int) -> bool:
        if n:
            return claim(connection, n) and isinstance(place(connection, n, Limits()), Placed)
        goes_on = not trials.is_lost(connection, late.id)
        if goes_on:
            trials.begin(connection, late, NOW)
        return goes_on

    assert sum(at_once(racing, 8, begin)) == 1


@pytest.mark.parametrize("limits", [ONE_IN_ALL, Limits(uses=2)])
def test_of_those_who_race_for_the_last_use_as_many_get_it_as_there_are(racing: sa.Engine, limits: Limits) -> None:
    with racing.begin() as connection:
        buyers(connection, 5)
    outcomes = at_once(racing, 5, lambda connection, n: place(connection, n, limits))

    assert sum(isinstance(outcome, Placed) for outcome in outcomes) == limits.uses
    assert {o for o in outcomes if not isinstance(o, Placed)} == {DiscountUsedUp("used_up")}


def test_one_customer_doesnt_race_past_his_own_limit(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        buyers(connection, 1)
    outcomes = at_once(racing, 4, lambda connection, n: place(connection, 0, ONE_EACH, f"o{n}"))

    assert sum(isinstance(outcome, Placed) for outcome in outcomes) == 1
