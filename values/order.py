"""Orders and renewals: cart lines, prices, bills, the person who orders."""

from collections.abc import Iterable

from msgspec import Struct

from values.account_view import Line
from values.money import Money, Vat, percent
from values.private import Private, PrivateStruct
from values.term import Term


class CartLine(Struct, frozen=True):
    """`quantity` of a plan for a `term`, or `once` whatever the term; free for the days of a `trial` before.

    `renews` is the id of the subscription whose end it puts off, `adds` of the one of which there are more.
    """

    plan: str
    term: Term
    quantity: int = 1
    renews: str | None = None
    once: bool = False
    trial: int = 0
    adds: str | None = None


class Price(Struct, frozen=True):
    """Net after discount, VAT on the net sum rounded half up, and their sum."""

    net: Money
    vat: Money
    gross: Money


class PriceLine(Struct, frozen=True):
    """`pieces` of something at `net` (minor units) each. `lowered`: the order's discount, if it has one, is off it."""

    net: int
    pieces: int = 1
    lowered: bool = True

    @property
    def full(self) -> int:
        """The price of the line without a discount."""
        return self.net * self.pieces


def discount_on(lines: Iterable[PriceLine], currency: str, *, percent_off: int = 0, amount_off: int = 0) -> Money:
    """Return by how much a discount lowers the net sum of the lines, never by more than they cost.

    Per cent of the lines that it lowers, rounded half up, or an amount in minor units.
    """
    lowered = Money(sum(line.full for line in lines if line.lowered), currency)
    return Money(min(lowered.minor, percent(lowered, percent_off).minor + amount_off), currency)


def price(
    lines: Iterable[PriceLine], currency: str, *, vat_percent: int, percent_off: int = 0, amount_off: int = 0
) -> Price:
    """Return the price of `lines`, less the discount, with VAT at `vat_percent`."""
    bought = tuple(lines)
    full = Money(sum(line.full for line in bought), currency)
    net = full - discount_on(bought, currency, percent_off=percent_off, amount_off=amount_off)
    tax = percent(net, vat_percent)  # rounded once, on the sum of its rate
    return Price(net, tax, net + tax)


class Bill(PrivateStruct):
    """The bill of a renewal: all `lines` for a `term`, amounts in minor units.

    `was`: the sum that the customer knows, where it differs, and the discount `code` that had lowered it; `kept`: the
    one that still does. `over`: it was for several terms. `tax`: why its VAT is what it is. `company`: the buyer's
    name, where the account has several. `after_trial`: it is the first one.
    """

    lines: tuple[Line, ...]
    term: Term
    gross: int
    currency: str
    was: int | None = None
    code: str | None = None
    tax: Vat | None = None
    company: Private[str | None] = None
    kept: str | None = None
    over: bool = False
    after_trial: bool = False
