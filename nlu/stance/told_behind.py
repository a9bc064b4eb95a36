"""The judgement of a value by the rest of its sentence: "…, but that may be the seller's", "… odpada"."""

import re

from nlu.languages.language import Languages
from nlu.phrase_lines import Forms, word_set
from nlu.stance.clauses import Stance
from values.parsing import fold_words, unaccent
from values.patterns import regex

_SAYS = Forms("told_behind")

_LONGEST = 160
_ENDS = regex(r"[.!?\n]")
_CLAUSE = regex(r"[,;:.!?\n]")
_DIGITS = regex(r"\d|@")
_TO = frozenset("na do pod al allo alla a to on at an auf su sul".split())
_WHETHER = frozenset("czy whether if se ob".split())
_TAGS = word_set("told_behind", "tags")
_NO_CORRECTION = ("nie",)
"""Polish "X nie Y" may mean either."""
_MOST_LED, _NEAR, _LEAST = 2, 2, 3


def told_behind(text: str, start: int, end: int, *, asks: bool, free: bool) -> Stance | None:
    """Return what is said of a value by what follows it in its sentence; None where that is nothing.

    `asks`: its clause is a question; `free`: no words before it give it.
    """
    led, clause = _beside(text, start, end)
    answer = clause if text[end : end + 1] != "?" else _beside(text, start, end + 1)[1]  # "512 …? that's wrong"
    if (refuted := _refuted(led, answer)) is not None:
        return refuted
    stop, words = _ENDS.search(text, end), led.split()
    tail = text[end : min(len(text) if stop is None else stop.start(), end + _LONGEST)]
    if _DIGITS.search(tail) is not None:  # another value, which the words may be about
        return None
    if _is_denied(fold_words(tail)) or _SAYS.falls_out.match(clause) is not None:
        return Stance.negated
    if words[-1:] and words[-1] in _TO and _SAYS.negated_verb.fullmatch(clause) is not None:
        return Stance.negated  # "na 512 … nic nie wysyłajcie"
    if _SAYS.would_do.match(clause) is not None:
        return Stance.asked  # "600 700 800 would do"
    if not _WHETHER.isdisjoint(words[-_NEAR:]) or (
        asks and free and len(words) <= _MOST_LED and any(word not in _TAGS for word in clause.split())
    ):
        return Stance.asked
    return None


def find_value(text: str, value: str) -> tuple[int, int]:
    """Return the span of a value in a message, be it in another case or with other marks between its digits."""
    if (start := text.find(value)) >= 0:
        return start, start + len(value)
    said, words = unaccent(text), re.findall(r"\d|[^\W\d_]+", unaccent(value))
    stems = (f"{one[: max(_LEAST, len(one) - 2)]}\\w*" if one.isalpha() else one for one in words)
    found = re.search(r"\W{0,3}".join(stems), said) if words and len(said) == len(text) else None
    return (-1, -1) if found is None else found.span()


def _beside(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the folded words before a value and behind it, as far as its clause goes."""
    return fold_words(_CLAUSE.split(text[:start])[-1]), fold_words(_CLAUSE.split(text[end : end + _LONGEST])[0])


def _refuted(led: str, clause: str) -> Stance | None:
    if _SAYS.denied.search(led) is not None or _SAYS.disowned.match(clause) is not None:
        return Stance.negated
    return Stance.others if _SAYS.others_place.match(clause) is not None else None


def _is_denied(tail: str) -> bool:
    """Return whether a clause that turns against the value denies it, doubts it, or calls it wrong."""
    turns = list(_SAYS.but.finditer(tail))
    said = tail[turns[-1].end() :].strip() if turns else ""
    return bool(said) and (
        _SAYS.refused.fullmatch(said) is not None
        or _SAYS.is_not.match(said) is not None
        or _SAYS.unsure.search(said) is not None
        or _SAYS.wrong.search(said) is not None
        or _SAYS.to_be_checked.search(said) is not None
    )


def said_anew(text: str, other: int | None, start: int, langs: Languages) -> Stance | None:
    """Return asserted for a value before which another is taken back, and nothing else said: "512 … no, sorry 600 …".

    `other` is where the other ends.
    """
    words = tuple(fold_words(text[other:start]).split()) if other is not None else ()
    if not words or words == _NO_CORRECTION:
        return None
    at = 0
    while at < len(words):
        phrases = (phrase for lang in langs for phrase in lang.cues.corrections.get(words[at], ()))
        if not (taken := max((len(one) for one in phrases if words[at : at + len(one)] == one), default=0)):
            return None
        at += taken
    return Stance.asserted
