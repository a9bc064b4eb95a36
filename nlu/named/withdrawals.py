"""A withdrawal from the contract, stated: "odstępuję od umowy", "recedo dal contratto", "I withdraw from the contract".

Only what the customer states of themselves, now: no question about it, no condition, no denial, nobody else's. What a
seller's own language says stands in its file, beside its buttons, under `say:withdrawal`.
"""

from functools import lru_cache

from nlu.intents.cues import CueIndex, CueMessage
from nlu.languages.language import Languages
from nlu.phrase_lines import Forms
from nlu.stance import Stance, asserted, stances
from values.parsing import fold_words
from values.patterns import regex

_SAYS = Forms("withdrawals")

_LONGEST = 2000
_BROUGHT = "say:withdrawal"
#: Without one of these beginnings nothing is stated: the cheap look at every message.
_LIKE = regex(r"odst|rezygn|rec|resc|ritir|withdr|cool|revok|pull|back")
_CARRIES = frozenset({Stance.conditional, Stance.asked, Stance.others, Stance.quoted})
"""Stances that one clause gives to its whole sentence: "if I want to withdraw, what happens"."""
_SENTENCE = regex(r"(?<=[.!?;\n])\s+")


def states_withdrawal(text: str, langs: Languages) -> bool:
    """Return whether a message states a withdrawal from the contract."""
    text, known = text[:_LONGEST], _brought(langs)
    if known is None and (_LIKE.search(fold_words(text)) is None or _SAYS.likely.search(text) is None):
        return False
    return any(_states(sentence, langs, known) for sentence in _SENTENCE.split(text))


def _states(sentence: str, langs: Languages, known: CueIndex | None) -> bool:
    parts = (sentence,)
    if _CARRIES.isdisjoint(stances(sentence, langs)):
        parts = (sentence, *_SAYS.joins.split(sentence))  # "I paid yesterday and exercise my right": each by itself
    return any(_names(one, known) and asserted(one, langs, about=lambda clause: _names(clause, known)) for one in parts)


def _names(clause: str, known: CueIndex | None) -> bool:
    said = fold_words(clause)
    if _SAYS.stated.search(said) is not None:
        return True
    return known is not None and _BROUGHT in known.holding(CueMessage.of(said.split(), question=False))


@lru_cache(maxsize=64)
def _brought(langs: Languages) -> CueIndex | None:
    """Return the cues that a seller's own language brings; None where none does."""
    cues = tuple((_BROUGHT, lang.choices[_BROUGHT]) for lang in langs if _BROUGHT in lang.choices)
    return CueIndex(cues) if cues else None
