"""A rehearsal of a profile: every dialog is walked, every text rendered, two lives of a customer lived."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from bot.checking.second_life.life import Lives, live
from bot.profile.problems import ProfileProblem, line_of
from bot.profile.profile import Profile
from bot.profile.text_checks import unfilled
from bot.profile.texts import OwnTexts, own_texts
from bot.profile.toml_reader import source_of
from dialogs.explorer.explore import Walk
from dialogs.explorer.seller import walk_seller
from dialogs.kit import CardContent, Params
from values.payment import is_offline
from values.seller import Seller

REMEDY = "Look at that part of the offer; if it is right, the fault is Okienko's: please report it."


class Rehearsal(NamedTuple):
    """The result of the walk, the second lives, and every mistake."""

    walk: Walk
    lives: Lives
    problems: tuple[ProfileProblem, ...]


def rehearse(profile: Profile, walked: Callable[[Seller], Walk] = walk_seller) -> Rehearsal:
    """Walk the dialogs, live the lives and render the texts of a profile."""
    found, lives = walked(profile.seller), live(profile.seller)
    faults = (ProfileProblem(profile.folder / "profile.toml", 0, fault, REMEDY) for fault in lives.faults)
    return Rehearsal(found, lives, (*faults, *unsaid(profile, (*spoken(found), *spoken(lives.heard)))))


def unsaid(profile: Profile, said: tuple[tuple[str, Params], ...]) -> Iterator[ProfileProblem]:
    """Return the keys that the profile has no texts for, in each of its languages."""
    for locale in profile.seller.locales:
        answers: list[tuple[str, Params]] = [(f"faq.{entry.id}", {}) for entry in profile.faq[locale]]
        answers += [(f"link.{method}", {}) for method in profile.seller.methods if is_offline(method)]
        missing: dict[str, tuple[str, str, str]] = {}
        for key, params in (*said, *answers):
            if (gone := unfilled(profile, key, params, locale)) is not None:
                missing.setdefault(gone[1], gone)
        own = own_texts(profile.folder, locale, []) if missing else None
        for key, what, remedy in sorted(missing.values()):
            if own is not None:
                yield ProfileProblem(*_place(profile, own, key, locale), what, remedy)


def spoken(found: Walk) -> Iterator[tuple[str, Params]]:
    """Return all texts of a walk, and those said only when asked for, as keys with their parameters."""
    for says in found.said.values():
        yield from ((say.key, say.params) for say in says if say.key)
        yield from (text for say in says for text in _card_texts(say.card))
    for path, questions in found.asked.items():
        yield from ((f"{path}.{part}", question.params) for question in questions for part in ("ask", "help", "hint"))
        yield from (text for question in questions for text in _card_texts(question.card))
    for option in found.options.values():
        yield option.key, option.params
        if option.whole is not None:
            yield option.whole.key, dict(option.whole.params)
    for dialog in found.journey.dialogs.values():
        yield f"part.{dialog.shown_as}", {}
    for step in found.journey.steps:
        yield from ((f"link.{rel}", {}) for rel in step.display.links)


def _card_texts(card: CardContent | None) -> Iterator[tuple[str, Params]]:
    """Yield the texts of a card."""
    if card is None:
        return
    yield f"card.{card.kind}.title", card.params
    for row in card.rows:
        if not row.steps:  # where answers stand they may say enough
            yield row.words or f"card.{card.kind}.{row.name}", card.params
        yield f"label.{row.name}", {}
        yield from ((option.key, option.params) for option in row.choices)
    yield from ((f"label.{name}", {}) for name in card.missing)


def _place(profile: Profile, own: OwnTexts, key: str, locale: str) -> tuple[Path, int]:
    """Return the file and line of a text, or those where it belongs: an answer of the FAQ has a file of its own."""
    path = profile.folder / "faq" / f"{locale}.toml"
    for n, entry in enumerate(profile.faq[locale]):
        if key in (f"faq.{entry.id}", f"faq.{entry.id}.title"):
            return path, line_of(source_of(path), ("entry", n, "title" if key.endswith(".title") else "answer"))
    return own.place(key)
