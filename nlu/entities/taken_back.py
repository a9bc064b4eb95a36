"""Values that a message takes back: of two of a kind with a word of correction between them, the last one counts."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from nlu.languages.language import Languages
from values.meaning import Entity
from values.parsing import fold_words

_WIDEST_GAP = 60


def without_taken_back(found: Sequence[Entity], text: str, langs: Languages) -> list[Entity]:
    """Return the values that stand, in their order."""
    gone = {
        id(one)
        for one, other in pairwise(sorted(found, key=lambda e: e.start or 0))
        if one.entity == other.entity and _corrected(text, one, other, langs)
    }
    return [entity for entity in found if id(entity) not in gone]


def _corrected(text: str, one: Entity, other: Entity, langs: Languages) -> bool:
    if one.end is None or other.start is None or not 0 < other.start - one.end <= _WIDEST_GAP:
        return False
    between = f" {fold_words(text[one.end : other.start])} "
    return any(f" {phrase} " in between for phrase in _phrases(langs))


@lru_cache(maxsize=32)
def _phrases(langs: Languages) -> frozenset[str]:
    tables = [table for lang in langs for table in (lang.cues.corrections, lang.cues.restarts)]
    return frozenset(" ".join(phrase) for table in tables for phrases in table.values() for phrase in phrases)
