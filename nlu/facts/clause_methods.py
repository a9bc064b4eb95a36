"""A way to pay that a clause of its own names beside other facts: "8123456782, card, don't renew", "…, płacę kartą"."""

import re
from collections.abc import Iterator

from msgspec import Struct

from nlu.choices import METHOD_VALUES
from nlu.entities.terms import find_methods, names_a_method
from nlu.languages.language import Languages
from nlu.named.meant_method import about_stored
from nlu.questions.asking import asks
from nlu.stance import Stance, doubts, stance
from values.parsing import fold_words

_BORDER = re.compile(
    r"(?:[,;.!?]+(?=\s|$)|[/+\n]|\s(?:and|i|oraz|e|ed|und|ale|ma|but|poi|potem|then|a|bo|because|perch[eé])(?=\s))"
)
_FEW = 3
"""Words beside a way to pay that stands alone: "then card please"."""
_GIVEN = frozenset({Stance.asserted, Stance.later})
"""Whoever pays later pays by what they say now."""
_LONGEST, _MOST = 400, 12


class ClauseMethod(Struct, frozen=True):
    """A way to pay by the VALUE of its payload, and its clause. `alone`: little else stands there."""

    value: str
    start: int
    end: int
    alone: bool


def clause_methods(text: str, langs: Languages) -> Iterator[ClauseMethod]:
    """Yield the ways to pay that clauses name as the customer's own choice, one a clause."""
    if len(text) > _LONGEST or not names_a_method(fold_words(text), langs):
        return
    start = 0
    for border in [*[match.span() for match in _BORDER.finditer(text)][:_MOST], (len(text), len(text))]:
        clause, marked = text[start : border[0]], "?" in text[slice(*border)]
        if clause.strip() and not marked and (value := _chosen(clause, langs)) is not None:
            words = len(fold_words(clause).split())
            yield ClauseMethod(value, start, border[0], words <= _FEW)
        start = border[1]


def _chosen(clause: str, langs: Languages) -> str | None:
    """Return the one way to pay that a clause asserts, and nothing else about it."""
    said = fold_words(clause)
    named, denied = find_methods(clause, langs) if names_a_method(said, langs) else ([], [])
    values = {METHOD_VALUES[one.value] for one in named}
    if denied or len(values) != 1 or about_stored(said) or doubts(said):
        return None
    given = not asks(clause, langs) and stance(clause, langs) in _GIVEN
    return values.pop() if given else None
