"""The term that a message wishes for: "na dwa lata", "gli anni sono due", "two years rather than one"."""

import re
from dataclasses import dataclass

from nlu.corrections.sentences import correction_forms, plain
from nlu.entities.meant_terms import has_lasted
from nlu.languages.language import Languages
from nlu.named.meant_method import stated

_NUMBERS = {
    "1": "1|jeden|rok|roczek|un|uno|annetto|one|a|an|ein|eine|einem",
    "2": "2|dwa|dwoch|due|two|zwei",
    "3": "3|trzy|trzech|tre|three|drei",
    "5": "5|piec|pieciu|cinque|five|funf",
}
_OF_WORD = {word: number for number, words in _NUMBERS.items() for word in words.split("|")}
_NUMBER = "|".join(sorted(_OF_WORD, key=len, reverse=True))
_YEARS = r"lat|lata|latka|rok|roku|ann[oi]|annett[oi]|years?|yrs?|jahre?n?"
YEAR_WORD = re.compile(rf"\b(?:{_YEARS}|roczek|12|24|36)\b")
_MONTHS = r"miesiec\w{0,3}|miesiac\w{0,3}|mesi|months?|monate?n?"
_ARE = r"maja byc |ma byc |sono |should be |are |to |sind |: ?"
_TERM = re.compile(
    rf"\b(?:(?P<before>{_NUMBER}) (?:{_YEARS})|(?P<months>12|24|36) (?:{_MONTHS})"
    rf"|(?:{_YEARS}) (?:{_ARE})(?P<after>{_NUMBER})|(?P<one>rok|roczek|annetto))\b"
)
_WISHED = re.compile(r"\b(?:na|za|per|for|fur)(?: (?:the|ten|te|i|gli|caly|cale|kolejny|kolejne|okres))?\s*$")


@dataclass(frozen=True, slots=True)
class MeantTerm:
    """A number of years. `wished`: words say so; `changes`: it takes another one's place."""

    value: str
    wished: bool
    changes: bool


def meant_term(text: str, langs: Languages) -> MeantTerm | None:
    """Return the one term that a message is for; None where it only asks, or tells how long something has lasted."""
    said, forms = plain(" ".join(stated(text, langs))), tuple(correction_forms(langs))
    every = list(_TERM.finditer(said))
    meant = [
        term
        for term in every
        if not has_lasted(said, term.start(), term.end())
        and not any(words.denies.search(said, 0, term.start()) for words in forms)
    ]
    if len({_years(term) for term in meant}) != 1:
        return None
    changes = len(every) > 1 or any(words.signs.search(said) for words in forms)
    return MeantTerm(_years(meant[0]), _WISHED.search(said, 0, meant[0].start()) is not None, changes)


def _years(term: re.Match[str]) -> str:
    if term["months"]:
        return str(int(term["months"]) // 12)
    return _OF_WORD[term["before"] or term["after"] or "1"]
