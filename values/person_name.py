"""First and last name in one answer."""

import re

from values.parsed import Ok, Parsed, ParseRefused
from values.text import one_line

MAX_CHARS = 120
_LABEL = re.compile(
    r"^(?:nazywam się|jestem|imię i nazwisko\s*:?|mi chiamo|sono|nome e cognome\s*:?|my name is|i am|i'm"
    r"|ich hei(?:ß|ss)e|mein name ist|ich bin|jmenuji se|name\s*:)\s+",
    re.I,
)
_ALLOWED = re.compile(r"[^\W\d_]|[ '’ʼ.\-‐–\u200c\u200d\u0300-\u036f]")


def parse(text: str) -> Parsed[str]:
    """Reads at least two words of letters.

    Reasons: `person_name.one_word`, `.digits`, `.odd_characters`, `.too_long`.
    """
    name = _LABEL.sub("", one_line(text[: MAX_CHARS * 8]), count=1).strip(" .,;:!?")
    if len(name) > MAX_CHARS:
        return ParseRefused("person_name.too_long", {"expected": MAX_CHARS})
    if any(c.isdecimal() for c in name):
        return ParseRefused("person_name.digits")
    if not all(_ALLOWED.match(c) for c in name):
        return ParseRefused("person_name.odd_characters")
    if sum(any(c.isalpha() for c in word) for word in name.split()) < 2:
        return ParseRefused("person_name.one_word")
    return Ok(name)


def split(name: str) -> tuple[str, str]:
    """First name and the rest of a parsed name."""
    first, _, last = name.partition(" ")
    return first, last
