"""VAT: at whose rate an order is taxed, and why. For services and what is supplied electronically.

A business abroad accounts for the tax itself (article 196 of directive 2006/112/EC) once VIES has confirmed its
number. Until then, and if VIES doesn't, it is treated as a consumer: taxed at home, or in its country by sellers who do
so (OSS).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from values.country_rules import RULES

# Of the Union for services: Northern Ireland (XI) belongs to it for goods only.
UNION = frozenset(RULES)

Reason = Literal["home", "destination", "reverse_charge", "unconfirmed"]


@dataclass(frozen=True, slots=True)
class VatRules:
    """A profile's `[vat]`. `number`: the seller's own VAT number with its letters; with it VIES gives a proof of each
    check. `reverse_charge`: businesses in other countries of the Union account for the tax themselves. `rates`: per
    cent by country, for consumers of other countries."""

    number: str | None = None
    reverse_charge: bool = False
    rates: tuple[tuple[str, int], ...] = ()


AT_HOME = VatRules()


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, as far as the tax goes: the country (ISO), the tax number, and when VIES confirmed it; `check_id` is
    its own number for that."""

    country: str
    number: str = field(default="", repr=False)
    checked_at: datetime | None = None
    check_id: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Vat:
    """The tax of an order: `percent` at the rate of `country`, and why.

    "home": the seller's own rate; "destination": that of the buyer's country; "reverse_charge": none, the buyer
    accounts for it; "unconfirmed": as for a consumer, since VIES hasn't confirmed the number. `number` is the buyer's
    where it matters, `checked_at` and `check_id` tell of the check that confirmed it.
    """

    percent: int
    reason: Reason
    country: str
    number: str | None = field(default=None, repr=False)
    checked_at: datetime | None = None
    check_id: str | None = field(default=None, repr=False)


def vat_of(buyer: Buyer, *, home: str, percent: int, rules: VatRules) -> Vat:
    """The tax of an order of this buyer, by a seller of `home` whose own rate is `percent`."""
    if not abroad(buyer.country, home):
        return Vat(percent, "home", home)
    rate = dict(rules.rates).get(buyer.country)
    if not rules.reverse_charge or not buyer.number:
        return Vat(percent, "home", home) if rate is None else Vat(rate, "destination", buyer.country)
    if buyer.checked_at is not None:
        return Vat(0, "reverse_charge", buyer.country, buyer.number, buyer.checked_at, buyer.check_id)
    taxed, where = (percent, home) if rate is None else (rate, buyer.country)
    return Vat(taxed, "unconfirmed", where, buyer.number)


def abroad(country: str, home: str) -> bool:
    """Whether it is another country of the Union."""
    return country != home and country in UNION
