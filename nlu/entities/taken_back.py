"""Values that a message takes back or denies.

Of two of a kind with a word of correction between them the last one counts, of "not this but that" the other.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from nlu.languages.language import Languages
from values.meaning import Entity
from values.parsing import fold_words

_WIDEST_GAP = 60
_BREAK = re.compile(r"[,;.!?:\n]")
_CORRECTING = "nie"  # also a word of correction: "X, nie Y" may mean either
DENIALS = (
    r"nie|non|not|nicht|zamiast|w miejsce|instead of|in place of|rather than|(?:al posto|invece) (?:di|del|della)"
    r"|anziche|statt"
)
"""Words before a value that isn't meant."""
OF_CONTRAST = "tylko|lecz|ale|but|ma|bensi|sondern"
"""Words after which a denial ends: "not this but …"."""
_DENIAL = re.compile(
    rf"(?:^| )(?P<word>a nie|don t|{DENIALS})(?P<between>(?: (?!(?:{OF_CONTRAST})(?: |$))\S{{1,12}}){{0,2}})$"
)


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
    match = _DENIAL.search(fold_words(before))
    if match is None or any(f" {phrase} " in f"{match['between']} " for phrase in _phrases(langs)):
        return False
    return match["word"] != _CORRECTING or all((other.start or 0) > start for other in others)


def _corrected(text: str, one: Entity, other: Entity, langs: Languages) -> bool:
    if one.end is None or other.start is None or not 0 < other.start - one.end <= _WIDEST_GAP:
        return False
    return correcting(text[one.end : other.start], langs)


def correcting(between: str, langs: Languages) -> bool:
    """Return whether words take back what stands before them."""
    said = f" {fold_words(between)} "
    return any(f" {phrase} " in said for phrase in _phrases(langs))


@lru_cache(maxsize=32)
def _phrases(langs: Languages) -> frozenset[str]:
    tables = [table for lang in langs for table in (lang.cues.corrections, lang.cues.restarts)]
    return frozenset(" ".join(phrase) for table in tables for phrases in table.values() for phrase in phrases)
