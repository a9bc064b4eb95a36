"""`okienko bench`: what a turn costs here, as ratios to a floor measured in the same run."""

import asyncio
import resource
import signal
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import httpx
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.app import logs
from bot.app.installation import Installation
from bot.app.own_process import NotStarted
from bot.app.serve import run_desk
from bot.app.settings import OwnSettings, Settings
from bot.bench import floor
from bot.bench.side_by_side import measure_telegram
from bot.bench.turns import BUSY_CORES, SCRIPT, BenchFailed, BenchRow, turns
from bot.cli import refuse
from bot.conversation.inbound import Inbound, Text
from bot.profile import ProfileErrors
from values.channel import Channel


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
    folder = profile or Settings().profile
    if not telegram:
        logs.configure("error")
        try:
            rows = asyncio.run(measure(folder, customers or 100, tuple(clients or (1, 16)), rounds))
        except (ProfileErrors, BenchFailed) as refused:
            refuse(refused)
        Console().print(_table("Okienko on SQLite", rows))
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


FLOOR = "floor: bare sqlite3, one transaction a turn"
Say = Callable[[str, str, str], Awaitable[object]]  # sender, key, words


async def measure(profile: Path, customers: int, clients: tuple[int, ...], rounds: int) -> list[BenchRow]:
    """Return all rows, the best of `rounds` each, everything interleaved so that a busy moment hits all alike.

    Raises BenchFailed.
    """
    best: dict[tuple[str, int], BenchRow] = {}
    with tempfile.TemporaryDirectory() as folder:
        settings: dict[str, Any] = {"profile": profile, "data_dir": Path(folder) / "desk", "port": 0}
        async with run_desk(OwnSettings(**settings, rate_limits="off", telegram_mode="off")) as desk:
            names = count()
            for n in range(rounds):
                rows = [_floor(Path(folder), n, customers)]
                for at_once in clients:
                    rows += [
                        await _process(desk, names, customers, at_once),
                        await _rest(desk, names, customers, at_once),
                    ]
                for row in rows:
                    key = (row.name, row.clients)
                    if key not in best or row.per_second > best[key].per_second:
                        best[key] = row
    return list(best.values())


def _floor(folder: Path, n: int, customers: int) -> BenchRow:
    place = folder / f"floor-{n}"
    place.mkdir()
    started, cpu = perf_counter(), _cpu()
    done = floor.write_turns(place, customers, len(turns(0)))
    seconds = perf_counter() - started
    return BenchRow.of(FLOOR, 1, [seconds / done * 1000] * done, seconds, _cpu() - cpu)


async def _process(desk: Installation, names: "count[int]", customers: int, at_once: int) -> BenchRow:
    async def say(sender: str, key: str, words: str) -> object:
        return await desk.desk.receive(Inbound(Channel.REST, sender, f"{sender}:{key}", Text(words)))

    return await _crowd("a turn in the process", say, names, customers, at_once)


async def _rest(desk: Installation, names: "count[int]", customers: int, at_once: int) -> BenchRow:
    limits = httpx.Limits(max_connections=at_once)
    async with httpx.AsyncClient(base_url=desk.base_url, trust_env=False, limits=limits, timeout=60) as http:

        async def say(sender: str, key: str, words: str) -> object:
            body = {"sender": sender, "message": words, "metadata": {"message_id": key}}
            return (await http.post("/webhooks/rest/webhook", json=body)).raise_for_status()

        return await _crowd("a turn over REST, client included", say, names, customers, at_once)


async def _crowd(name: str, say: Say, names: "count[int]", customers: int, at_once: int) -> BenchRow:
    took: list[float] = []
    waiting = [next(names) for _ in range(customers)]

    async def customer_after_customer() -> None:
        while waiting:
            n = waiting.pop()
            for i, words in enumerate(turns(n)):
                began = perf_counter()
                await say(f"bench-customer-{n:08d}", str(i), words)
                took.append((perf_counter() - began) * 1000)

    started, cpu = perf_counter(), _cpu()
    await asyncio.gather(*(customer_after_customer() for _ in range(at_once)))
    seconds = perf_counter() - started
    return BenchRow.of(name, at_once, took, seconds, _cpu() - cpu)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
