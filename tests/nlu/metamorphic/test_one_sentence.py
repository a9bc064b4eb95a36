"""A sentence wrapped or rewritten says what it says; denied, past, asked about or another's it does nothing.

The sentences are composed of the parts of `okienko simulate --styles`, of the titles of what a step offers and of words
that bind; each that is heard as something at a step is tried there in every wrapping, by every hand, in every frame.
"""

from collections.abc import Callable, Iterator
from itertools import product

import pytest

from bot.simulation.outcomes.styles import PARTS
from tests.nightly import each_by_day
from tests.nlu.metamorphic.relation import LANGUAGES, Heard, customer, heard
from tests.nlu.metamorphic.yeses import accepted
from values.address import parse_street
from values.locale import Locale
from values.parsing import Ok, unaccent

STEPS = {**{s: s for s in ("start", "email", "phone", "confirm", "method", "terms", "pay")}, "tax": "tax_number"}
"""The steps of `uttered.py`, with the names that the parts have for them."""
BINDING = {"terms": "terms", "pay": "order"}
TYPED = ("email", "phone", "tax_number", "street", "postal_code", "discount_code")
WISHES = frozenset(
    "cancel back restart agent lang log_in log_out talk_to_agent complaint renewal_off resend_code delete_my_data"
    " withdraw_consent buy sign_up".split()
)
"""Wishes that do something; of the others the desk only thinks that the message may be about them."""
FRAMES = {
    "pl": (
        *("kolega napisał: „{s}”, ja jeszcze nie", "nie pisałam „{s}”", "kiedyś pisałam: „{s}”, teraz tak nie chcę"),
        *("a gdybym napisała: {s}?", "czy mam napisać: {s}?", "„{s}”? jeszcze nie wiem"),
    ),
    "it": (
        *(
            "un collega ha scritto: «{s}», io non ancora",
            "non ho scritto «{s}»",
            "una volta scrissi «{s}», ora non più",
        ),
        *("e se scrivessi: {s}?", "devo scrivere: {s}?", "«{s}»? non lo so ancora"),
    ),
    "en": (
        *("a colleague wrote: “{s}”, I haven't yet", "I didn't write “{s}”", "I once wrote “{s}”, not any more"),
        *("what if I wrote: {s}?", "am I to write: {s}?", "“{s}”? I don't know yet"),
    ),
}
"""Frames of a third person, a denial, the past, questions and a doubt; values in such ones: `stance/`."""
LEAST_LETTERS = 5
"""Of a word in which somebody slips."""


def sentences(step: str, lang: str) -> list[str]:
    """Return what may be said at a step, composed, each once."""
    parts, place, values = PARTS[lang], STEPS[step], PARTS["values"]
    (desk, here, ctx), change = customer(step, lang), PARTS[lang]["change"]
    says = [
        *(form.format(v=value) for slot in TYPED for forms in parts["says"].get(slot, {}).values() for form in forms
          for value in values[slot][:2] if form != "{v}" or slot == place),
        *(form.format(v=way) for forms in parts["says"]["method"].values() for form in (*forms, *change["method"])
          for way in parts["methods"].values()),
        *(form.format(nom=change[slot][0], acc=change[slot][1], v=values[slot][0])
          for slot in ("street", "postal_code", "phone", "email") for form in change["forms"] if "{old}" not in form),
        *(asked for name, own in PARTS["questions"].items() if place in own["at"] for asked in parts["ask"][name]),
        *(text for choice in ("yes", "no") for text in (*parts["auto_renewal"][choice], *change[choice])),
        *(text for texts in parts["says"].get(place, {}).values() for text in texts if "{" not in text),
        *(accepted(BINDING[step], Locale(lang))[::9] if step in BINDING else ()),
        *(title for option in desk._expected.at(here, ctx).options for title in option.titles),
    ]  # fmt: skip
    return [text for text in dict.fromkeys(says) if does(step, lang, text)]


def does(step: str, lang: str, text: str) -> Heard:
    """Return what is kept and done of a message, however it is written; of a question, its answer."""
    all_of = [one for one in heard(step, lang, text) if one[0] != "wish" or one[1] in WISHES]
    kept = [one for one in all_of if one[0] != "asks"] or all_of
    return frozenset((kind, _plain(kind, value)) for kind, value in kept)


def _plain(kind: str, value: str) -> str:
    """Return a value whatever its case; a street as it is stored, or "?" where the customer is asked about it."""
    if kind == "street" and value:
        read = parse_street(value)
        value = read.value.removeprefix("ul. ") if type(read) is Ok else "?"
    return unaccent(" ".join(value.split())).casefold()


def framed(step: str, lang: str, text: str) -> Iterator[str]:
    """Yield what the author of a sentence that gives more than values doesn't say with it."""
    if not {kind for kind, _ in does(step, lang, text)} <= {*TYPED}:
        yield from (frame.replace("{s}", text) for frame in FRAMES[lang])


def slipped(text: str) -> Iterator[str]:
    """Yield the sentence with two letters swapped, one dropped or doubled in its longest word that is no value."""
    word = max((one for one in text.split() if one.isalpha()), key=len, default="")
    if len(word) >= LEAST_LETTERS:
        half = len(word) // 2
        for slip in (word[half + 1] + word[half], word[half], word[half] * 2 + word[half + 1]):
            if (other := text.replace(word, word[:half] + slip + word[half + 2 :], 1)) != text:
                yield other


def around(how: str) -> Callable[[str, str, str], Iterator[str]]:
    return lambda _, lang, text: (frame.replace("{s}", text) for frame in PARTS[lang]["around"][how])


def as_it_is(was: Heard, now: Heard) -> bool:
    return was == now


def no_other(was: Heard, now: Heard) -> bool:
    """Return whether a slip does nothing new, and binds nobody: it is as without, or asked again."""
    return all(kind == "asks" for kind, _ in now - was) and {*BINDING}.isdisjoint(kind for kind, _ in now)


def nothing(was: Heard, now: Heard) -> bool:
    """Return whether nothing of it is done; a question is one in any frame."""
    return all(kind == "asks" for kind, _ in now & was)


Variants = Callable[[str, str, str], Iterator[str]]
RELATIONS: dict[str, tuple[Variants, Callable[[Heard, Heard], bool]]] = {
    "courtesy": (around("courtesy"), as_it_is),
    "filler": (around("filler"), as_it_is),
    "hand": (lambda _, __, text: iter((unaccent(text).lower().rstrip("?!."), text.upper())), as_it_is),
    "slip": (lambda _, __, text: slipped(text), no_other),
    "frame": (framed, nothing),
}
SOME = 23
"""Of all variants each so-manieth is tried by day: a prime, so that every one has its turn."""
LEAST_BY_DAY = 60
MOST = {
    "courtesy": {"pl": (3, 104), "it": (5, 96), "en": (6, 143)},
    "filler": {"pl": (23, 455), "it": (23, 393), "en": (16, 419)},
    "hand": {"pl": (0, 10), "it": (1, 34), "en": (1, 18)},
    "slip": {"pl": (5, 50), "it": (2, 116), "en": (4, 65)},
    "frame": {"pl": (18, 355), "it": (12, 331), "en": (17, 402)},
}
"""So many variants break their relation, by day and by night: known ones, and numbers that may only fall."""


def broken(kind: str, lang: str, share: int) -> tuple[list[str], int]:
    """Return the variants that break a relation, and how many were tried."""
    vary, holds = RELATIONS[kind]
    said = [(step, text, other) for step in STEPS for text in sentences(step, lang) for other in vary(step, lang, text)]
    tried = said[::share]
    found = [one for one in tried if not holds(does(one[0], lang, one[1]), does(one[0], lang, one[2]))]
    return [f"{step}: {other}" for step, _, other in found], len(tried)


@pytest.mark.parametrize(("kind", "lang"), [*product(RELATIONS, LANGUAGES)])
def test_no_more_sentences_break_a_relation(kind: str, lang: str) -> None:
    share = each_by_day(SOME)
    found, tried = broken(kind, lang, share)
    assert tried > LEAST_BY_DAY
    assert len(found) <= MOST[kind][lang][share == 1], "\n".join([f"{len(found)} broken", *found])
