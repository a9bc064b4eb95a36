"""What an order's lines cost: the sum of `values/price.py` for each VAT rate, so that chat and order can't differ."""

from collections.abc import Sequence
from dataclasses import dataclass

from values.money import Money
from values.price import Price
from values.price import price as price_of_rate


@dataclass(frozen=True, slots=True)
class Item:
    """One line: `quantity` of a product for `years`, at `unit_net` (minor units) for one of them for one year.

    `renews` is the subscription whose end the line puts off, None for one that begins another.
    """

    id: str
    quantity: int
    years: int
    unit_net: int
    vat_percent: int
    renews: str | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount code that the profile knows, and by how many per cent it lowers the net price."""

    code: str
    percent: int


def price(items: Sequence[Item], discount: Discount | None, currency: str) -> Price:
    """The price of the lines, VAT and discount rounded half up on the net sum of each rate.

    Errors: ValueError for lines or a discount that can't be meant.
    """
    if any(item.quantity < 1 or item.years < 1 or item.unit_net < 0 or item.vat_percent < 0 for item in items):
        raise ValueError("a line needs a positive quantity and term, and a price that isn't negative")
    if discount is not None and not 0 < discount.percent < 100:
        raise ValueError("a discount is more than nothing and less than everything")
    percent_off = 0 if discount is None else discount.percent
    nothing = Money(0, currency)
    total = Price(nothing, nothing, nothing)
    for rate in sorted({item.vat_percent for item in items}):
        lines = [(item.unit_net, item.quantity * item.years) for item in items if item.vat_percent == rate]
        of_rate = price_of_rate(lines, currency, vat_percent=rate, percent_off=percent_off)
        total = Price(total.net + of_rate.net, total.vat + of_rate.vat, total.gross + of_rate.gross)
    return total
