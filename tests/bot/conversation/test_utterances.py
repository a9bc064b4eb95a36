"""Three hundred utterances a language, as recognisers write them: what is said fills the slot, and no other.

`tests/nlu/spoken/LANGUAGE.tsv` was read while the reading was made; `held_out_LANGUAGE.tsv` was written before, and
looked at once it was done. What came of that first look stands in docs/dev/spoken-words.md.
`fresh_LANGUAGE.tsv` was written after all of it; nothing is changed by a look at its misses.
"""

from collections import Counter

import pytest

from tests.bot.conversation.uttered import Outcome, Utterance, misses, outcome, utterances

LOCALES = ("pl", "it", "en")
SETS = tuple(f"{prefix}{locale}" for locale in LOCALES for prefix in ("", "held_out_"))
RIGHT = 0.95
FRESH = 0.8
FEWEST = 300
KINDS = frozenset("email phone tax number name yes_no choice question person correction code consent noise".split())
NEVER = frozenset({"code", "noise"})
"""Kinds of which nothing counts, whatever is read in them; a consent may name a way to pay beside it."""


def counted(of: tuple[Utterance, ...], missed: list[tuple[Utterance, Outcome]]) -> str:
    """Return a table of what was right by kind, and the misses by their lines."""
    every, wrong = Counter(one.kind for one in of), Counter(one.kind for one, _came in missed)
    kinds = (f"{kind:12}{every[kind] - wrong[kind]:4} of {every[kind]}" for kind in sorted(every))
    lines = (f"{one.place} at {one.step}: {one.words!r} is {one.wanted}, was {came}" for one, came in missed)
    return "\n".join(("", *kinds, *lines))


@pytest.mark.parametrize(
    ("name", "least"), [*((name, RIGHT) for name in SETS), *((f"fresh_{locale}", FRESH) for locale in LOCALES)]
)
def test_what_recognisers_write_is_understood_and_nothing_else(name: str, least: float) -> None:
    of = utterances(name)
    missed = [*misses(of)]
    told = counted(of, missed)

    assert not [one.place for one, came in missed if came.binds_wrongly(one.wanted)], told
    assert 1 - len(missed) / len(of) >= least, told


@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_is_said(locale: str) -> None:
    of = (*utterances(locale), *utterances(f"held_out_{locale}"))

    assert len(of) >= FEWEST
    assert {one.kind for one in of} == KINDS
    assert len({(one.step, one.words) for one in of}) == len(of)


@pytest.mark.parametrize("locale", LOCALES)
def test_codes_consents_and_noise_never_bind(locale: str) -> None:
    every = (*utterances(locale), *utterances(f"held_out_{locale}"))
    never = [one for one in every if one.kind in NEVER or (one.kind == "consent" and one.wanted == "nothing")]

    assert [one.place for one in never if outcome(one).filled] == []
