"""Mistakes in a profile: each with its file, its line and what to do about it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ProfileProblem:
    """One mistake. `line` counts from 1; 0 where it concerns the whole file."""

    file: Path
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{where}: {self.what}. {self.remedy}"


class WrongProfile(ValueError):
    """A value that can't be taken; with its remedy."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


class ProfileErrors(Exception):
    """All mistakes of a profile at once."""

    def __init__(self, problems: tuple[ProfileProblem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
