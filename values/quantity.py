"""Whole numbers of users, packages, years …"""

import re

from values.digits import fold_digits
from values.parsed import Ok, Parsed, ParseRefused

_NUMBER = re.compile(r"(?<![0-9.,\-])-?[0-9]+(?![0-9])")
_FRACTION = re.compile(r"[0-9][.,][0-9]")


def parse(text: str, minimum: int = 1, maximum: int = 999) -> Parsed[int]:
    """Reads the one whole number of an answer, between `minimum` and `maximum` inclusive.

    Reasons: `quantity.no_digits`, `.fraction`, `.several`, `.too_small` (with `minimum`), `.too_big` (with `maximum`).
    """
    folded = fold_digits(text[:200])
    if _FRACTION.search(folded):
        return ParseRefused("quantity.fraction")
    found = _NUMBER.findall(folded)
    if not found:
        return ParseRefused("quantity.no_digits")
    if len(found) > 1:
        return ParseRefused("quantity.several")
    if len(found[0]) > 12:
        return ParseRefused("quantity.too_big", {"maximum": maximum})
    number = int(found[0])
    if number < minimum:
        return ParseRefused("quantity.too_small", {"minimum": minimum})
    return Ok(number) if number <= maximum else ParseRefused("quantity.too_big", {"maximum": maximum})
