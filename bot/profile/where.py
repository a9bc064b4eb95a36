"""Finds the line of a TOML value by its place in the data: what the standard parser doesn't tell."""

import re
from collections.abc import Sequence

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-\"]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\-\"]+)\s*=")


def line_of(source: str, place: Sequence[str | int]) -> int:
    """The line (from 1) of the value at `place`, such as `("plan", 0, "net")`; of the nearest thing around it that
    stands in the file; 0 if nothing of it does."""
    best, depth = 0, 0
    table: tuple[str | int, ...] = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if header := _HEADER.match(line):
            name = header[2].replace('"', "")
            table = tuple(name.split("."))
            if header[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                table = (*table, counts[name])
            here = table
        elif key := _KEY.match(line):
            here = (*table, *key[1].replace('"', "").split("."))
        else:
            continue
        if len(here) > depth and tuple(place[: len(here)]) == here:
            best, depth = number, len(here)
    return best


def where(source: str, place: Sequence[str | int]) -> int:
    """The same for what may be missing: the end of the file where nothing around it stands there."""
    return line_of(source, place) or max(1, len(source.splitlines()))
