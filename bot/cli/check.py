"""`okienko check`: every mistake of a profile, with file, line and remedy; and who would lose what by it."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from bot.app.settings import Settings
from bot.checking.losses import losses
from bot.checking.rehearsal import rehearse
from bot.cli.database import in_store
from bot.profile import ProfileErrors, ProfileProblem, load
from bot.profile.sense import doubts
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
    if quick:
        languages = ", ".join(profile.seller.locales)
        typer.echo(
            f"{folder}: files, offer and texts in {languages} are well. The journey wasn't walked: leave out --quick."
        )
        if database is not None:
            _customers(database, profile.seller)
        return
    with Console(stderr=True).status("Playing the journey by every answer, and what comes after the first order …"):
        found, lives, problems = rehearse(profile)
    if problems:
        _tell(problems)
    steps, languages = len(found.journey.steps), ", ".join(profile.seller.locales)
    typer.echo(f"{folder}: all is well. {steps} steps walked in {found.turns} turns, spoken in {languages}.")
    if lives.played:
        typer.echo(f"{lives.played} second lives played: order, renewal, changed price and terms, end, order again.")
    if database is not None:
        _customers(database, profile.seller)


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
