"""The languages the desk speaks."""

from enum import StrEnum


class Locale(StrEnum):
    """ISO 639-1 code of a language in which every shipped text exists."""

    pl = "pl"
    it = "it"
    en = "en"


def parse_locale(code: str) -> Locale | None:
    """The language of a code such as `it`, `it-IT` or `IT_it`; None when the desk does not speak it."""
    head = code.strip().lower().replace("_", "-").split("-", 1)[0]
    return Locale(head) if head in Locale.__members__ else None
