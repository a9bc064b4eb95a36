"""What an order costs: a pure sum, the same for the cart in the chat and for the order that is placed."""

from collections.abc import Iterable
from dataclasses import dataclass

from values.money import Money, percent, vat


@dataclass(frozen=True, slots=True)
class Price:
    """Net after discount, VAT on the net sum rounded half up, and their sum."""

    net: Money
    vat: Money
    gross: Money


@dataclass(frozen=True, slots=True)
class PriceLine:
    """`pieces` of something at `net` (minor units) each. `lowered`: the order's discount, if it has one, is off it."""

    net: int
    pieces: int = 1
    lowered: bool = True

    @property
    def full(self) -> int:
        """What the line costs without a discount."""
        return self.net * self.pieces


def off(lines: Iterable[PriceLine], currency: str, *, percent_off: int = 0, amount_off: int = 0) -> Money:
    """By how much a discount lowers the net sum of the lines: per cent of those that it lowers, rounded half up, or an
    amount in minor units; never by more than they cost."""
    lowered = Money(sum(line.full for line in lines if line.lowered), currency)
    return Money(min(lowered.minor, percent(lowered, percent_off).minor + amount_off), currency)


def price(
    lines: Iterable[PriceLine], currency: str, *, vat_percent: int, percent_off: int = 0, amount_off: int = 0
) -> Price:
    """The price of `lines`, less the discount, with VAT at `vat_percent`."""
    bought = tuple(lines)
    full = Money(sum(line.full for line in bought), currency)
    net = full - off(bought, currency, percent_off=percent_off, amount_off=amount_off)
    tax = vat(net, vat_percent)
    return Price(net, tax, net + tax)
