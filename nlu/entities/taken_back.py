"""Values that a message takes back or denies.

Of two of a kind with a word of correction between them the last one counts, of "not this but that" the other.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from nlu.languages.language import Languages
from nlu.numbers.number_words import Phrases
from nlu.stance import denies
from values.meaning import Entity
from values.parsing import fold_words

_WIDEST_GAP = 60
_BREAK = re.compile(r"[,;.!?:\n]")


def without_taken_back(found: Sequence[Entity], text: str, langs: Languages) -> list[Entity]:
    """Return the values that stand, in their order; of a kind of which all are denied, all of them."""
    if len(found) < 2:
        return list(found)
    denied = _denied(found, text, langs)
    gone = {
        id(one)
        for one, other in pairwise(sorted(found, key=lambda e: e.start or 0))
        if one.entity == other.entity and id(other) not in denied and _corrected(text, one, other, langs)
    }
    return [entity for entity in found if id(entity) not in denied | gone]


def _denied(found: Sequence[Entity], text: str, langs: Languages) -> frozenset[int]:
    """Return the values behind a "not" or an "instead of", where another of their kind stands."""
    out: set[int] = set()
    for entity in found:
        alike = [e for e in found if e.entity == entity.entity and e.value != entity.value]
        others = [e for e in alike if id(e) not in out]
        if others and _is_denied(entity, others, text, langs):
            out.add(id(entity))
    return frozenset(out)


def _is_denied(entity: Entity, others: Sequence[Entity], text: str, langs: Languages) -> bool:
    start = entity.start or 0
    before = _BREAK.split(text[max(0, start - _WIDEST_GAP) : start])[-1]
    if not denies(before, langs):
        return False
    # A bare "nie" is also a word of correction: "X, nie Y" may mean either.
    return all((other.start or 0) > start for other in others) or _holds(before, _instead(langs))


def _corrected(text: str, one: Entity, other: Entity, langs: Languages) -> bool:
    if one.end is None or other.start is None or not 0 < other.start - one.end <= _WIDEST_GAP:
        return False
    return correcting(text[one.end : other.start], langs)


def correcting(between: str, langs: Languages) -> bool:
    """Return whether words take back what stands before them."""
    return _holds(between, _corrections(langs))


def _holds(said: str, phrases: frozenset[str]) -> bool:
    folded = f" {fold_words(said)} "
    return any(f" {phrase} " in folded for phrase in phrases)


@lru_cache(maxsize=32)
def _corrections(langs: Languages) -> frozenset[str]:
    return _joined(table for lang in langs for table in (lang.cues.corrections, lang.cues.restarts))


@lru_cache(maxsize=32)
def _instead(langs: Languages) -> frozenset[str]:
    return _joined(lang.cues.instead for lang in langs)


def _joined(tables: Iterable[Phrases]) -> frozenset[str]:
    return frozenset(" ".join(phrase) for table in tables for phrases in table.values() for phrase in phrases)
