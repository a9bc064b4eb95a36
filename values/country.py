"""Countries: names and ISO codes, and what differs between them in the forms of numbers and codes.

A seller's country must have a row in `countries.toml`. Phones follow from the `phonenumbers` metadata, names from
CLDR, check digits from `stdnum`; a row holds what none of them tells.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import cast

from babel import Locale as BabelLocale
from msgspec import Struct, convert

from values.locale import SHIPPED
from values.parsing import Ok, Parsed, ParseRefused, fold_words


class CountryRules(Struct, frozen=True):
    """One country.

    `example`: a VAT number with its letters, right by its check digits. `digits`: how few and how many of them stand
    behind the letters; None where letters do, too. `bare`: at home the number is kept without the letters in front.
    `postal`: how a postal code is written, `N` for a digit, `A` for a letter, `X` for either.
    `mobile`: how few and how many digits a mobile number has, where the metadata are wider than what is in use.
    `gave_up_zero`: people still dial a zero in front of mobile numbers that no longer has a meaning.
    """

    example: str
    digits: tuple[int, int] | None = None
    postal: str = ""
    bare: bool = False
    mobile: tuple[int, int] | None = None
    gave_up_zero: bool = False

    @property
    def letters(self) -> str:
        """The letters in front of its VAT numbers."""
        return self.example[:2]

    @property
    def postal_example(self) -> str:
        """A postal code by its form, such as `12345`."""
        signs = {"N": iter("1234567890"), "A": iter("ABC"), "X": iter("5F4E2")}
        return "".join(next(signs[place]) if place in signs else place for place in self.postal)


RULES: Mapping[str, CountryRules] = MappingProxyType(
    convert(tomllib.loads(Path(__file__).with_name("countries.toml").read_text("utf-8")), dict[str, CountryRules])
)
"""The rules by ISO 3166 code."""

EEA: frozenset[str] = frozenset({*RULES, "IS", "LI", "NO"})
"""The Union with the other countries of the European Economic Area."""

PREFIXES: frozenset[str] = frozenset({rules.letters for rules in RULES.values()} | {"GR", "XI"})
"""The letters that may stand in front of a VAT number; Greece's are EL, Northern Ireland's XI."""


_ALSO = {"uk": "GB", "england": "GB", "anglia": "GB", "inghilterra": "GB", "usa": "US", "holandia": "NL",
         "olanda": "NL",
         "holland": "NL", "czech republic": "CZ", "repubblica ceca": "CZ", "rzeczpospolita polska": "PL"}  # fmt: skip


class Country(Struct, frozen=True):
    """A country by its ISO 3166 code, to be said in the customer's language."""

    code: str

    def said(self, locale: str) -> str:
        """Return its name in a language; the code where CLDR has none."""
        return _territories(locale).get(self.code, self.code)


def _territories(locale: str) -> Mapping[str, str]:
    return cast("Mapping[str, str]", BabelLocale.parse(locale).territories)


@cache
def _names(languages: tuple[str, ...]) -> dict[str, str]:
    names = dict(_ALSO)
    for locale in languages:
        for code, name in _territories(locale).items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"):
                names.setdefault(fold_words(name), code)
                names.setdefault(code.lower(), code)
    return names


def parse(text: str, locale: str = "") -> Parsed[str]:
    """Read a country, also as the language `locale` calls it.

    Ok carries its ISO 3166 code in capitals; the reason is `country.unknown`.
    """
    words = fold_words(text[:120])
    code = _names((*SHIPPED, locale) if locale and locale not in SHIPPED else SHIPPED).get(words)
    return Ok(code) if code else ParseRefused("country.unknown")
