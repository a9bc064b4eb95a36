"""Countries: names and ISO codes, and what differs between them in the forms of numbers and codes.

A seller's country must have a row in `RULES`. Phones follow from the `phonenumbers` metadata, names from CLDR, check
digits from `stdnum`; a row holds what none of them tells.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import cast

from babel import Locale as BabelLocale
from msgspec import Struct

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
    {
        "AT": CountryRules("ATU13585627", None, "NNNN"),
        "BE": CountryRules("BE0697449992", (10, 10), "NNNN"),
        "BG": CountryRules("BG175074752", (9, 10), "NNNN"),
        "CY": CountryRules("CY10259033P", None, "NNNN"),
        "CZ": CountryRules("CZ25123891", (8, 10), "NNN NN"),
        "DE": CountryRules("DE136695976", (9, 9), "NNNNN"),
        "DK": CountryRules("DK13585628", (8, 8), "NNNN"),
        "EE": CountryRules("EE100931558", (9, 9), "NNNNN"),
        "ES": CountryRules("ESB58378431", None, "NNNNN"),
        "FI": CountryRules("FI20774740", (8, 8), "NNNNN"),
        "FR": CountryRules("FR40303265045", None, "NNNNN"),
        "GR": CountryRules("EL094259216", (9, 9), "NNN NN"),
        "HR": CountryRules("HR33392005961", (11, 11), "NNNNN"),
        "HU": CountryRules("HU12892312", (8, 8), "NNNN"),
        "IE": CountryRules("IE6433435F", None, "ANX XXXX"),
        "IT": CountryRules("IT00743110157", (11, 11), "NNNNN", bare=True, mobile=(10, 10)),
        "LT": CountryRules("LT119511515", (9, 12), "NNNNN"),
        "LU": CountryRules("LU15027442", (8, 8), "NNNN"),
        "LV": CountryRules("LV40003521600", (11, 11), "NNNN"),
        "MT": CountryRules("MT11679112", (8, 8), "AAA NNNN"),
        "NL": CountryRules("NL004495445B01", None, "NNNN AA"),
        "PL": CountryRules("PL1234563218", (10, 10), "NN-NNN", bare=True, gave_up_zero=True),
        "PT": CountryRules("PT501964843", (9, 9), "NNNN-NNN"),
        "RO": CountryRules("RO18547290", (2, 10), "NNNNNN"),
        "SE": CountryRules("SE123456789701", (12, 12), "NNN NN"),
        "SI": CountryRules("SI50223054", (8, 8), "NNNN"),
        "SK": CountryRules("SK2022749619", (10, 10), "NNN NN"),
    }
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
