"""`okienko new`: a profile to begin with."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import refuse
from bot.profile.beginning import FolderTaken, begin
from values.locale import SHIPPED


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the new profile is written.")],
    locales: Annotated[
        str, typer.Option(metavar="CODES", help="Its languages, the first one spoken first; of pl, it, en.")
    ] = ",".join(SHIPPED),
) -> None:
    """Write a profile to begin with; it passes `okienko check` and is ready to be made yours."""
    spoken = tuple(dict.fromkeys(code.strip() for code in locales.split(",")))
    if other := [code for code in spoken if code not in SHIPPED]:
        shipped = f"choose from {', '.join(SHIPPED)} (docs/how-to/sell-in-another-language.md)"
        typer.echo(f"okienko: “{other[0]}” isn’t a shipped language: {shipped}", err=True)
        raise typer.Exit(2)
    try:
        files = begin(folder, spoken)
    except FolderTaken:
        refuse(f"{folder} isn't empty; nothing was written. Name a new folder.")
    for file in files:
        typer.echo(str(file))
    typer.echo(f"Next: make it yours, then `okienko check {folder}` and `okienko run --profile {folder}`.")
