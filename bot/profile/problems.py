"""Problems in a profile: each with its file, its line and what to do about it."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from msgspec import Struct


class ProfileProblem(Struct, frozen=True):
    """One mistake. `line` counts from 1; 0 where it concerns the whole file."""

    file: Path
    line: int
    what: str
    remedy: str

    @property
    def place(self) -> str:
        """The file, and the line in it if there is one."""
        return f"{self.file}:{self.line}" if self.line else str(self.file)

    def __str__(self) -> str:
        return f"{self.place}: {self.what}. {self.remedy}"


Tell = Callable[[Sequence[str | int], str, str], ProfileProblem]
"""Makes the problem of a place in a file, with its remedy."""


class WrongProfile(ValueError):
    """An invalid value, with its remedy."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


class ProfileErrors(Exception):
    """All mistakes of a profile at once."""

    def __init__(self, problems: tuple[ProfileProblem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


Place = tuple[str | int, ...]
_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-\"]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\-\"]+)\s*=")


def line_of(source: str, place: Sequence[str | int]) -> int:
    """Return the line (from 1) of the value at `place`, such as `("plan", 0, "net")`.

    Where the value is missing it is the line of the nearest enclosing table or key, or 0 if there is none.
    """
    best, depth, within = 0, 0, 0
    for number, here in _places(source):
        if len(here) > depth and tuple(place[: len(here)]) == here:
            best, depth = number, len(here)
        elif not within and place and here[: len(place)] == tuple(place):
            within = number  # a list of tables, or a table of which only parts have headings
    return best or within


@lru_cache(maxsize=16)
def _places(source: str) -> tuple[tuple[int, Place], ...]:
    """Return the table or key of each line that has one; hundreds of values of one file are looked for."""
    found: list[tuple[int, Place]] = []
    table: Place = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if header := _HEADER.match(line):
            name = header[2].replace('"', "")
            table = tuple(name.split("."))
            if header[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                table = (*table, counts[name])
            found.append((number, table))
        elif key := _KEY.match(line):
            found.append((number, (*table, *key[1].replace('"', "").split("."))))
    return tuple(found)


def line_near(source: str, place: Sequence[str | int]) -> int:
    """Return the same for a value that may be missing: the end of the file instead of 0."""
    return line_of(source, place) or max(1, len(source.splitlines()))
