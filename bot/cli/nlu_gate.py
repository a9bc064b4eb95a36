"""`okienko nlu gate`: what customers' messages come to, counted, beside the committed baseline."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from bot.app import logs
from bot.simulation.outcomes.figures import Figure
from bot.simulation.outcomes.gate import Tried, accept, baseline, fallen, find_committed_sets, try_all
from bot.simulation.outcomes.wanted import read_set


def run(file: Path | None, *, take: bool) -> Iterator[str]:
    """Yield the lines of the report; the last one is empty where a figure has fallen below its baseline.

    Errors: BadSet, OSError.
    """
    logs.configure("critical")
    found: list[Tried] = []
    for path in (file,) if file is not None else tuple(find_committed_sets()):
        for one in asyncio.run(try_all(path.stem, read_set(path))):
            found.append(one)
            yield from _told(one)
    if take:
        accept(found)
        return
    known = baseline()
    worse = [(one, figure, was) for one in found for figure, was in fallen(one, known)]
    for one, figure, was in worse:
        yield f"{one.key}: {figure.name} {figure.share:.1%}, it was {was:.1%}"
    if worse:
        yield ""


def _told(one: Tried) -> Iterator[str]:
    yield f"{one.name}, {one.lang}: {len(one.judged)} messages, {len(one.talks)} talks"
    yield from map(_line, one.figures)


def _line(figure: Figure) -> str:
    bound = "" if figure.least else f"  95 % bound {figure.bound:.1%}"
    return f"  {figure.name:34}{figure.count:5} of {figure.of:<5}{figure.share:7.1%}{bound}"
