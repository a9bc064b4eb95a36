"""What an order costs: a pure sum, the same for the cart in the chat and for the order that is placed."""

from collections.abc import Iterable
from dataclasses import dataclass

from values.money import Money, discounted, vat


@dataclass(frozen=True, slots=True)
class Price:
    """Net after discount, VAT on the net sum rounded half up, and their sum."""

    net: Money
    vat: Money
    gross: Money


def price(lines: Iterable[tuple[int, int]], currency: str, *, vat_percent: int, percent_off: int = 0) -> Price:
    """The price of `lines` (net of one piece in minor units, number of pieces), less `percent_off` per cent."""
    full = Money(sum(net * pieces for net, pieces in lines), currency)
    net = discounted(full, percent_off)
    tax = vat(net, vat_percent)
    return Price(net, tax, net + tax)
