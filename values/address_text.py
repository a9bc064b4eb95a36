"""The free texts of an address: street, city, company name. Kept as typed, on one line."""

import re

from values.parsed import Ok, Parsed, ParseRefused
from values.text import one_line

STREET_MAX = 120
CITY_MAX = 80
COMPANY_NAME_MAX = 240
# A house number, then what it isn't: "Polna 1a nie 1". No street goes on like that.
_TWO = re.compile(
    r"[0-9]\w*[\s,;]+(?:(?:a|i|e|and|but|ma|und)\s+)?"
    r"(?:nie|zamiast|non|invece|anziché|not|instead|rather|nicht|statt|anstatt)\s+\S",
    re.IGNORECASE,
)


def parse_street(text: str) -> Parsed[str]:
    """Street and house number. Reasons: `street.empty`, `street.too_short`, `street.too_long`, `street.two`."""
    return ParseRefused("street.two") if _TWO.search(text[:STREET_MAX]) else _free(text, "street", STREET_MAX)


def parse_city(text: str) -> Parsed[str]:
    """Town. Reasons: `city.empty`, `city.too_short`, `city.too_long`, `city.digits`."""
    outcome = _free(text, "city", CITY_MAX)
    if isinstance(outcome, Ok) and not any(c.isalpha() for c in outcome.value):
        return ParseRefused("city.digits")
    return outcome


def parse_company_name(text: str) -> Parsed[str]:
    """Name of a business. Reasons: `company_name.empty`, `company_name.too_short`, `company_name.too_long`."""
    return _free(text, "company_name", COMPANY_NAME_MAX)


def _free(text: str, kind: str, longest: int) -> Parsed[str]:
    line = one_line(text)
    letters = sum(c.isalnum() for c in line)
    if not letters:
        return ParseRefused(f"{kind}.empty")
    if letters < 2:
        return ParseRefused(f"{kind}.too_short", {"expected": 2})
    if len(line) > longest:
        return ParseRefused(f"{kind}.too_long", {"digits": len(line), "expected": longest})
    return Ok(line)
