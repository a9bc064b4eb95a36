"""`okienko diagram`: a profile's journey as a Mermaid flowchart, drawn by playing it."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import refuse
from bot.cli.database import read_profile
from dialogs.explorer.diagram import diagram as drawn
from dialogs.explorer.diagram import overview as drawn_over
from dialogs.explorer.seller import walk_anew


def diagram(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The seller's folder.")],
    dialog: Annotated[str | None, typer.Option(help="Draw this dialog only.")] = None,
    overview: Annotated[bool, typer.Option(help="Draw dialogs only, each with what it asks.")] = False,
) -> None:
    """Draw a profile's journey as Mermaid, on the standard output."""
    if overview and dialog:
        refuse("--overview draws all dialogs; leave out --dialog")
    found = walk_anew(read_profile(folder).seller, straight=True)
    try:
        typer.echo(drawn_over(found) if overview else drawn(found, dialog), nl=False)
    except KeyError:
        names = ", ".join(found.journey.dialogs)
        refuse(f"this journey has no dialog {dialog}; it has {names}")
