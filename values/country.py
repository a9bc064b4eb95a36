"""Countries by name or code, in the languages of the desk."""

from collections.abc import Mapping
from functools import cache
from typing import cast

from babel import Locale as BabelLocale

from values.folding import fold_words
from values.locale import Locale
from values.parsed import Ok, Parsed, Refused

_ALSO = {"uk": "GB", "england": "GB", "anglia": "GB", "inghilterra": "GB", "usa": "US", "holandia": "NL",
         "olanda": "NL",
         "holland": "NL", "czech republic": "CZ", "repubblica ceca": "CZ", "rzeczpospolita polska": "PL"}  # fmt: skip


def _territories(locale: Locale | str) -> Mapping[str, str]:
    return cast("Mapping[str, str]", BabelLocale.parse(str(locale)).territories)


@cache
def _names() -> dict[str, str]:
    names = dict(_ALSO)
    for locale in Locale:
        for code, name in _territories(locale).items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"):
                names.setdefault(fold_words(name), code)
                names.setdefault(code.lower(), code)
    return names


def parse(text: str) -> Parsed[str]:
    """Reads a country. Ok carries its ISO 3166 code in capitals; the reason is `country.unknown`."""
    words = fold_words(text[:120])
    code = _names().get(words)
    return Ok(code) if code else Refused("country.unknown")


def display(code: str, locale: Locale | str) -> str:
    """The country's name in a language; the code itself when it has none."""
    return _territories(locale).get(code, code)
