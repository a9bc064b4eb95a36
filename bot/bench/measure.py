"""Measurements of a desk: the decision alone, the turn in the process, the turn over REST."""

import asyncio
import resource
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx

from bot.app.installation import Installation
from bot.app.serve import running
from bot.app.settings import OwnSettings
from bot.bench import floor
from bot.bench.turns import BenchFailed, BenchRow, turns
from bot.conversation.inbound import Inbound, Text
from services.store.database import parse_url
from values.channel import Channel

FLOOR = "floor: bare sqlite3, one transaction a turn"
POSTGRES_FLOOR = "floor: bare psycopg, one transaction a turn"
Say = Callable[[str, str, str], Awaitable[object]]  # sender, key, words


async def measure(
    profile: Path, customers: int, clients: tuple[int, ...], rounds: int, server: str | None = None
) -> list[BenchRow]:
    """Return all rows, the best of `rounds` each, everything interleaved so that a busy moment hits all alike.

    `server`: PostgreSQL's address, on which a database is made for the time of the measurement. Raises
    BenchFailed, and ExtraMissing without its driver.
    """
    best: dict[tuple[str, int], BenchRow] = {}
    with tempfile.TemporaryDirectory() as folder, _database(server) as database:
        settings: dict[str, Any] = {"profile": profile, "data_dir": Path(folder) / "desk", "port": 0}
        settings |= {"database_url": database} if database is not None else {}
        async with running(OwnSettings(**settings, rate_limits="off", telegram_mode="off")) as desk:
            names = count()
            for n in range(rounds):
                rows = [_floor(Path(folder), n, customers, database)]
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


def _database(server: str | None) -> AbstractContextManager[str | None]:
    if server is None:
        return nullcontext()
    try:
        on_sqlite = parse_url(server).drivername == "sqlite"
    except ValueError as wrong:
        raise BenchFailed(str(wrong)) from None
    if on_sqlite:
        raise BenchFailed("a PostgreSQL server's address looks like postgresql://…")
    return _postgres().database(server)


def _postgres() -> Any:
    """Return the floor on PostgreSQL, by name: its driver is an extra."""
    return import_module("bot.bench.postgres_floor")


def _floor(folder: Path, n: int, customers: int, database: str | None) -> BenchRow:
    place = folder / f"floor-{n}"
    place.mkdir()
    started, cpu = perf_counter(), _cpu()
    if database is None:
        done = floor.write_turns(place, customers, len(turns(0)))
    else:
        done = _postgres().write_turns(database, customers, len(turns(0)))
    seconds = perf_counter() - started
    each = seconds / done * 1000
    return BenchRow.of(POSTGRES_FLOOR if database else FLOOR, 1, [each] * done, seconds, _cpu() - cpu)


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
