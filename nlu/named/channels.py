"""The other channel for codes: "I'd rather have an e-mail", "nie SMS, tylko mail", "lasci stare la posta"."""

import re
from functools import cache

from nlu.answer_words import SHIPPED
from nlu.choices import cues_of
from nlu.intents.cues import CueMessage
from nlu.named.ways_to_pay import DROPPED
from nlu.phrase_lines import Forms, word_set
from values.expected import Expected
from values.meaning import Correction
from values.parsing import fold_words
from values.patterns import regex

_SAYS = Forms("channels")

CHANNEL = "contact_channel"
_CHANNELS: tuple[str, ...] = ("sms", "email")
_MOST_WORDS = 25
_ONE_WORD, _E_MAIL = regex(r"\be[- ]mail", re.I), "email"
_SOME_NUMBER = regex(r"\d{3}")
_NEGATING = SHIPPED.negating | DROPPED | frozenset("bez niente senza without kein keine".split())
_RULING_OUT = _NEGATING | frozenset("zamiast invece instead statt".split())
_BETWEEN = word_set("channels", "between")


def read_channel(text: str, expected: Expected) -> Correction | None:
    """Return the correction to the channel that a message would rather have codes by.

    It is the one that a clause of its own names, or the other of two where one is ruled out.
    """
    if "@" in text or _SOME_NUMBER.search(text):
        return None
    words = _folded(text[:400])
    # What may be corrected is looked up last: that takes longer than reading the words.
    if len(words) > _MOST_WORDS or not _may_name_one(words) or CHANNEL not in expected.correctable:
        return None
    clauses = [_folded(clause) for clause in _SAYS.clause_end.split(text[:400])]
    message = CueMessage.of(words, question=False)
    out: set[str] = set()
    wanted: set[str] = set()
    for clause in clauses:
        named = {name for name in _CHANNELS if _names(name, clause)}
        here = {name for name in named if _ruled_out(name, clause)}
        out |= here
        wanted |= named - here if _NEGATING.isdisjoint(clause) else set()
    if not (wanted and out) and not any(cue.holds(message) for cue in cues_of(f"{CHANNEL}:*")):
        return None
    if _SAYS.about_it.search(" ".join(words)) is not None and not (wanted and out):
        return None
    if not wanted and len(out) == 1:
        wanted = set(_CHANNELS) - out
    return Correction(CHANNEL, wanted.pop()) if len(wanted) == 1 else None


def _may_name_one(words: list[str]) -> bool:
    beginnings = _beginnings()
    return any(word.startswith(beginnings) for word in words)


@cache
def _beginnings() -> tuple[str, ...]:
    """Return how the words begin without one of which no channel is named."""
    return tuple(word for name in _CHANNELS for cue in cues_of(f"{CHANNEL}:*{name}") for word in cue.words)


def _folded(text: str) -> list[str]:
    return fold_words(_ONE_WORD.sub(_E_MAIL, text)).split()


def _names(name: str, clause: list[str]) -> bool:
    message = CueMessage.of(clause, question=False)
    return any(cue.holds(message) for cue in cues_of(f"{CHANNEL}:*{name}"))


def _ruled_out(name: str, clause: list[str]) -> bool:
    """Return whether a denial stands right before the name: "SMS doesn't come" rules nothing out."""
    for at, word in enumerate(clause):
        if not _names(name, [word]):
            continue
        before = at - 1
        while before >= 0 and clause[before] in _BETWEEN:
            before -= 1
        if before >= 0 and clause[before] in _RULING_OUT:
            return True
    return False
