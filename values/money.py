"""Amounts of money in minor units; no floats anywhere."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency, get_currency_precision

# CLDR's currencySpacing puts a non-breaking space between a currency's letters and the digits; Babel leaves it out.
_LETTERS_BEFORE_DIGITS = re.compile(r"(?<=[^\W\d_])(?=\d)")


@dataclass(frozen=True, slots=True, order=False)
class Money:
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
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    def format(self, locale: str) -> str:
        """The amount as the language writes it: `1 234,50 zł`, `1.234,50 €`, `PLN 1,234.50`; its spaces don't break."""
        written = format_currency(self.decimal, self.currency, locale=locale).replace("\u202f", "\u00a0")
        return _LETTERS_BEFORE_DIGITS.sub("\u00a0", written)


def percent(amount: Money, rate_percent: int | Decimal) -> Money:
    """`rate_percent` per cent of `amount`, rounded half up to the minor unit (away from zero below it)."""
    part = (Decimal(amount.minor) * Decimal(rate_percent) / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Money(int(part), amount.currency)


def vat(net: Money, rate_percent: int | Decimal) -> Money:
    """VAT at `rate_percent` on a net sum, rounded half up once, on the sum of its rate."""
    return percent(net, rate_percent)
