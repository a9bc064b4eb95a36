"""The judgement of a value by the rest of its sentence: "…, but that may be the seller's", "… odpada"."""

from nlu.languages.language import Languages
from nlu.phrase_lines import Forms, word_set
from nlu.stance.clauses import Stance
from values.parsing import fold_words
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
_MOST_LED, _NEAR = 2, 2


def told_behind(text: str, start: int, end: int, *, asks: bool, free: bool) -> Stance | None:
    """Return what is said of a value by what follows it in its sentence; None where that is nothing.

    `asks`: its clause is a question; `free`: no words before it give it.
    """
    stop = _ENDS.search(text, end)
    tail = text[end : min(len(text) if stop is None else stop.start(), end + _LONGEST)]
    if _DIGITS.search(tail) is not None:  # another value, which the words may be about
        return None
    clause = fold_words(_CLAUSE.split(tail)[0])
    led = fold_words(_CLAUSE.split(text[:start])[-1]).split()
    if _is_denied(fold_words(tail)) or _SAYS.falls_out.match(clause) is not None:
        return Stance.negated
    if led[-1:] and led[-1] in _TO and _SAYS.negated_verb.fullmatch(clause) is not None:
        return Stance.negated  # "na 512 … nic nie wysyłajcie"
    if _SAYS.would_do.match(clause) is not None:
        return Stance.asked  # "600 700 800 would do"
    if not _WHETHER.isdisjoint(led[-_NEAR:]) or (
        asks and free and len(led) <= _MOST_LED and any(word not in _TAGS for word in clause.split())
    ):
        return Stance.asked
    return None


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
