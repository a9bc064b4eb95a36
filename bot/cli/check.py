"""`okienko check`: every mistake of a profile, with file, line and remedy."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.profile import Problem, ProfileErrors, load
from bot.profile.rehearsal import rehearse


def check(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The seller's folder.")]) -> None:
    """Check a profile: its files, its offer, every word of its journey, and what comes after the first order."""
    try:
        profile = load(folder)
    except ProfileErrors as error:
        _tell(error.problems)
    found, lives, problems = rehearse(profile)
    if problems:
        _tell(problems)
    steps, languages = len(found.journey.steps), ", ".join(profile.seller.locales)
    typer.echo(f"{folder}: all is well. {steps} steps walked in {found.turns} turns, spoken in {languages}.")
    if lives.played:
        typer.echo(f"{lives.played} second lives played: order, renewal, changed price and terms, end, order again.")


def _tell(problems: tuple[Problem, ...]) -> NoReturn:
    for problem in problems:
        typer.echo(str(problem), err=True)
    typer.echo(f"{len(problems)} mistake{'s' if len(problems) > 1 else ''}.", err=True)
    raise typer.Exit(1)
