"""`okienko diagram`: a profile's journey as a Mermaid flowchart, drawn by playing it."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import refuse
from bot.cli.database import read_profile
from bot.cli.progress import shown_progress
from bot.profile import Profile
from bot.texts.catalogue import MissingText
from dialogs.explorer.diagram import Words
from dialogs.explorer.diagram import diagram as drawn
from dialogs.explorer.diagram import overview as drawn_over
from dialogs.explorer.explore import BRIEF, PATIENCE
from dialogs.explorer.seller import walk_anew
from dialogs.kit import Params


def diagram(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The seller's folder.")],
    dialog: Annotated[str | None, typer.Option(help="Draw this dialog only.")] = None,
    overview: Annotated[
        bool, typer.Option(help="Draw the parts of the way only, each with what it asks, in the profile's own words.")
    ] = False,
) -> None:
    """Draw a profile's journey as Mermaid, on the standard output."""
    if overview and dialog:
        refuse("--overview draws all dialogs; leave out --dialog")
    profile = read_profile(folder)
    with shown_progress("Playing the journey straight ahead", f"{profile.seller.id} {overview}") as heed:
        found = walk_anew(profile.seller, heed, straight=True, patience=BRIEF if overview else PATIENCE)
    try:
        typer.echo(drawn_over(found, words_of(profile)) if overview else drawn(found, dialog), nl=False)
    except KeyError:
        names = ", ".join(found.journey.dialogs)
        refuse(f"this journey has no dialog {dialog}; it has {names}")


def words_of(profile: Profile, locale: str | None = None) -> Words:
    """Return the profile's words in one of its languages, by default the first."""
    given, locale = {"seller": profile.seller.name, **profile.facts}, locale or profile.seller.locales[0]

    def words(key: str, params: Params) -> str | None:
        try:
            return profile.catalogue.fill(key, {**given, **params}, locale)
        except MissingText:
            return None

    return words
