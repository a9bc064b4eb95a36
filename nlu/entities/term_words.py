"""Words of methods, plans, languages, years and months, and slips of the keyboard in them: "przelwey24", "usres"."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from string import digits
from typing import Any

from nlu.slips import InnerSlips
from nlu.tokens import Token
from values.patterns import regex

_LISTED: Mapping[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
METHODS, PLANS, LANGUAGES = (
    {value: "|".join(forms) for value, forms in _LISTED[kind].items()} for kind in ("methods", "plans", "languages")
)
METHOD_VALUES: Mapping[str, str] = _LISTED["method_values"]
"""Entity value → VALUE of `method:VALUE`."""
YEARS = r"rok|roku|lata|lat|roczek|latka|ann[oi]|annett[oi]|years?|yrs?|jahre?n?"
MONTHS = r"miesi[ae]c\w{0,3}|mies|mes[ei]|months?|monate?n?"
OF_WORD = {word: number for number, words in _LISTED["numbers"].items() for word in words}
_NUMBER = "|".join(sorted(OF_WORD, key=len, reverse=True))
_ARE = r"maja byc |ma byc |sono |should be |are |to |sind |: ?"
TERM = regex(
    r"\b(?<![0-9][\-–/])(?<![0-9] [\-–/] )"  # the second of a range
    rf"(?:(?P<before>{_NUMBER}) (?:single )?(?:{YEARS})|(?P<months>12|24|36) (?:{MONTHS})"
    rf"|(?:{YEARS}) (?:{_ARE})(?P<after>{_NUMBER})|(?P<one>rok|roczek|annetto))\b"
)
_ALONE = regex(
    rf"(?:(?:na|per|for|fur|solo|soltanto|tylko|just|only|nur|jednak|invece|instead) )*"
    rf"(?:{TERM.pattern})(?: (?:solo|soltanto|tylko|only|nur))?"
)
TYPED_OFTEN = frozenset(" ".join(_LISTED["typed_often"].values()).split())
"""Words of terms in which slips are repaired, unaccented."""
_SLIPS = InnerSlips(TYPED_OFTEN, frozenset(_LISTED["real"]["words"].split()))
_SHORTEST = 5


def is_term_alone(said: str) -> bool:
    """Return whether folded words are a number of years and nothing else: the length of a term, no other wish."""
    return _ALONE.fullmatch(said) is not None


def mend_term_slips(words: Sequence[Token]) -> Sequence[Token]:
    """Return the words of a text with slips in those of terms repaired, each in its place."""
    found = {token.word: known for token in words if (known := repair_term(token.word)) is not None}
    return [Token(found.get(t.word, t.word), t.start, t.end) for t in words] if found else words


@lru_cache(maxsize=2048)  # single words, most of which come again in the next message
def repair_term(word: str) -> str | None:
    """Return the word of a term that an unaccented word is a slip of; digits at its end stay ("przelwey24")."""
    if len(word) < _SHORTEST:
        return None
    stem = word.rstrip(digits)
    known = _SLIPS.repaired(stem) if len(stem) >= _SHORTEST and stem not in TYPED_OFTEN else None
    return None if known is None else known + word[len(stem) :]
