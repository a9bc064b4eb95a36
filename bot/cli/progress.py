"""Progress of a long command, on standard error: a bar on a terminal, else a line every so often."""

import json
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from dialogs.explorer.explore import Heed

LINE_EVERY_S = 15.0
REACH = 8
"""Places behind each one that waits, as the shipped sellers' walks have them: the measure of a first walk."""
Telling = Callable[[int, int], None]
"""Takes how many are done, and of how many in all; 0 where that isn't known."""


@contextmanager
def shown_progress(
    what: str, of: str = "", total: int = 0, console: Console | None = None, now: Callable[[], float] = monotonic
) -> Generator[Heed]:
    """Show how far `what` is, of `total`, or of what it came to the last time for `of`, and the time left.

    A walk finds its places as it goes, so the first one's end is estimated by the places that wait. The share never
    falls. Off a terminal a machine reads (`CI` is set): nothing is said.
    """
    console = console or Console(stderr=True)
    awaited, done, share = total or _numbers().get(of, 0), 0, 0.0

    def heed(number: int, waiting: int) -> None:
        nonlocal done, share
        done = number
        end = max(awaited, number) if awaited else number + REACH * waiting
        share = max(share, number / end if end else 0.0)
        tell(number, round(number / share) if share else end)

    with _bar(what, console) if console.is_terminal else _lines(what, console, now) as tell:
        yield heed
    if of and done and not total:
        _keep(of, done)


@contextmanager
def _bar(what: str, console: Console) -> Generator[Telling]:
    columns = (BarColumn(), TaskProgressColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    printed = sys.stdout.isatty()  # what is printed meanwhile stands above the bar, unless it goes to a file
    with Progress(
        TextColumn("{task.description}"), *columns, console=console, transient=True, redirect_stdout=printed
    ) as shown:
        task = shown.add_task(what, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total or None)


@contextmanager
def _lines(what: str, console: Console, now: Callable[[], float]) -> Generator[Telling]:
    begun = told = now()

    def tell(done: int, total: int) -> None:
        nonlocal told
        if "CI" in os.environ or (at := now()) - told < LINE_EVERY_S:
            return
        told = at
        left = f" of about {total}, {(at - begun) * (total - done) / done:.0f} s left" if total and done else ""
        console.print(f"{what}: {done}{left}", highlight=False, soft_wrap=True)

    yield tell


def _file() -> Path:
    """Return where the last numbers are kept: a cache, which may be away or spoilt at any time."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "okienko" / "walks.json"


def _numbers() -> dict[str, int]:
    try:
        kept = json.loads(_file().read_text("utf-8"))
    except (OSError, ValueError, RuntimeError):
        return {}
    return {name: number for name, number in kept.items() if isinstance(number, int)} if isinstance(kept, dict) else {}


def _keep(of: str, number: int) -> None:
    try:
        _file().parent.mkdir(parents=True, exist_ok=True)
        _file().write_text(json.dumps({**_numbers(), of: number}), "utf-8")
    except (OSError, RuntimeError):
        return  # then the next one shows no share
