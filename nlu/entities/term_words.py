"""Words of methods, plans, languages, years and months, and slips of the keyboard in them: "przelwey24", "usres"."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from string import digits
from typing import Any

from nlu.phrase_lines import Forms
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


_SAYS = Forms("meant_terms")


MOST_YEARS = 10  # more is an age, or how long a business has been there


_IS = regex(r" (?:is|jest|e|ist) $")


def has_lasted(said: str, start: int, end: int) -> bool:
    """Return whether the time between two places has passed: since, ago, an age."""
    return _SAYS.lasted.search(said, 0, start) is not None or _SAYS.ago.match(said, end) is not None


def means_language(named: str, before: str, after: str) -> bool:
    """Return whether a language is one to be talked in: not somebody's poor one, and not a thing's nationality."""
    plainly = _SAYS.plainly.search(before) or _SAYS.plainly_after.search(after)
    if plainly or _SAYS.translated.search(before) or _SAYS.why_now.search(before):
        return False
    ill = _SAYS.spoken_ill.search(after) or _SAYS.not_well.search(before)
    if ill or (_SAYS.my_own.search(before) and not _SAYS.spoken_well.search(after)):
        return False
    beside = [*_IS.sub("", before).split()[-1:], *after.split()[:1]]
    if any(_SAYS.in_a_language.fullmatch(word) for word in beside):
        return True
    of_a_thing = _SAYS.of_things_form.fullmatch(named) or any(map(_SAYS.of_a_country.fullmatch, beside))
    return not of_a_thing


def means_card(named: str, before: str, after: str, nearby: str) -> bool:
    """Return whether a card is one to pay with: no SIM card, and no paper ("carta")."""
    if _SAYS.other_card.search(before) or _SAYS.other_card_after.search(after):
        return False
    if named != "carta":
        return True
    pays = _SAYS.paying.search(nearby) is not None or _SAYS.electronic.search(nearby) is None
    return pays and not _SAYS.of_paper.search(before)


def means_users(word: str, line: str) -> bool:
    """Return whether people that are counted are to have access, and aren't only told of ("we are three people")."""
    return _SAYS.person.fullmatch(word) is None or _wants_access(line)


@lru_cache(maxsize=4)  # one message may count people more than once
def _wants_access(line: str) -> bool:
    wished = _SAYS.more_or_what_for.search(line) is not None and _SAYS.only_told.search(line) is None
    return wished or _SAYS.given_access.search(line) is not None
