"""The ways to pay that a text means: not those that it denies, tells of, complains of or leaves to others."""

import re

from nlu.entities.terms import find_methods
from nlu.languages.language import Languages
from nlu.stance import Stance, stance, stance_at
from nlu.tokens import part_around
from values.meaning import Entity

_POLISH_FILLER = re.compile(r"\s*no\b(?=[\s,]+\w)", re.I)
"""Polish opens with it: "no dobra, blik" refuses nothing."""
_BREAK = re.compile(r"[,;.!?:]|\n")
_WITHOUT = re.compile(r"\b(?:senza|bez|without|ohne)\b", re.I)
_NOT_MEANT = frozenset({Stance.negated, Stance.past, Stance.conditional, Stance.others, Stance.quoted})
_WONT_DO = frozenset({*_NOT_MEANT, Stance.complained, Stance.reserved})


def methods_meant(text: str, langs: Languages) -> tuple[list[Entity], list[Entity]]:
    """Return the ways to pay that a text means, and those that it names otherwise.

    A text with two of them says which one it means; one that names a single one says so by its stance.
    """
    if langs[0].code == "pl" and (filler := _POLISH_FILLER.match(text)) is not None:
        text = " " * filler.end() + text[filler.end() :]
    named, denied = find_methods(text, langs)
    if len(named) == 1 and not denied and _is_refused(text, named[0], langs):
        return [], named
    return named, denied


def _is_refused(text: str, one: Entity, langs: Languages) -> bool:
    start, end = one.start or 0, one.end or 0
    if stance_at(text, start, end, langs) in _NOT_MEANT:
        return True
    begins, ends = part_around(text, start, end, _BREAK)
    if (without := _WITHOUT.search(text, end, ends)) is not None:  # "PayPal without renewal" is PayPal
        ends = without.start()
    return stance(text[begins:ends], langs) in _WONT_DO
