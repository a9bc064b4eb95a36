"""`okienko new`: a profile to begin with."""

from pathlib import Path
from typing import Annotated

import typer

from bot.profile.beginning import FolderTaken, begin


def new(folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the new profile is written.")]) -> None:
    """Write a profile to begin with; it passes `okienko check` and is ready to be made yours."""
    try:
        files = begin(folder)
    except FolderTaken:
        typer.echo(f"okienko: {folder} isn't empty; nothing was written. Name a new folder.", err=True)
        raise typer.Exit(1) from None
    for file in files:
        typer.echo(str(file))
    typer.echo(f"Next: make it yours, then `okienko check {folder}` and `okienko run --profile {folder}`.")
