"""Postal codes: NN-NNN in Poland, five digits in Italy, free but sane elsewhere."""

import re

from values.digits import fold_digits, only_digits, undo_lookalikes
from values.parsed import Ok, Parsed, Refused

_LABEL = re.compile(
    r"^(?:kod(?:\s+pocztowy)?|c\.?a\.?p\.?|post(?:al)?\s*code|zip(?:\s+code)?)\b[\s.:]*(?:to|is|è)?\s*", re.I
)
_SEPARATORS = re.compile(r"[\s.\-–—_]+")
_ELSEWHERE = re.compile(r"[A-Z0-9](?:[A-Z0-9 \-]{0,10}[A-Z0-9])")


def parse(text: str, country: str) -> Parsed[str]:
    """Reads the postal code of an address in `country` (ISO 3166).

    Reasons: `postal_code.no_digits`, `.wrong_length` (with `digits`, `expected`), `.odd_characters`.
    """
    typed = _LABEL.sub("", fold_digits(text[:120]).strip(), count=1).strip(" .,;")
    if country not in ("PL", "IT"):
        code = " ".join(typed.upper().split())
        return Ok(code) if _ELSEWHERE.fullmatch(code) else Refused("postal_code.odd_characters")
    compact = undo_lookalikes(_SEPARATORS.sub("", typed))
    digits = only_digits(compact)
    if not digits:
        return Refused("postal_code.no_digits")
    if digits != compact:
        return Refused("postal_code.odd_characters")
    if len(digits) != 5:
        return Refused("postal_code.wrong_length", {"digits": len(digits), "expected": 5})
    return Ok(f"{digits[:2]}-{digits[2:]}" if country == "PL" else digits)
