"""The way to pay that is wanted instead of another one: "blik nie działa, dawaj kartę", "rather PayPal than card"."""

import re
from collections.abc import Sequence

from nlu.choices import METHOD_VALUES
from nlu.entities.terms import find_methods, names_a_method
from nlu.languages.language import Languages
from nlu.stance import Stance, stances
from values.meaning import Correction, Entity, Expected, Faq, Intent, Meaning, Press, Unclear
from values.parsing import fold_words

_LONGEST = 300
_FAILING = re.compile(
    r"\b(?:nie (?:\w+ ){0,2}?(?:dziala\w*|idzie|przechodzi|moge|mam|um\w+|chce)|odrzuc\w*|wiesza|wygas\w*|pad[al]\w*"
    r"|blad|bledy?|limit\w*|non (?:\w+ ){0,2}?(?:va|funziona|parte|passa|prende|posso|riesco)|da errore|scad\w+"
    r"|rifiut\w+|bloccat\w+|(?:isn|doesn|won|didn|don|can|not) (?:t )?(?:\w+ )?work\w*|expired|declin\w+|no good"
    r"|is down|reject\w+|fail\w*|error|trouble)\b"
)
"""Behind a way to pay: it doesn't work."""
_PASSED_OVER = re.compile(
    r"\b(?:zamiast|niz|invece (?:di|del|della)|che(?: (?:il|la|col|con))?|piuttosto che|instead of|than|swap|scrap"
    r"|statt|als)$"
)
"""Before a way to pay: it is the other one that isn't wanted."""
_CHANGING = re.compile(
    r"\b(?:instead|zamiast tego|przelacz\w*|podmien\w*|switch\w*|swap|passare a\w*|fammi passare|cambia\w*|lieber)\b"
)
_NOT_NOW = frozenset({Stance.past, Stance.conditional, Stance.others, Stance.quoted})
_AHEAD, _BEHIND = 3, 9


def preferred_method(text: str, langs: Languages) -> str | None:
    """Return the VALUE of the one way to pay that is wanted, where another doesn't work or is to be left."""
    said = fold_words(text)
    if len(text) > _LONGEST or not names_a_method(said, langs) or not _NOT_NOW.isdisjoint(stances(text, langs)):
        return None
    named, denied = find_methods(text, langs)
    every = sorted([*named, *denied], key=lambda one: one.start or 0)
    left = {METHOD_VALUES[one.value] for n, one in enumerate(every) if one in denied or _is_left(text, every, n)}
    wanted = {METHOD_VALUES[one.value] for one in named} - left
    return wanted.pop() if len(wanted) == 1 and (left or _CHANGING.search(said) is not None) else None


def as_preferred(text: str, whole: Meaning, expected: Expected, langs: Languages) -> Press | Correction | None:
    """Return the way to pay that a message wants instead, where it names several or only says that it wants another."""
    match whole:
        case Correction("method", None):
            value = preferred_method(text, langs)
            return None if value is None else Correction("method", value)
        case Correction("method", str(value)) if f"method:{value}" in _offered(expected):
            return Press(f"method:{value}", words=text)
        case Unclear(candidates) if candidates and all(one.startswith("method:") for one in candidates):
            pass
        case Intent("choose_payment_method") | Faq("ask_payment_methods"):
            pass
        case _:
            return None
    payload = f"method:{preferred_method(text, langs)}"
    return Press(payload, words=text) if payload in _offered(expected) else None


def _offered(expected: Expected) -> frozenset[str]:
    return frozenset(one.payload for one in expected.options if one.binds is None and not one.beside)


def _is_left(text: str, every: Sequence[Entity], n: int) -> bool:
    """Return whether a way to pay is passed over, or said not to work, before another one is named."""
    one = every[n]
    start = every[n - 1].end or 0 if n else 0
    end = every[n + 1].start if n + 1 < len(every) else len(text)
    before = " ".join(fold_words(text[start : one.start]).split()[-_AHEAD:])
    behind = " ".join(fold_words(text[one.end : end]).split()[:_BEHIND])
    return _PASSED_OVER.search(before) is not None or _FAILING.search(behind) is not None
