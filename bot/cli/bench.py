"""`okienko bench`: what a turn costs here, as ratios to a floor measured in the same run."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.app import logs
from bot.app.settings import Settings
from bot.bench.measure import BenchRow, measure


def bench(
    profile: Annotated[Path | None, typer.Option(help="The seller's folder.")] = None,
    customers: Annotated[int, typer.Option(help="Customers a round; each says twelve things.")] = 100,
    rounds: Annotated[int, typer.Option(help="Rounds; the best of each row is shown.")] = 3,
) -> None:
    """Measure turns a second on this machine, with the sandbox's desk in this process."""
    logs.configure("error")
    rows = asyncio.run(measure(profile or Settings().profile, customers, (1, 16), rounds))
    Console().print(_table(rows))


def _table(rows: list[BenchRow]) -> Table:
    base = next(row for row in rows if row.name.startswith("floor"))
    table = Table("what", "clients", "turns/s", "p50 ms", "p95 ms", "CPU ms", "× floor", title="Okienko on SQLite")
    for row in rows:
        ratio = f"{row.per_second / base.per_second:.3f}"
        numbers = (f"{row.per_second:.0f}", f"{row.p50:.2f}", f"{row.p95:.2f}", f"{row.cpu_ms:.2f}")
        table.add_row(row.name, str(row.clients), *numbers, ratio)
    return table
