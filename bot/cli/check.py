"""`okienko check`: every mistake of a profile, with file, line and remedy; and who would lose what by it."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.app.settings import Settings
from bot.checking.losses import losses
from bot.checking.rehearsal import Rehearsal, rehearse
from bot.cli.database import in_store
from bot.profile import Profile, ProfileErrors, ProfileProblem, load
from bot.profile.sense import doubts
from dialogs.explorer.explore import Heed
from dialogs.explorer.seller import walk_anew, walk_seller
from services.clock import SystemClock
from values.seller import Seller


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
    for doubt in doubts(folder, profile.seller, SystemClock().now()):
        typer.echo(f"warning: {doubt}", err=True)
    _renewing(profile.seller)
    languages = ", ".join(profile.seller.locales)
    if quick:
        typer.echo(
            f"{folder}: files, offer and texts in {languages} are well. The journey wasn't walked: leave out --quick."
        )
    else:
        found, lives, problems = _rehearsed(profile)
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


def _rehearsed(profile: Profile) -> Rehearsal:
    console = Console(stderr=True)
    with far_shown(console) as heed:
        return rehearse(profile, partial(walk_anew, heed=heed) if console.is_terminal else walk_seller)


@contextmanager
def far_shown(console: Console) -> Generator[Heed]:
    """Show on a terminal how much of the journey has been played, of all that is known of it, and the time left."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("Playing the journey by every answer", total=None)
        yield lambda looked_at, waiting: shown.update(task, completed=looked_at, total=looked_at + waiting)


def _renewing(seller: Seller) -> None:
    """Say what a renewal orders again: sellers who mean one of their add-ons to be paid once would find out late."""
    if seller.addons and seller.auto_renewal != "none":
        again = ", ".join(addon.id for addon in seller.addons)
        typer.echo(f"What renews itself renews with every add-on that was bought: {again}. None is paid once.")


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
