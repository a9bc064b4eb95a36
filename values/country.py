"""Countries by name or code, in the shipped languages and any other that is asked for."""

from collections.abc import Mapping
from functools import cache
from typing import cast

from babel import Locale as BabelLocale

from values.folding import fold_words
from values.locale import SHIPPED
from values.parsed import Ok, Parsed, ParseRefused

_ALSO = {"uk": "GB", "england": "GB", "anglia": "GB", "inghilterra": "GB", "usa": "US", "holandia": "NL",
         "olanda": "NL",
         "holland": "NL", "czech republic": "CZ", "repubblica ceca": "CZ", "rzeczpospolita polska": "PL"}  # fmt: skip


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
    """Reads a country, also as the language `locale` calls it.

    Ok carries its ISO 3166 code in capitals; the reason is `country.unknown`.
    """
    words = fold_words(text[:120])
    code = _names((*SHIPPED, locale) if locale and locale not in SHIPPED else SHIPPED).get(words)
    return Ok(code) if code else ParseRefused("country.unknown")


def display(code: str, locale: str) -> str:
    """The country's name in a language; the code itself when it has none."""
    return _territories(locale).get(code, code)
