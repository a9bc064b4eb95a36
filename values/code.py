"""Codes of six digits, as sent by SMS and typed back."""

import re

from values.digits import fold_digits, only_digits
from values.parsed import Ok, Parsed, ParseRefused

LENGTH = 6
_GROUP = re.compile(r"(?<![0-9])[0-9]+(?![0-9])")
_RUN = re.compile(r"[0-9](?:[ \u00a0.\-–][0-9]|[0-9])*")


def parse(text: str) -> Parsed[str]:
    """Reads the one code in a message; several candidates are refused and none of them is tried.

    Reasons: `code.no_digits`, `code.several`, `code.wrong_length` (with `digits`, `expected`).
    """
    folded = fold_digits(text)
    groups = [m.group() for m in _GROUP.finditer(folded)]
    if not groups:
        return ParseRefused("code.no_digits")
    whole = [g for g in groups if len(g) == LENGTH]
    if len(whole) > 1:
        return ParseRefused("code.several")
    runs = [only_digits(m.group()) for m in _RUN.finditer(folded)]
    split = [r for r in runs if len(r) == LENGTH]
    if len(split) > 1:
        return ParseRefused("code.several")
    if split or whole:
        return Ok((split or whole)[0])
    return ParseRefused("code.wrong_length", {"digits": len(max(runs, key=len)), "expected": LENGTH})
