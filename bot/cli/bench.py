"""`okienko bench`: what a turn costs here, as ratios to a floor measured in the same run."""

import asyncio
import signal
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.app import logs
from bot.app.own_process import NotStarted
from bot.app.settings import Settings
from bot.bench.measure import measure
from bot.bench.side_by_side import measure_telegram
from bot.bench.turns import BUSY_CORES, SCRIPT, BenchFailed, BenchRow
from bot.cli import refuse
from bot.profile import ProfileErrors
from services.store.errors import ExtraMissing


def bench(
    profile: Annotated[Path | None, typer.Option(help="The seller's folder.")] = None,
    customers: Annotated[
        int | None, typer.Option(min=1, help="Customers a round; default: 100, with --telegram 300.")
    ] = None,
    clients: Annotated[
        list[int] | None, typer.Option(min=1, help="Customers at once, once or more; default: 1 and 16, or 1 and 64.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the best of each row is shown, or the middle one.")] = 3,
    telegram: Annotated[bool, typer.Option("--telegram", help="Over Telegram's webhook, as `okienko run`.")] = False,
    postgres: Annotated[
        str | None,
        typer.Option(help="A PostgreSQL server to measure on: a database is made there, and dropped at the end."),
    ] = None,
    script: Annotated[
        Path,
        typer.Option(
            help="What customers say, with --telegram.", exists=True, show_default="the twelve turns of a sign-up"
        ),
    ] = SCRIPT,
) -> None:
    """Measure turns a second on this machine: a desk with the sandbox beside a floor of the same writes.

    The desk is in this process and asked over REST, or (--telegram) a process of its own behind Telegram's webhook.
    """
    if telegram and postgres is not None:
        raise typer.BadParameter("--telegram measures on SQLite: leave one of the two away", param_hint="--postgres")
    folder = profile or Settings().profile
    if not telegram:
        logs.configure("error")
        try:
            rows = asyncio.run(measure(folder, customers or 100, tuple(clients or (1, 16)), rounds, postgres))
        except (ProfileErrors, BenchFailed, ExtraMissing) as refused:
            refuse(refused)
        Console().print(_table("Okienko on PostgreSQL" if postgres else "Okienko on SQLite", rows))
        return
    # As Ctrl-C: what was started is ended.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    tell = partial(typer.echo, err=True)
    try:
        rows = measure_telegram(folder, script, customers or 300, clients or (1, 64), rounds, tell)
    except (BenchFailed, NotStarted) as failed:
        refuse(failed)
    Console().print(_table("Okienko on SQLite, over Telegram's webhook", rows))
    if any(row.is_busy for row in rows):
        tell(f"busy: in each round other processes took more than {BUSY_CORES} of a core: no ratio.")
    if any(row.other_cores is None for row in rows):
        tell("CPU and memory are known on Linux only, and whether other processes were at work.")


def _table(title: str, rows: list[BenchRow]) -> Table:
    floors = {row.clients: row for row in reversed(rows) if row.name.startswith("floor")}
    table = Table("program", title=title, title_justify="left", box=SIMPLE_HEAD, padding=0)
    for heading in ("clients", "turns/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "RSS MiB", "× floor"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        floor = floors.get(row.clients) or next(iter(floors.values()))
        ratio = "busy" if row.is_busy or floor.is_busy else f"{row.per_second / floor.per_second:.3f}"
        times = (f"{ms:.2f}" for ms in (row.p50, row.p95, row.p99))
        used = (
            "–" if figure is None else f"{figure:.{digits}f}" for figure, digits in ((row.cpu_ms, 2), (row.rss_mib, 0))
        )
        table.add_row(row.name, str(row.clients), f"{row.per_second:.0f}", *times, *used, ratio)
    return table
