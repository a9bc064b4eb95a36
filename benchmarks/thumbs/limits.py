"""How much there may be to read and to do, held by `make check`: `python -m benchmarks.thumbs.limits [--write]`.

`limits.json` has today's figures, and they may only fall: more than that fails, and so does less, until `--write` has
lowered them (those of journeys by thumb: `--page` of their scripts). One that is meant to rise is taken out by hand, so
that `--write` sets it anew, in a commit that says why. Its parts:

- `screens`: by transcript and language the most words that a message of each kind shows, and those of the straight way.
  A guide's sentences don't count, nor does what the law wants beside the button that orders: what, price, renewal, sum.
- `telegram`: those of the straight way as Telegram shows them (`tests/journeys/test_told.py`).
- `letters`: those of each kind of letter (`tests/bot/usecases/emails/test_every_letter.py`).
- `thumb`: what journeys by thumb take; docs/dev/by-thumb.md is made of it, beside the `baseline` of 0.18.0.
"""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.thumbs.journeys import GOALS, JOURNEYS, QUOTED, TELEGRAM
from benchmarks.thumbs.report import COLUMNS, table
from benchmarks.thumbs.tally import unquoted, words

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).with_suffix(".json")
TRANSCRIPTS = ROOT / "tests" / "journeys" / "transcripts"
TEXTS = ROOT / "tests" / "golden"
PAGE = ROOT / "docs" / "dev" / "by-thumb.md"
TABLE = "<!-- the table, by `python -m benchmarks.thumb --page` -->\n"
SWING = {"requests": 5, "kilobytes": 10}
"""So much more may be loaded: how often the stream is opened anew, and what it brings, hangs on the machine's load."""
LAW = ("bought", "amounts", "auto_renewal", "total")
"""The rows that stand beside the button that orders by Directive 2011/83, article 8(2)."""
NAMES = {journey.name: None for journey in (*JOURNEYS, *TELEGRAM)}

WRITE = "OKIENKO_WRITE_TRANSCRIPTS"
"""Set where tests are to write what they find, in one process: transcripts, limits."""

Rows = dict[str, dict[str, int]]
_LANGUAGE = re.compile(r"^##### (\w+)\n", re.MULTILINE)
_SCENE = re.compile(r"^.+\n=+\n", re.MULTILINE)
_TURN = re.compile(r"^(?=\S)", re.MULTILINE)
_QUOTATIONS = [sentence for sentences in QUOTED.values() for sentence in sentences]


def read() -> dict[str, Rows]:
    """Return the limits."""
    return json.loads(KEPT.read_text("utf-8"))


def above(part: str, found: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return what of these figures is more than its limit, or has none."""
    most = read()[part]
    return [
        f"{part}: {name}: {figure} {value}, at most {limit}"
        for name, figures in found.items()
        for figure, value in figures.items()
        if (limit := most.get(name, {}).get(figure)) is None or value > limit + SWING.get(figure, 0)
    ]


def lower(part: str, found: Rows) -> list[str]:
    """Make these figures the limits, and write the page; return what is too much, and then leave all as it is.

    What had no limit gets one; what isn't among these keeps its own, but transcripts are always found all.
    """
    limits = read()
    before = limits[part]
    if over := [line for line in above(part, found) if not line.endswith("None")]:
        return over
    kept = {
        name: {figure: min(value, before.get(name, {}).get(figure, value)) for figure, value in figures.items()}
        for name, figures in found.items()
    }
    limits[part] = kept if part == "screens" else before | kept
    parts = []
    for title, rows in limits.items():
        lines = (f"  {json.dumps(name)}: {json.dumps(figures)}" for name, figures in sorted(rows.items()))
        parts.append(f" {json.dumps(title)}: {{\n" + ",\n".join(lines) + "\n }")
    KEPT.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")
    PAGE.write_text(page(), "utf-8")
    return []


def unlike(part: str, found: Rows, lowered_by: str) -> list[str]:
    """Return what is too much, else whether anything is less than its limit."""
    is_same = found.items() <= read()[part].items()
    return above(part, found) or ([] if is_same else [f"{part}: fewer than the limits: {lowered_by} lowers them"])


def held(part: str, found: Rows) -> list[str]:
    """Return what of a test's figures isn't its limit; with `WRITE` the limits are lowered to them."""
    return lower(part, found) if os.environ.get(WRITE) else unlike(part, found, f"{WRITE}=1")


def page() -> str:
    """Return the page of the journeys by thumb, with the table of their limits."""
    limits, written = read(), PAGE.read_text("utf-8").partition(TABLE)[0]
    rows = {name: limits["thumb"][name] for name in NAMES if name in limits["thumb"]}
    return f"{written}{TABLE}\n{table(rows, limits['baseline'], GOALS)}\n"


def limited(figures: Mapping[str, Any]) -> dict[str, int]:
    """Return those of a journey's figures that have limits; what a press hid or had to be scrolled for is counted."""
    misses = {name: len(figures[name]) for name in ("hidden", "out_of_view")}
    return {name: figures[name] for name in COLUMNS} | misses


def by_language(path: Path) -> dict[str, str]:
    """Return the transcripts of a file by their languages, each of which begins with a line of its own."""
    parts = _LANGUAGE.split(path.read_text("utf-8"))[1:] if path.exists() else []
    return dict(zip(parts[::2], parts[1::2], strict=True))


def screens() -> Rows:
    """Return the words of all transcripts."""
    found: Rows = {}
    for path in sorted(TRANSCRIPTS.glob("*.txt")):
        for locale, told in by_language(path).items():
            figures = found.setdefault(f"{path.stem} {locale}", {})
            scenes = [list(turns(scene, locale)) for scene in _SCENE.split(told)]
            if (ROOT / "profiles" / path.stem).is_dir():
                figures["straight"] = sum(number for _, number in scenes[1])
            for kind, number in (turn for scene in scenes for turn in scene):
                figures[kind] = max(number, figures.get(kind, 0))
    return {name: dict(sorted(figures.items())) for name, figures in found.items()}


def turns(scene: str, locale: str) -> Iterator[tuple[str, int]]:
    """Yield the kind and the words of each message of the desk in a scene; its buttons end one."""
    asked = ""
    for told in _TURN.split(scene):
        said, _, shown = told.partition("\n")
        for message in () if said.startswith("=") else re.split(r"(?<=\])\n\n", shown):
            if any(lines := [line.strip() for line in message.splitlines()]):
                kind = _kind(said, lines, asked, locale)
                counted = _beside_the_law(lines, locale) if kind == "order" else lines
                yield kind, len(words(unquoted(" ".join(counted), _QUOTATIONS)))
                asked = _question(lines)


def _kind(said: str, lines: list[str], asked: str, locale: str) -> str:
    """Return what a message shows: a card, by its name; the answer to a question; the same question again …"""
    if said.startswith("✉"):
        return "letter"
    if said.startswith("> ") and said.endswith("?"):
        return "answer"
    titles = [line[2:] for before, line in zip(["", *lines], lines, strict=False) if line[:1] == "│" != before[:1]]
    if titles:
        return _titles(locale).get(titles[-1], "offer")
    if any(line.startswith(("☐", "☑")) for line in lines):
        return "consents"
    if _question(lines) == asked:
        return "again"
    return "choice" if any(line.startswith("[") for line in lines) else "question"


def _question(lines: list[str]) -> str:
    """Return the last paragraph of a message, without its links and buttons."""
    said = "\n".join(line for line in lines if not line.startswith(("│", "→", "[")))
    return said.strip().rpartition("\n\n")[2]


def _beside_the_law(lines: list[str], locale: str) -> Iterator[str]:
    """Yield the lines of a message without the rows of `LAW`."""
    lawful = False
    for line in lines:
        lawful = lawful if line.startswith("│  ") else line.startswith(_lawful(locale))
        if not lawful:
            yield line


@cache
def _titles(locale: str) -> dict[str, str]:
    """Return the kinds of cards by their titles."""
    return {title: key.split(".")[1] for key, title in _texts(locale) if re.fullmatch(r"card\.\w+\.title", key)}


@cache
def _lawful(locale: str) -> tuple[str, ...]:
    """Return how the rows of `LAW` begin."""
    return tuple(f"│ {label}:" for key, label in _texts(locale) if key in [f"label.{name}" for name in LAW])


@cache
def _texts(locale: str) -> list[tuple[str, str]]:
    """Return the texts of a language by their keys, in any seller's words."""
    rows = (line.split("\t") for line in (TEXTS / f"texts_{locale}.tsv").read_text("utf-8").splitlines())
    return [(key, wording[1:-1]) for key, _, wording in rows]


def faults(found: Rows) -> list[str]:
    """Return what doesn't hold: of words, and of the page of the journeys by thumb."""
    return [
        *unlike("screens", found, "--write"),
        *(f"thumb: {name}: no such journey, or none with limits" for name in NAMES.keys() ^ read()["thumb"].keys()),
        *([f"{PAGE.name}: not the table of the limits: --write"] if page() != PAGE.read_text("utf-8") else []),
    ]


def main() -> int:
    """Say what doesn't hold; with `--write` lower the limits of words."""
    found = screens()
    said = lower("screens", found) if "--write" in sys.argv else faults(found)
    print(*said or ["words and taps are within their limits"], sep="\n")
    return int(bool(said))


if __name__ == "__main__":
    sys.exit(main())
