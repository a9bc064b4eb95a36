"""Prices: to the grosz."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pricing import Discount, Item, price
from tests.services.domain.people import PLAN
from values.money import Money
from values.price import Price


def zloty(net: int, vat: int, gross: int) -> Price:
    return Price(Money(net, "PLN"), Money(vat, "PLN"), Money(gross, "PLN"))


@pytest.mark.parametrize(
    ("items", "discount", "expected"),
    [
        ((PLAN,), None, zloty(29900, 6877, 36777)),
        ((PLAN,), Discount("START20", 20), zloty(23920, 5502, 29422)),
        ((replace(PLAN, years=2),), None, zloty(59800, 13754, 73554)),
        ((replace(PLAN, unit_net=250, vat_percent=25),), None, zloty(250, 63, 313)),  # 62.5: half goes up
        ((replace(PLAN, unit_net=5, vat_percent=10),), Discount("HALF", 50), zloty(2, 0, 2)),
        # Rounded once per rate on the sum: three times 0.5 is 1.5, not three times 1.
        ((replace(PLAN, unit_net=50, quantity=3, vat_percent=1),), None, zloty(150, 2, 152)),
        (
            (replace(PLAN, unit_net=50, vat_percent=1), replace(PLAN, unit_net=50, vat_percent=3)),
            None,
            zloty(100, 3, 103),
        ),
    ],
)
def test_prices(items: tuple[Item, ...], discount: Discount | None, expected: Price) -> None:
    assert price(items, discount, "PLN") == expected


items = st.lists(
    st.builds(
        Item, st.just("x"), st.integers(1, 50), st.integers(1, 3), st.integers(0, 10**7), st.sampled_from([0, 5, 8, 23])
    ),
    min_size=1,
    max_size=6,
)


@given(items, st.none() | st.builds(Discount, st.just("D"), st.integers(1, 99)))
def test_the_total_is_the_lines_less_the_discount(lines: list[Item], discount: Discount | None) -> None:
    total = price(lines, discount, "PLN")
    assert total.gross == total.net + total.vat
    full = sum(line.quantity * line.years * line.unit_net for line in lines)
    percent = 0 if discount is None else discount.percent
    rates = len({line.vat_percent for line in lines})
    assert abs(total.net.minor * 100 - full * (100 - percent)) <= 50 * rates
    assert price(list(reversed(lines)), discount, "PLN") == total


@pytest.mark.parametrize(
    ("item", "discount"),
    [
        (replace(PLAN, quantity=0), None),
        (replace(PLAN, years=0), None),
        (replace(PLAN, unit_net=-1), None),
        (replace(PLAN, vat_percent=-1), None),
        (PLAN, Discount("FREE", 100)),
        (PLAN, Discount("NONE", 0)),
    ],
)
def test_what_can_not_be_meant_is_refused(item: Item, discount: Discount | None) -> None:
    with pytest.raises(ValueError, match=r"needs|discount"):
        price((item,), discount, "PLN")
