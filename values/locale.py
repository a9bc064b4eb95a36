"""The languages the desk speaks, by their codes.

Three are shipped; a profile's folder may bring any other that CLDR knows
(docs/how-to/sell-in-another-language.md).
"""

from typing import NewType

from babel import localedata

from values.patterns import regex

Locale = NewType("Locale", str)
"""ISO 639 code of a language (the first part of a BCP 47 tag) in small letters: `pl`, `de`."""

SHIPPED: tuple[Locale, ...] = (Locale("pl"), Locale("it"), Locale("en"))
"""The languages in which every common text exists without anybody's doing."""

ENGLISH = Locale("en")
_LANGUAGE = regex(r"[a-z]{2,3}")


def parse_locale(code: str) -> Locale | None:
    """Return the language of a code such as `it`, `it-IT` or `IT_it`; None when CLDR knows none of that name."""
    head = code.strip().lower().replace("_", "-").split("-", 1)[0]
    return Locale(head) if _LANGUAGE.fullmatch(head) and localedata.exists(head) else None
