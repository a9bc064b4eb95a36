"""`okienko bench --telegram`: a desk and its floor behind a Bot API of the command's own, as real processes."""

import asyncio
import io
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import psutil
from msgspec.structs import replace
from rich.console import Console

from bot.bench.side_by_side import DESK, FLOOR
from bot.bench.turns import SCRIPT, BenchRow
from bot.cli.bench import _table

ROOT = Path(__file__).parents[3]
GRACE_S = 30.0
"""Longer than the command takes to end what it has started."""


@asynccontextmanager
async def bench(folder: Path, *arguments: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """The command on two customers; it leaves no file in its folder and no process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "bench", "--telegram", "--rounds", "1", "--clients", "2", *arguments),
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # What a shell starts in the background ignores interrupts, and so does all that it starts.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield process
        assert process.returncode is not None
        assert files(folder, "*") == []
        assert started(folder) == []
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def started(folder: Path) -> list[str]:
    """The commands of processes that work in a folder of this one."""
    running = [process.info for process in psutil.process_iter(["cwd", "cmdline"])]
    return [" ".join(one["cmdline"] or ()) for one in running if (one["cwd"] or "").startswith(f"{folder}/")]


def files(folder: Path, pattern: str) -> list[Path]:
    """The files below the folder."""
    return list(folder.rglob(pattern))


async def test_a_desk_and_its_floor_are_measured(tmp_path: Path) -> None:
    async with bench(tmp_path, "--customers", "2") as process:
        shown, told = (output.decode() for output in await process.communicate())
        assert process.returncode == 0, told
    rows = [line.split() for line in shown.splitlines() if line.split()[:1] in ([DESK], [FLOOR])]
    assert [row[:2] for row in rows] == [[DESK, "2"], [FLOOR, "2"]]
    assert all(len(row) == 9 for row in rows), shown


async def test_a_wrong_reply_is_told_and_ends_it(tmp_path: Path) -> None:
    wrong, folder = tmp_path / "script.json", tmp_path / "folder"
    wrong.write_text(SCRIPT.read_text("utf-8").replace("Ustaw teraz hasło", "Buona sera"), "utf-8")
    folder.mkdir()
    async with bench(folder, "--customers", "2", "--script", str(wrong)) as process:
        told = (await process.communicate())[1].decode()
        assert process.returncode == 1
    assert "okienko: desk: customer 1, turn 4 (" in told
    assert "expected 'Buona sera', got 'Ustaw teraz hasło" in told


async def test_an_interrupt_ends_what_was_started(tmp_path: Path) -> None:
    async with bench(tmp_path, "--customers", "100000") as process:
        async with asyncio.timeout(120):
            while not files(tmp_path, "okienko.sqlite"):  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.05)
        assert len(started(tmp_path)) == 2
        ended = asyncio.ensure_future(process.communicate())
        # Python drops an interrupt that finds it in a finaliser; whoever pressed the keys presses them again.
        while not ended.done() and process.returncode is None:
            process.send_signal(signal.SIGINT)
            await asyncio.wait([ended], timeout=GRACE_S)
        await ended
        assert process.returncode != 0


def test_no_ratio_is_claimed_of_a_busy_round() -> None:
    floor, desk = (replace(BenchRow.of(name, 1, [1.0], 0.001, None), other_cores=0.1) for name in (FLOOR, DESK))
    for row, ratio in ((desk, "1.000"), (replace(desk, other_cores=0.5), "busy")):
        console = Console(width=100, file=io.StringIO(), record=True)
        console.print(_table("", [row, floor]))
        shown = next(line.split() for line in console.export_text().splitlines() if line.split()[:1] == [DESK])
        assert shown[-1] == ratio
