"""`okienko simulate`: random but reproducible customers of a profile, and what came of them."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.app import logs
from bot.app.settings import Settings
from bot.cli.database import read_profile
from bot.cli.progress import shown_progress
from bot.simulation.outcomes.styles import LANGUAGES, STYLES
from bot.simulation.outcomes.talks import StyledTalk, play_styles
from bot.simulation.run import Result, SimulatedJourney, play_all
from dialogs.explorer.explore import Heed

COUNTS = ("said", "read", "sms", "email", "payments", "faults")


def simulate(
    seed: Annotated[int, typer.Option(min=0, help="The first customer's seed; the next one's is one more.")] = 1,
    journeys: Annotated[
        int | None, typer.Option(min=1, help="How many customers come: 20, or with --styles 1 of each.")
    ] = None,
    profile: Annotated[Path | None, typer.Option(help="The seller's folder.")] = None,
    years: Annotated[
        int, typer.Option(min=0, help="So many years each lives on, begun in another chat and with an agent.")
    ] = 0,
    styles: Annotated[bool, typer.Option("--styles", help="Let customers of twelve styles type it all.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Print each conversation.")] = False,
) -> None:
    """Let simulated customers walk a profile to its ends, each at a desk of its own with the sandbox.

    They type, press, go back, correct, fall silent and meet providers that fail. Neither the settings nor the data of
    a real desk are touched. The exit code is 1 where anything broke.

    With --styles they talk, in three languages: curt, chatty, with courtesies, angrily, in slang, dictated, without
    accents, with slips, of much at once, correcting themselves, in a foreign tongue, like an accountant. A talk is
    right that ends as its customer wants, with at most one disturbance. The exit code is 1 where one has no way on.
    """
    folder = read_profile(profile or Settings().profile).folder
    logs.configure("error")

    if styles:
        with shown_progress("Customers talk", total=len(STYLES) * len(LANGUAGES) * (journeys or 1)) as heed:
            talks = asyncio.run(_talked(folder, seed, journeys or 1, heed, verbose=verbose))
        _tell_styles(talks, folder)
        raise typer.Exit(any(not talk.has_way_on for talk in talks))

    def done(one: SimulatedJourney, heed: Heed) -> None:
        heed(one.seed - seed + 1, 0)
        typer.echo(f"seed {one.seed}: {one.end or 'BROKEN'} at {one.at}", err=True)
        if verbose:
            typer.echo("\n".join(one.diary.lines))

    with shown_progress("Customers come", total=journeys or 20) as heed:
        result = asyncio.run(play_all(folder, seed, journeys or 20, partial(done, heed=heed), years=years))
    _tell(result, folder)
    for one in result.broken:
        _report(one, folder, years)
    if result.broken:
        raise typer.Exit(1)


async def _talked(folder: Path, seed: int, each: int, heed: Heed, *, verbose: bool) -> list[StyledTalk]:
    talks: list[StyledTalk] = []
    async for talk in play_styles(folder, seed, each):
        talks.append(talk)
        heed(len(talks), 0)
        how = "right" if talk.right else "ended" if talk.ended else f"not as wanted, at {talk.at}"
        typer.echo(f"{talk.style}, {talk.talk.lang}: {how}, {len(talk.disturbed)} disturbances", err=True)
        typer.echo("\n".join(talk.lines if verbose else talk.disturbed), err=not verbose)
    return talks


def _tell_styles(talks: Sequence[StyledTalk], folder: Path) -> None:
    console = Console(highlight=False)
    table = Table("style", *LANGUAGES, "all", title=f"{folder}: right/ended as wanted/talks, disturbances")
    for style in (*STYLES, "all"):
        own = [talk for talk in talks if style in (talk.style, "all")]
        table.add_row(
            style, *(_counted(talk for talk in own if lang in (talk.talk.lang, "")) for lang in (*LANGUAGES, ""))
        )
    console.print(table)
    kinds = Counter(how.partition(" at ")[0].partition(":")[0] for talk in talks for how in talk.disturbed)
    console.print(" · ".join(f"{kind} {number}" for kind, number in kinds.most_common()), soft_wrap=True)


def _counted(talks: Iterable[StyledTalk]) -> str:
    own = [*talks]
    right, ended = sum(talk.right for talk in own), sum(talk.ended for talk in own)
    return f"{right}/{ended}/{len(own)} {sum(len(talk.disturbed) for talk in own)}"


def _tell(result: Result, folder: Path) -> None:
    counts, console = result.counts, Console(highlight=False)
    ends = Table("end", "at", "customers", title=f"{folder}: {len(result.journeys)} customers")
    for (end, at), number in Counter((one.end or "broken", one.at) for one in result.journeys).most_common():
        ends.add_row(end, at, str(number))
    console.print(ends)
    orders = {name: number for name, number in counts.items() if name.startswith("orders ")}
    told = {name: counts[name] for name in COUNTS} | orders | {"broken": len(result.broken)}
    console.print(" · ".join(f"{name} {number}" for name, number in told.items()), soft_wrap=True)


def _report(one: SimulatedJourney, folder: Path, years: int) -> None:
    """Say on standard error what didn't hold, in which conversation, and how to see it again."""
    lines = [f"\nseed {one.seed}: {one.broken}", *(f"the desk's log: {alarm}" for alarm in one.alarms)]
    lines += one.diary.lines
    older = f" --years {years}" if years else ""
    lines.append(f"Again: okienko simulate --profile {folder} --seed {one.seed} --journeys 1{older}")
    typer.echo("\n".join(lines), err=True)
