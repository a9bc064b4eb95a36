"""Prices: to the grosz."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.orders.pricing import Item, PricingDiscount, price
from tests.services.domain.people import PLAN
from tests.table import table
from values.money import Money
from values.order import Price


def zloty(net: int, vat: int, gross: int) -> Price:
    return Price(Money(net, "PLN"), Money(vat, "PLN"), Money(gross, "PLN"))


@table(
    ("items", "discount", "expected"),
    [
        ((PLAN,), None, zloty(29900, 6877, 36777)),
        ((PLAN,), PricingDiscount("START20", 20), zloty(23920, 5502, 29422)),
        ((replace(PLAN, years=2),), None, zloty(59800, 13754, 73554)),
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
        st.integers(1, 3),
        st.integers(0, 10**7),
        st.sampled_from([0, 5, 8, 23]),
        lowered=st.booleans(),
    ),
    min_size=1,
    max_size=6,
)
by_percent = st.builds(PricingDiscount, st.just("D"), st.integers(1, 99))
by_amount = st.builds(PricingDiscount, st.just("D"), st.just(0), st.integers(1, 10**8))


def sums(lines: list[Item]) -> tuple[int, int]:
    """What the lines cost in all, and those that a discount lowers, in minor units."""
    costs = [(line.quantity * line.years * line.unit_net, line.lowered) for line in lines]
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
        (replace(PLAN, years=0), None),
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
