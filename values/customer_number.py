"""The number a seller gave its customer: digits of a fixed length."""

import re

from values.digits import fold_digits, only_digits, undo_lookalikes
from values.parsed import Ok, Parsed, ParseRefused

LENGTH = 8
_SEPARATORS = re.compile(r"[\s.\-–_/:#]+")
_WORDS = re.compile(r"^(?:[^\W\d_]{2,}[.:]?\s+|nr[.:]?\s*|n[°.]\s*)+", re.I)


def parse(text: str, length: int = LENGTH) -> Parsed[str]:
    """Reads a customer number of `length` digits; leading zeros are kept.

    Reasons: `customer_number.no_digits`, `.odd_characters`, `.too_short`, `.too_long` (with `digits`, `expected`).
    """
    folded = fold_digits(text[:400]).strip()
    compact = undo_lookalikes(_SEPARATORS.sub("", _WORDS.sub("", folded, count=1)))
    digits = only_digits(compact)
    if not only_digits(folded):
        return ParseRefused("customer_number.no_digits")
    if digits != compact:
        return ParseRefused("customer_number.odd_characters")
    if len(digits) != length:
        reason = "customer_number.too_short" if len(digits) < length else "customer_number.too_long"
        return ParseRefused(reason, {"digits": len(digits), "expected": length})
    return Ok(digits)
