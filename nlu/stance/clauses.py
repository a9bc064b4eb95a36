"""The clauses of a message, and the ways in which one may be meant: asserted, or by which it isn't.

Commas, marks and lines part them; the words that join clauses do so besides.
"""

from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from nlu.tokens import Token, tokens
from values.patterns import regex

LONGEST = 2000
_STOP = r"[,;!?\n]|\.(?=\s|$)(?<!\b[uUaApP][lL]\.)(?<!\b[oO]s\.)(?<!\b[nN]r\.)"
"""Behind the short word for a street, an estate or a number a full stop ends nothing."""
MARK = regex(rf"{_STOP}|:(?=\s*[^\W\d_])(?!\s*(?:\S+@|[A-Z]{{2,3}} ?\d))|(?<=\s)[-–—](?=\s)")
APART = regex(
    rf"{_STOP}|\.(?=[^\W\d_])|[/+]|(?<=\s)(?i:and|i|oraz|e|ed|und|ale|lecz|tylko|ma|but|bensì|sondern|poi|potem|then|bo"
    r"|because|poniewa[żz]|since|perch[eéè]|senno|siccome)(?=\s)"
)
"""Parts what is said of one thing from what is said of the next: also a word that joins clauses does, no colon."""
_QUOTED = regex(r"[\"„”“«»]")
_QUOTES = '"„”“«» .!'
"""Around a whole message these only show where it begins and ends: "type “cancel”"."""


class Part(Struct, frozen=True):
    """A clause of a message: where it stands, its words, and the mark that ends its sentence."""

    start: int
    end: int
    words: tuple[Token, ...]
    asks: bool
    quoted: bool


def clauses(text: str) -> tuple[str, ...]:
    """Return the clauses of a message, each with the mark that ends it: what commas, marks and lines part."""
    return tuple(text[clause.start : clause.end].strip() for clause in part_clauses(text))


@lru_cache(maxsize=4)
def part_clauses(text: str) -> tuple[Part, ...]:
    words, found, start = tokens(text[:LONGEST]), list[Part](), 0
    ends = [match.end() for match in MARK.finditer(text[:LONGEST])]
    for end in (*ends, len(text[:LONGEST])):
        own = tuple(token for token in words if start <= token.start < end)
        if own:
            quoted = _QUOTED.search(text.strip(_QUOTES)) is not None and _QUOTED.search(text, start, end) is not None
            found.append(Part(start, end, own, "?" in text[start:end], quoted))
        elif found and "?" in text[start:end]:  # "really?!"
            last = found.pop()
            found.append(Part(last.start, end, last.words, True, last.quoted))
        start = end
    return tuple(found)


class Stance(StrEnum):
    """A clause is asserted by the customer, of themselves, now, or is one of these."""

    asserted = "asserted"
    requested = "requested"
    """Asked for politely: "can I …?", "mogę prosić o …?"; as good as asserted for what neither binds nor wipes."""
    complained = "complained"
    """A complaint that something doesn't work: as good as asserted for what mends it."""
    negated = "negated"
    past = "past"
    asked = "asked"
    conditional = "conditional"
    doubted = "doubted"
    later = "later"
    others = "others"
    """Another person's act or value."""
    besides = "besides"
    """Of a value: one more of the customer's, in nothing's place ("we have another company, too")."""
    quoted = "quoted"
    reserved = "reserved"
    """All but something: "the rest is fine"."""
    filler = "filler"
    """A grunt, or words beside a yes by which it is none: "tak sobie", "sì insomma", "ok, I see"."""


POLITE = frozenset({Stance.asserted, Stance.requested, Stance.complained})
"""As good as asserted for a hand-over, a log-in, the language and a new code."""
TOLD_OF = frozenset({Stance.past, Stance.others, Stance.conditional, Stance.quoted})
"""Stances of what is told of, whether denied or not, and not wished for."""
BY_WEIGHT = ("quoted", "conditional", "others", "negated", "reserved", "past", "later", "doubted")
