"""Money in minor units, without floats, and VAT: the rate of an order and why.

VAT is that of services and electronic supplies. A business abroad accounts for the tax itself (article 196 of directive
2006/112/EC) once VIES has confirmed its number. Until then it is treated as a consumer: taxed at home, or in its
country by sellers who do so (OSS).
"""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal

from babel.numbers import format_currency, get_currency_precision
from msgspec import Struct

from values import tax_number
from values.country import RULES
from values.patterns import regex
from values.private import Private, PrivateStruct

# CLDR's currencySpacing puts a non-breaking space between a currency's letters and the digits; Babel leaves it out.
_LETTERS_BEFORE_DIGITS = regex(r"(?<=[^\W\d_])(?=\d)")

_DECIMAL = regex(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")


class Money(Struct, frozen=True):
    """`minor` units (grosz, cent) of an ISO 4217 `currency`. Arithmetic across currencies raises ValueError."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} don't add up")
        return other.minor

    @property
    def decimal(self) -> Decimal:
        """The exact amount in major units."""
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    def format(self, locale: str) -> str:
        """Format the amount with no-break spaces as the language writes it: `1 234,50 zł`, `PLN 1,234.50`."""
        return _written(self, locale)


@lru_cache(maxsize=1024)
def _written(amount: Money, locale: str) -> str:
    """Return an amount as it is written; most are a seller's prices, again and again."""
    written = format_currency(amount.decimal, amount.currency, locale=locale).replace("\u202f", "\u00a0")
    return _LETTERS_BEFORE_DIGITS.sub("\u00a0", written)


def minor_units(decimal: str, currency: str) -> int | None:
    """Return an amount in major units ("49.00") in minor ones; None for what isn't a whole number of them."""
    if _DECIMAL.fullmatch(decimal) is None:
        return None
    minor = Decimal(decimal).scaleb(get_currency_precision(currency))
    return int(minor) if minor == int(minor) else None


def percent(amount: Money, rate_percent: int | Decimal) -> Money:
    """Return `rate_percent` per cent of `amount`, rounded half up to the minor unit (away from zero below it)."""
    part = (Decimal(amount.minor) * Decimal(rate_percent) / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Money(int(part), amount.currency)


# Of the Union for services: Northern Ireland (XI) belongs to it for goods only.
UNION = frozenset(RULES)

VatReason = Literal["home", "destination", "reverse_charge", "unconfirmed"]


class VatRules(Struct, frozen=True):
    """A profile's `[vat]`.

    `number`: the seller's own VAT number with its letters; with it VIES gives a proof of each check.
    `reverse_charge`: businesses in other countries of the Union account for the tax themselves. `rates`: per cent
    by country, for consumers of other countries.
    """

    number: str | None = None
    reverse_charge: bool = False
    rates: tuple[tuple[str, int], ...] = ()


AT_HOME = VatRules()


class Buyer(PrivateStruct):
    """The buyer as far as VAT goes: the country (ISO), the tax number, and when VIES confirmed it.

    `check_id` is VIES's own number for that check.
    """

    country: str
    number: Private[str | None] = None
    checked_at: datetime | None = None
    check_id: Private[str | None] = None


class Vat(PrivateStruct):
    """The tax of an order: `percent` at the rate of `country`, and why.

    "home": the seller's own rate; "destination": that of the buyer's country; "reverse_charge": none, the buyer
    accounts for it; "unconfirmed": as for a consumer, since VIES hasn't confirmed the number. `number` is the buyer's
    where it matters, `checked_at` and `check_id` tell of the check that confirmed it.
    """

    percent: int
    reason: VatReason
    country: str
    number: Private[str | None] = None
    checked_at: datetime | None = None
    check_id: Private[str | None] = None


def vat_of(buyer: Buyer, *, home: str, percent: int, rules: VatRules) -> Vat:
    """Return the tax of an order of this buyer, by a seller of `home` whose own rate is `percent`.

    A tax number tells the country, wherever the company sits; one without letters is the seller's own country's.
    """
    country = (tax_number.country_of(buyer.number) or home) if buyer.number else buyer.country
    if not abroad(country, home):
        return Vat(percent, "home", home)
    rate = dict(rules.rates).get(country)
    if not rules.reverse_charge or not buyer.number:
        return Vat(percent, "home", home) if rate is None else Vat(rate, "destination", country)
    if buyer.checked_at is not None:
        return Vat(0, "reverse_charge", country, buyer.number, buyer.checked_at, buyer.check_id)
    taxed, where = (percent, home) if rate is None else (rate, country)
    return Vat(taxed, "unconfirmed", where, buyer.number)


def abroad(country: str, home: str) -> bool:
    """Return whether a country is another one of the Union."""
    return country != home and country in UNION
