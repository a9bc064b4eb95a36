"""All entities of a message."""

from itertools import takewhile

from nlu.entities.addresses import find_addresses
from nlu.entities.identifiers import find_identifiers
from nlu.entities.short_codes import find_codes
from nlu.entities.taken_back import without_taken_back
from nlu.entities.terms import find_terms
from nlu.languages.language import Languages
from nlu.numbers.choose import candidates, unsaid_number
from nlu.numbers.groups import runs
from nlu.numbers.runs import Run
from nlu.phrase_lines import Forms
from nlu.tokens import tokens
from values.meaning import Entity
from values.patterns import regex

_SAYS = Forms("extract")


_PARTICLES = frozenset("van von de di da del della der den la le dos".split())
"""Words of surnames that are written small."""
_WORDS = regex(r"[^\W\d_]{2,}")
_MOST_DIGITS = 6


def extract(text: str, langs: Languages, asked: str = "") -> list[Entity]:
    """Entities in the order in which they stand; `asked` is the entity the dialogue waits for, or empty."""
    found = find_addresses(text, langs)
    codes = [e for e in find_codes(text, langs, asked) if not _overlaps(e, found)]
    codes = [e for e in codes if e.entity != "discount_code" or not _overlaps(e, [c for c in codes if c is not e])]
    found += codes
    if not (asked == "codice_destinatario" and codes):
        spans = [(e.start, e.end) for e in found if e.start is not None and e.end is not None]
        found += without_taken_back(find_identifiers(text, langs, asked, spans), text, langs)
    found += find_names(text, langs)
    found += [e for e in find_terms(text, langs) if not _overlaps(e, found)]
    if asked == "quantity" and (bare := bare_quantity(text, langs)) is not None:
        found = _with_quantity(found, bare)
    return sorted(found, key=lambda e: e.start if e.start is not None else 0)


def _with_quantity(found: list[Entity], bare: Entity) -> list[Entity]:
    """Return the entities with a number that nothing counts, unless one is counted and it isn't the last word."""
    counted = [e for e in found if e.entity == "quantity"]
    later = bare.start is not None and all(e.end is not None and e.end <= bare.start for e in counted)
    return [*(e for e in found if e not in counted), bare] if later else found


def find_names(text: str, langs: Languages) -> list[Entity]:
    """Return the person's name that a text introduces: two words at least, in capitals."""
    cues = (_SAYS.name_cue, *(lang.terms.name for lang in langs if lang.terms.name is not None))
    for match in (found for cue in cues for found in cue.finditer(text)):
        words = match.group("name").split()
        kept = list(takewhile(lambda word: word[0].isupper() or word in _PARTICLES, words))
        ended = next((at for at, word in enumerate(kept) if at and len(word) > 3 and word.endswith(".")), len(kept))
        kept = kept[: ended + 1]
        while kept and kept[-1] in _PARTICLES:
            kept.pop()
        if len(kept) >= 2:
            name, start = " ".join(kept).rstrip("."), match.start("name")
            return [Entity("person_name", name, start, start + len(name))]
    return []


def _overlaps(entity: Entity, others: list[Entity]) -> bool:
    return any(
        a.start is not None and a.end is not None and entity.start is not None and entity.end is not None
        and a.start < entity.end and entity.start < a.end
        for a in others
    )  # fmt: skip


def bare_quantity(text: str, langs: Languages) -> Entity | None:
    """Return the number that a message says where a quantity is asked for, whatever it counts; the last one said."""
    said = [_last_number(run, text) for run in runs(text, langs)]
    said = [one for one in said if len(one[0]) <= _MOST_DIGITS]
    unsaid = unsaid_number(tokens(text), langs)
    number = said[-1] if said and (unsaid is None or said[-1][1] >= unsaid[2]) else unsaid
    return Entity("quantity", str(int(number[0])), *number[1:]) if number is not None else None


def _last_number(run: Run, text: str) -> tuple[str, int, int]:
    """Return the number that a run ends with, and its place: words between two make them two ("was 3, now 8")."""
    groups = run.groups
    behind_words = (i for i in range(len(groups) - 1, 0, -1) if _WORDS.search(text, groups[i - 1].end, groups[i].start))
    at = next(behind_words, 0) if len(run.segments) == 1 else 0
    digits = "".join(group.readings()[0] for group in groups[at:]) if at else candidates(run)[0]
    return digits, groups[at].start, run.end
