"""`okienko test`: a seller's own conversations, played at desks with the sandbox."""

import asyncio
from collections.abc import Callable, Set
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.app import logs
from bot.cli import refuse
from bot.cli.database import read_profile
from bot.cli.progress import shown_progress
from bot.profile import Profile
from bot.simulation.script import FOLDER, ScriptedConversation, read_scripts
from bot.simulation.scripted import ScriptOutcome, play_script
from dialogs.explorer.seller import walk_anew
from dialogs.kit.journey import Journey


def play(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The seller's folder.")],
    only: Annotated[str, typer.Option("--only", "-k", help="Play those whose heading or file has these words.")] = "",
    least: Annotated[
        int, typer.Option("--fail-under", min=0, max=100, metavar="PERCENT", help="The least share of steps asked.")
    ] = 0,
) -> None:
    """Play the conversations in DIR/tests, each at a desk of its own.

    Where all of them are played, or --fail-under is given, it says at the end which steps none of them comes to.
    Neither the settings nor the data of a real desk are touched. The exit code is 1 where one isn't as written.
    """
    profile = read_profile(folder)
    folder = profile.folder
    scripts, problems = read_scripts(folder, profile.seller)
    if problems:
        refuse("\n".join(map(str, problems)))
    chosen = [script for script in scripts if only.lower() in f"{script.file.name} {script.title}".lower()]
    if not chosen:
        refuse(f"there is no conversation to play in {folder / FOLDER} (docs/how-to/test-your-journey.md)")
    logs.configure("critical")
    with shown_progress("Playing conversations", total=len(chosen)) as heed:
        outcomes = [_played(folder, script, partial(heed, n, 0)) for n, script in enumerate(chosen, 1)]
    failed = sum(outcome.line is not None for outcome in outcomes)
    typer.echo(f"{len(outcomes) - failed} as written, {failed} not.")
    # The steps are found by walking the whole journey, which takes longer than a conversation.
    seen = frozenset[str]().union(*(outcome.steps for outcome in outcomes))
    short = (least or len(chosen) == len(scripts)) and _tell_coverage(profile, seen) < least
    if failed or short:
        raise typer.Exit(1)


def _played(folder: Path, script: ScriptedConversation, done: Callable[[], None]) -> ScriptOutcome:
    outcome = asyncio.run(play_script(folder, script))
    done()
    if outcome.line is None:
        typer.echo(f"{script.file}: {script.title}: as written")
    else:
        typer.echo(f"{script.file}:{outcome.line.number}: {script.title}")
        typer.echo(f"  {outcome.line.written}\n  {outcome.why}")
    return outcome


def as_shown(path: str, journey: Journey) -> str:
    """Return a step's path as customers' programs see it: an own question is of the dialog that it stands in."""
    step = journey.known(path)
    return path if step is None else f"{journey.shown_dialog(step)}.{step.name}"


def _tell_coverage(profile: Profile, seen: Set[str]) -> int:
    """Say which of the steps that customers are asked were asked; return their share in percent."""
    with shown_progress("Looking for steps that none of them comes to", profile.seller.id) as heed:
        found = walk_anew(profile.seller, heed)
    asked = sorted({as_shown(path, found.journey) for path in found.asked})
    missing = [path for path in asked if path not in seen]
    share = 100 * (len(asked) - len(missing)) // len(asked)
    typer.echo(f"{len(asked) - len(missing)} of {len(asked)} steps asked ({share} %).")
    if missing:
        typer.echo(f"Never: {', '.join(missing)}.")
    return share
