"""What an order costs, in minor units of one currency; VAT is rounded half up per rate on the net sum."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from values.money import Money, discounted, vat


@dataclass(frozen=True, slots=True)
class Item:
    """One line: `quantity` of a product for `years`, at `unit_net` for one of them for one year."""

    id: str
    quantity: int
    years: int
    unit_net: int
    vat_percent: Decimal

    @property
    def net(self) -> int:
        """The line's net before any discount."""
        return self.quantity * self.years * self.unit_net


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount code that the profile knows, and by how many per cent it lowers the net price."""

    code: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """What is to be paid. `gross` is `net` and `vat`; `net` is that of the lines less the discount."""

    net: int
    vat: int
    gross: int


def price(items: Sequence[Item], discount: Discount | None, currency: str) -> Price:
    """The price of the lines. The discount is taken, and rounded half up, on the net sum of each VAT rate."""
    if any(item.quantity < 1 or item.years < 1 or item.unit_net < 0 for item in items):
        raise ValueError("a line needs a positive quantity and term and a price that isn't negative")
    if discount is not None and not 0 < discount.percent < 100:
        raise ValueError("a discount is more than nothing and less than everything")
    net = tax = 0
    for rate in _rates(items):
        of_rate = Money(sum(item.net for item in items if item.vat_percent == rate), currency)
        reduced = of_rate if discount is None else discounted(of_rate, discount.percent)
        net += reduced.minor
        tax += vat(reduced, rate).minor
    return Price(net, tax, net + tax)


def _rates(items: Iterable[Item]) -> list[Decimal]:
    return sorted({item.vat_percent for item in items})
