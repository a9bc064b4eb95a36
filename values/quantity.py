"""Whole numbers of users, packages, years …"""

import re

from values.digits import fold_digits
from values.parsed import Ok, Parsed, Refused

_NUMBER = re.compile(r"(?<![0-9.,\-])-?[0-9]+(?![0-9])")
_FRACTION = re.compile(r"[0-9][.,][0-9]")


def parse(text: str, minimum: int = 1, maximum: int = 999) -> Parsed[int]:
    """Reads the one whole number of an answer, between `minimum` and `maximum` inclusive.

    Reasons: `quantity.no_digits`, `.fraction`, `.several`, `.too_small` (with `minimum`), `.too_big` (with `maximum`).
    """
    folded = fold_digits(text[:200])
    if _FRACTION.search(folded):
        return Refused("quantity.fraction")
    found = _NUMBER.findall(folded)
    if not found:
        return Refused("quantity.no_digits")
    if len(found) > 1:
        return Refused("quantity.several")
    if len(found[0]) > 12:
        return Refused("quantity.too_big", {"maximum": maximum})
    number = int(found[0])
    if number < minimum:
        return Refused("quantity.too_small", {"minimum": minimum})
    return Ok(number) if number <= maximum else Refused("quantity.too_big", {"maximum": maximum})
