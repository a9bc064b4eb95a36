"""`okienko simulate`: random but reproducible customers of a profile, and what came of them."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.app import logs
from bot.app.settings import Settings
from bot.cli.profiles import read_profile
from bot.simulation.run import Result, SimulatedJourney, play_all

COUNTS = ("said", "read", "sms", "email", "payments", "faults")


def simulate(
    seed: Annotated[int, typer.Option(min=0, help="The first customer's seed; the next one's is one more.")] = 1,
    journeys: Annotated[int, typer.Option(min=1, help="How many customers come, one after the other.")] = 20,
    profile: Annotated[Path | None, typer.Option(help="The seller's folder.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Print each conversation.")] = False,
) -> None:
    """Let simulated customers walk a profile to its ends, each at a desk of its own with the sandbox.

    They type, press, go back, correct, fall silent and meet providers that fail. Neither the settings nor the data of
    a real desk are touched. The exit code is 1 where anything broke.
    """
    folder = read_profile(profile or Settings().profile).folder
    logs.configure("error")

    def done(one: SimulatedJourney) -> None:
        typer.echo(f"seed {one.seed}: {one.end or 'BROKEN'} at {one.at}", err=True)
        if verbose:
            typer.echo("\n".join(one.diary.lines))

    result = asyncio.run(play_all(folder, seed, journeys, done))
    _tell(result, folder)
    for one in result.broken:
        _report(one, folder)
    if result.broken:
        raise typer.Exit(1)


def _tell(result: Result, folder: Path) -> None:
    counts, console = result.counts, Console(highlight=False)
    ends = Table("end", "at", "customers", title=f"{folder}: {len(result.journeys)} customers")
    for (end, at), number in Counter((one.end or "broken", one.at) for one in result.journeys).most_common():
        ends.add_row(end, at, str(number))
    console.print(ends)
    orders = {name: number for name, number in counts.items() if name.startswith("orders ")}
    told = {name: counts[name] for name in COUNTS} | orders | {"broken": len(result.broken)}
    console.print(" · ".join(f"{name} {number}" for name, number in told.items()), soft_wrap=True)


def _report(one: SimulatedJourney, folder: Path) -> None:
    """Say on standard error what didn't hold, in which conversation, and how to see it again."""
    lines = [f"\nseed {one.seed}: {one.broken}", *(f"the desk's log: {alarm}" for alarm in one.alarms)]
    lines += one.diary.lines
    lines.append(f"Again: okienko simulate --profile {folder} --seed {one.seed} --journeys 1")
    typer.echo("\n".join(lines), err=True)
