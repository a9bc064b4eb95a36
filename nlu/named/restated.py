"""Corrections within one message: "un anno, anzi due", "karta, albo nie, blik"."""

from functools import lru_cache

from nlu.corrections.sentences import plain
from nlu.phrase_lines import Forms

_SAYS = Forms("restated")

_LONGEST = 400
RESTATING = _SAYS.restating
"""The words, and the marks around them, by which something is said anew."""


@lru_cache(maxsize=4)  # several readers look at one message in a row
def restated(text: str) -> tuple[str, str] | None:
    """Return what a message says before it takes that back, and what behind; None where it takes nothing back."""
    if len(text) > _LONGEST:
        return None
    marks = list(RESTATING.finditer(plain(text)))
    if not marks:
        return None
    before, behind = text[: marks[-1].start()].strip(), text[marks[-1].end() :].strip()
    return (before, behind) if before and behind else None


_INSTEAD = _SAYS.not_but, _SAYS.not_behind


def put_instead(text: str) -> tuple[str, str] | None:
    """Return what a message takes back and what it says instead, in one clause, too: "not two but three"."""
    if (found := restated(text)) is not None:
        return None if adds_to_it(found[1]) else found
    said = plain(text) if len(text) <= _LONGEST else ""
    form = next((match for one in _INSTEAD if (match := one.fullmatch(said)) is not None), None)
    return None if form is None else (text[slice(*form.span("old"))], text[slice(*form.span("new"))])


def adds_to_it(behind: str) -> bool:
    """Return whether what is said anew is only one more thing: "albo nie, jeszcze newsletter"."""
    return _SAYS.more.search(plain(behind)) is not None
