"""Discount codes: shape only; whether one is known is the profile's matter."""

import re

from values.digits import fold_digits
from values.folding import unaccent
from values.parsed import Ok, Parsed, ParseRefused

_SHAPE = re.compile(r"[A-Z0-9][A-Z0-9_\-]{1,31}")
_SPACES = re.compile(r"\s+")


def parse(text: str) -> Parsed[str]:
    """Reads one code of 2–32 letters, digits, `_` or `-`. Ok carries capitals; the reason is `discount_code.shape`."""
    code = normal(text[:200])
    return Ok(code) if _SHAPE.fullmatch(code) else ParseRefused("discount_code.shape")


def normal(text: str) -> str:
    """Capitals without spaces, accents and surrounding punctuation: the form in which codes are compared."""
    return _SPACES.sub("", unaccent(fold_digits(text))).strip("\"'.,;:!?()[]„”“«»").upper()
