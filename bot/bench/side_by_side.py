"""The desk over Telegram's webhook beside the floor of the same writes: processes of their own, in turn."""

import json
import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from time import process_time
from typing import Any

import httpx
from msgspec.structs import replace

from bot.app.own_process import OwnProcess, own_desk, own_process
from bot.bench import floor
from bot.bench.turns import BenchFailed, BenchRow

DESK, FLOOR = "desk", "floor"
_SETTINGS = {
    "OKIENKO_TELEGRAM_TOKEN": "1:" + "A" * 35,
    "OKIENKO_TELEGRAM_MODE": "webhook",
    "OKIENKO_RATE_LIMITS": "off",
}

Started = AbstractContextManager[OwnProcess]


def measure_telegram(
    profile: Path, script: Path, customers: int, clients: Sequence[int], rounds: int, tell: Callable[[str], None]
) -> list[BenchRow]:
    """Return a row for each program and number of clients, the middle one of its calm rounds.

    Where no round was calm, the row is busy. `tell` is given a line a measurement. Raises BenchFailed, NotStarted.
    """
    measured: dict[tuple[int, str], list[BenchRow]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="okienko-") as folder:
        replies = Path(folder) / "replies.json"
        starts: dict[str, Callable[[str], Started]] = {
            DESK: lambda api: own_desk(profile, _SETTINGS | {"OKIENKO_TELEGRAM_BASE_URL": f"{api}/bot"}),
            FLOOR: lambda api: own_process(floor.__name__, api, str(replies)),
        }
        for number in range(rounds):
            # The desk goes first in the first round, since the floor says what it said.
            names = list(starts) if number % 2 == 0 else list(starts)[::-1]
            for at_once in sorted({min(each, customers) for each in clients}):
                for name in names:
                    row, said = _measured(name, starts[name], script.absolute(), customers, at_once)
                    if name == DESK:
                        replies.write_text(json.dumps(said), encoding="utf-8")
                    measured[at_once, name].append(row)
                    busy = f" (busy: other processes took {row.other_cores:.1f} of a core)" if row.is_busy else ""
                    tell(f"round {number + 1}: {name}, {at_once} at once: {row.per_second:.0f} turns/s{busy}")
    return [_middle(rows) for _, rows in sorted(measured.items())]


def _middle(rows: list[BenchRow]) -> BenchRow:
    calm = [row for row in rows if not row.is_busy] or rows
    return sorted(calm, key=lambda row: row.per_second)[(len(calm) - 1) // 2]


def _measured(
    name: str, start: Callable[[str], Started], script: Path, customers: int, clients: int
) -> tuple[BenchRow, list[str]]:
    """Start a program and measure it; return also its messages to the first customer."""
    with own_process("bot.bench.crowd", str(script)) as crowd, start(crowd.url) as program:
        # One customer before the clock starts: what is loaded for the first one belongs to the start.
        said = _played(name, crowd, 1, 1)["replies"]
        before = _cpu_s(program.pid, crowd.pid)
        done = _played(name, crowd, customers, clients)
        after = _cpu_s(program.pid, crowd.pid)
        rss_mib = _peak_mib(program.pid)
    cpu_s = other_cores = None
    if before is not None and after is not None:
        machine, ours, cpu_s = (end - begin for begin, end in zip(before, after, strict=True))
        other_cores = (machine - ours) / done["seconds"]
    row = BenchRow.of(name, clients, done["took_ms"], done["seconds"], cpu_s)
    return replace(row, rss_mib=rss_mib, other_cores=other_cores), said


def _played(name: str, crowd: OwnProcess, customers: int, clients: int) -> dict[str, Any]:
    asked = {"customers": customers, "clients": clients}
    try:
        done = httpx.post(f"{crowd.url}/run", json=asked, timeout=None, trust_env=False).json()
    except httpx.HTTPError as error:
        raise BenchFailed(f"the customers' process ended ({type(error).__name__})") from None
    if "failed" in done:
        raise BenchFailed(f"{name}: {done['failed']}")
    return done


def _cpu_s(program: int, crowd: int) -> tuple[float, float, float] | None:
    """Return the seconds of CPU of the machine, of our three processes, and of the program; None but on Linux."""
    try:
        user, nice, system, _idle, _wait, *interrupts = _ticks(Path("/proc/stat").read_text("ascii").split()[1:8])
        of_program, of_crowd = (
            sum(_ticks(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
            for pid in (program, crowd)
        )
    except OSError:
        return None
    machine = user + nice + system + sum(interrupts)
    return machine, of_program + of_crowd + process_time(), of_program


def _ticks(fields: Sequence[str]) -> Iterator[float]:
    """Return clock ticks of the system as seconds."""
    return (int(field) / os.sysconf("SC_CLK_TCK") for field in fields)


def _peak_mib(pid: int) -> float | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    peak = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(peak[1]) / 1024 if peak else None
