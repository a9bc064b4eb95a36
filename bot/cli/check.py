"""`okienko check`: every mistake of a profile, with file, line and remedy; and who would lose what by it."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple, NoReturn

import typer

from bot.app.settings import Settings
from bot.checking.losses import losses
from bot.checking.second_life.life import Lives, live
from bot.cli.database import in_store
from bot.cli.progress import shown_progress
from bot.profile import Profile, ProfileErrors, ProfileProblem, load
from bot.profile.price_checks import doubts
from bot.profile.problems import line_of
from bot.profile.text_checks import find_text_fault
from bot.profile.texts import OwnTexts, own_texts
from bot.profile.toml_reader import source_of
from dialogs.explorer.seller import walk_anew, walk_seller
from dialogs.explorer.watch import Walk
from dialogs.kit import CardContent, Params
from services.clock import SystemClock
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
    return Rehearsal(
        found, lives, (*faults, *unsaid(profile, (*collect_said_texts(found), *collect_said_texts(lives.heard))))
    )


def unsaid(profile: Profile, said: tuple[tuple[str, Params], ...]) -> Iterator[ProfileProblem]:
    """Return the keys that the profile has no texts for, in each of its languages."""
    for locale in profile.seller.locales:
        answers: list[tuple[str, Params]] = [(f"faq.{entry.id}", {}) for entry in profile.faq[locale]]
        answers += [(f"link.{method}", {}) for method in profile.seller.methods if is_offline(method)]
        missing: dict[str, tuple[str, str, str]] = {}
        for key, params in (*said, *answers):
            if (gone := find_text_fault(profile, key, params, locale)) is not None:
                missing.setdefault(gone[1], gone)
        own = own_texts(profile.folder, locale, []) if missing else None
        for key, what, remedy in sorted(missing.values()):
            if own is not None:
                yield ProfileProblem(*_place(profile, own, key, locale), what, remedy)


def collect_said_texts(found: Walk) -> Iterator[tuple[str, Params]]:
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


def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The seller's folder.")],
    database: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Say as well which customers of this database have what the profile lacks."),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Files, offer and texts only, without playing the journey: a second.")
    ] = False,
) -> None:
    """Check a profile: its files, its offer, every word of its journey, and what comes after the first order."""
    try:
        profile = load(folder)
    except ProfileErrors as error:
        _tell(error.problems)
    for doubt in doubts(profile, SystemClock().now()):
        typer.echo(f"warning: {doubt}", err=True)
    _renewing(profile.seller)
    languages = ", ".join(profile.seller.locales)
    if quick:
        typer.echo(
            f"{folder}: files, offer and texts in {languages} are well. The journey wasn't walked: leave out --quick."
        )
    else:
        with shown_progress("Playing the journey by every answer", profile.seller.id) as heed:
            found, lives, problems = rehearse(profile, partial(walk_anew, heed=heed))
        if problems:
            _tell(problems)
        steps = len(found.journey.steps)
        typer.echo(f"{folder}: all is well. {steps} steps walked in {found.turns} turns, spoken in {languages}.")
        if lives.played:
            typer.echo(
                f"{lives.played} second lives played: order, renewal, changed price and terms, end, order again."
            )
    if database is not None:
        _customers(database, profile.seller)


def _renewing(seller: Seller) -> None:
    """Say what a renewal orders again: sellers who mean one of their add-ons to be paid once would find out late."""
    again, once = (", ".join(a.id for a in seller.addons if a.once == is_once) or "none" for is_once in (False, True))
    if seller.addons and seller.auto_renewal != "none":
        typer.echo(f"What renews itself renews with every add-on that was bought: {again}. Paid once: {once}.")


def _customers(database: str, seller: Seller) -> None:
    """Say who is affected; the exit code is 1 where anybody is."""
    lost = in_store(Settings(database_url=database), lambda store: store.read(lambda c: losses(c, seller)))
    for each in lost:
        typer.echo(str(each), err=True)
    if lost:
        typer.echo("See docs/how-to/change-the-offer.md for what these customers will see.", err=True)
        raise typer.Exit(1)
    typer.echo("Nobody in the database has anything that the profile lacks.")


def _tell(problems: tuple[ProfileProblem, ...]) -> NoReturn:
    for problem in problems:
        typer.echo(str(problem), err=True)
    typer.echo(f"{len(problems)} mistake{'s' if len(problems) > 1 else ''}.", err=True)
    raise typer.Exit(1)
