"""Journeys as their files tell them: who buys what, what they type at each step, and where they interrupt."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

FOLDER = Path(__file__).parent / "talks"
KNOWN_GAPS = Path(__file__).with_name("known_gaps.toml")


class Interruption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that aren't the step's answer, and what has to come of them.

    `answered`: something that matches is said and the same question is open again (an empty pattern: anything).
    `changed`: these slots have these values, and no other one has changed. `back`: that step is open.
    """

    at: str
    say: str
    answered: str | None = None
    changed: Mapping[str, str] | None = None
    back: str | None = None


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A journey as it is told: the seller, the language, the end it has to come to, the words at each step."""

    profile: str
    locale: str
    ends: list[str]
    steps: dict[str, str | list[str]]
    interruption: list[Interruption]
    page: dict[str, str] = {}

    def wordings(self, step: str) -> list[str]:
        """Return what is typed there, in turn."""
        said = self.steps.get(step, [])
        return [said] if isinstance(said, str) else said


def journeys() -> dict[str, Told]:
    """Return every journey by the name of its file, which holds those of one seller in one language, and its own."""
    return {f"{path.stem}_{name}": told for path in sorted(FOLDER.glob("*.toml")) for name, told in _in(path)}


def _in(path: Path) -> Iterator[tuple[str, Told]]:
    told = _read(path)
    shared = {name: told.pop(name) for name in ("profile", "locale")}
    yield from ((name, msgspec.convert({**shared, **one}, Told)) for name, one in told.items())


def known_gaps() -> dict[str, list[str]]:
    """Return what is known to go wrong, by journey, as `Findings.kinds` names it. The list has to shrink."""
    return {name: list(gaps) for name, gaps in _read(KNOWN_GAPS).items()}


def keep_gaps(gaps: Mapping[str, list[str]]) -> None:
    """Write the list anew."""
    rows = [f"{name} = [\n" + "".join(f"  {_quoted(gap)},\n" for gap in told) + "]\n" for name, told in gaps.items()]
    KNOWN_GAPS.write_text(
        "# What still goes wrong on the typed journeys; it may only shrink.\n\n" + "".join(rows), "utf-8"
    )


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))
