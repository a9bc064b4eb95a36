"""A dress rehearsal: the profile's journey is walked to its ends, its customers' second lives are played, and all that
can be said on the way is put into words in every language. What is missing or can't be filled is a mistake, and so is a
life that comes to a dead end or is told two prices."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.profile.problems import Problem
from bot.profile.profile import Profile
from bot.second_life.life import Lives, live
from bot.texts.catalogue import MissingText
from dialogs.kit import Params
from dialogs.kit.walk import Walk
from dialogs.walk import walk_seller
from values.offline import is_offline

REMEDY = "Look at that part of the offer; if it is right, the fault is Okienko's: please report it."


class Rehearsal(NamedTuple):
    """What the walk found, the second lives, and every mistake."""

    walk: Walk
    lives: Lives
    problems: tuple[Problem, ...]


def rehearse(profile: Profile) -> Rehearsal:
    """Walks, lives and speaks."""
    found, lives = walk_seller(profile.seller), live(profile.seller)
    faults = (Problem(profile.folder / "profile.toml", 0, fault, REMEDY) for fault in lives.faults)
    return Rehearsal(found, lives, (*faults, *unsaid(profile, (*spoken(found), *spoken(lives.heard)))))


def unsaid(profile: Profile, said: tuple[tuple[str, Params], ...]) -> Iterator[Problem]:
    """What of it the profile has no words for, in each of its languages."""
    for locale in profile.seller.locales:
        path = profile.folder / "texts" / f"{locale}.toml"
        answers: list[tuple[str, Params]] = [(f"faq.{entry.id}", {}) for entry in profile.faq[locale]]
        answers += [(f"link.{method}", {}) for method in profile.seller.methods if is_offline(method)]
        missing = {
            gone for key, params in (*said, *answers) if (gone := _missing(profile, key, params, locale)) is not None
        }
        for gone in sorted(missing):
            yield missing_text(path, gone)


def spoken(found: Walk) -> Iterator[tuple[str, Params]]:
    """Everything that a walk heard, and what is said only when asked for, as keys with their parameters."""
    for says in found.said.values():
        yield from ((say.key, say.params) for say in says if say.key)
    for path, questions in found.asked.items():
        yield from ((f"{path}.{part}", question.params) for question in questions for part in ("ask", "help", "hint"))
    for option in found.options.values():
        yield option.key, option.params
    for dialog in found.journey.dialogs.values():
        yield f"part.{dialog.shown_as}", {}
    for step in found.journey.steps:
        yield from ((f"link.{rel}", {}) for rel in step.links)


def missing_text(path: Path, told: str) -> Problem:
    """The mistake of a text (`key`), a place or a case (`key:parameter`) that is missing."""
    key, _, place = told.partition(":")
    if not place:
        return Problem(path, 0, f"there is no text {key}", "Add it.")
    return Problem(path, 0, f"{key} can't be filled for {{{place}}}", f"Remove {{{place}}}, or add the case it lacks.")


def _missing(profile: Profile, key: str, params: Params, locale: str) -> str | None:
    try:
        profile.catalogue.fill(key, {"seller": profile.seller.name, **profile.facts, **params}, locale)
    except MissingText as missing:
        return str(missing)
    return None
