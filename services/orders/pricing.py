"""Prices of orders: the sum of `values/order.py` for each VAT rate, so that chat and order can't differ."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from values.money import Money
from values.order import Price, PriceLine
from values.order import price as price_of_rate
from values.term import Term, years_of

After = Literal["renews", "ends", "once"]


class Item(Struct, frozen=True):
    """One line: `quantity` of a product for a `term`, at `unit_net` (minor units) for one of them and the term.

    `renews` is the subscription whose end the line puts off, `adds` the one of which it adds more, or which it makes
    another plan, `until` its end, `before` how many of it ran when that was ordered; None of both: the line begins
    another. `lowered`: the order's discount is off it.
    `then`: what the line begins may renew itself, or ends with its term. `of`: the plan that an add-on belongs to, and
    begins with. `instead`: the plans that this one takes the place of, of one that runs at once. `names`: what it was
    called in each language of the seller's when it was sold. `trial`: for so many days it is free, and the term begins
    after them, if it does.
    """

    id: str
    quantity: int
    term: Term
    unit_net: int
    vat_percent: int
    renews: str | None = None
    lowered: bool = True
    then: After = "renews"
    of: str | None = None
    instead: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    trial: int = 0
    adds: str | None = None
    until: datetime | None = None
    before: int | None = None

    @property
    def of_running(self) -> str | None:
        """Return the subscription that the line renews or changes."""
        return self.renews or self.adds

    @property
    def begins(self) -> bool:
        """Return whether it begins a subscription."""
        return self.renews is None and self.adds is None and not self.once

    @property
    def renewing(self) -> bool:
        """Return whether what it begins may renew itself, if the order says so."""
        return self.then == "renews"

    @property
    def once(self) -> bool:
        """Return whether it is paid once, whatever the term, and begins none."""
        return self.then == "once"

    @property
    def years(self) -> int | None:
        """The term in whole years, None for months."""
        return years_of(self.term)


class PricingDiscount(Struct, frozen=True):
    """A discount code that the profile knows, and by how much it lowers the net price: per cent, or minor units.

    Promised for so many `terms` of what renews itself; the order is the `term`th of them.
    """

    code: str
    percent: int = 0
    amount: int = 0
    terms: int = 1
    term: int = 1

    @property
    def next(self) -> "PricingDiscount | None":
        """The rest of it, for the term after this one."""
        return replace(self, term=self.term + 1) if self.term < self.terms else None


def price(items: Sequence[Item], discount: PricingDiscount | None, currency: str) -> Price:
    """Return the price of the lines, VAT and discount rounded half up on the net sum of each rate.

    An amount is spread over the rates as their sums are. Errors: ValueError for lines or a discount that can't be
    meant.
    """
    if any(item.quantity < 1 or item.unit_net < 0 or item.vat_percent < 0 for item in items):
        raise ValueError("a line needs a positive quantity, and a price that isn't negative")
    if discount is not None and not _meant(discount):
        raise ValueError("a discount is more than nothing and less than everything")
    lines_of: dict[int, list[PriceLine]] = {}
    for item in sorted(items, key=lambda item: item.vat_percent):
        lines_of.setdefault(item.vat_percent, []).append(PriceLine(item.unit_net, item.quantity, item.lowered))
    lowered = [sum(line.full for line in lines if line.lowered) for lines in lines_of.values()]
    shares = _shares(discount.amount if discount is not None else 0, lowered)
    nothing = Money(0, currency)
    total = Price(nothing, nothing, nothing)
    for (rate, lines), share in zip(lines_of.items(), shares, strict=True):
        part = price_of_rate(
            lines,
            currency,
            vat_percent=rate,
            percent_off=discount.percent if discount is not None else 0,
            amount_off=share,
        )
        total = Price(total.net + part.net, total.vat + part.vat, total.gross + part.gross)
    return total


def _meant(discount: PricingDiscount) -> bool:
    if discount.amount:
        return discount.amount > 0 and discount.percent == 0
    return 0 < discount.percent < 100


def _shares(amount: int, sums: Sequence[int]) -> list[int]:
    """Divide the amount as the sums are, in minor units: nothing is lost between them, no share exceeds its sum."""
    total, taken, passed = sum(sums), 0, 0
    shares: list[int] = []
    for part in sums:
        passed += part
        until = (2 * min(amount, total) * passed + total) // (2 * total) if total else 0
        shares.append(until - taken)
        taken = until
    return shares
