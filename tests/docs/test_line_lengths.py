"""Prose of the documentation is read side by side and in changes: its lines have at most 120 characters.

Tables, code and pages that a command writes are left out, and lines that can't be broken.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rooms import ROOT
from tests.table import table

MOST = 120
PAGES = [
    page
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
    if not page.read_text("utf-8").startswith("<!--")
]
FENCED = re.compile(r"^ *(?:```|~~~)")
UNBROKEN = re.compile(r"`[^`]*`|!\[[^\]]*\]")
MARKER = re.compile(r"^\s*(?:(?:[-*+]|\d+\.)\s+)?")


def too_long(text: str) -> Iterator[str]:
    """Yield lines of prose that are longer than they may be, with their numbers."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if FENCED.match(line):
            fenced = not fenced
            continue
        exempt = fenced or line.lstrip().startswith(("|", "#"))
        breakable = " " in UNBROKEN.sub("_", MARKER.sub("", line)).strip()
        if len(line) > MOST and breakable and not exempt:
            yield f"{number}: {line[:60]}…"


def test_a_long_line_is_found_unless_it_is_code_or_a_table() -> None:
    words = "word " * 30
    assert list(too_long(f"# Title\n\n{words}\n")) == [f"3: {words[:60]}…"]
    assert list(too_long(f"```\n{words}\n```\n| {words} |\n")) == []


@table("page", PAGES)
def test_lines_of_prose_are_short(page: Path) -> None:
    assert list(too_long(page.read_text("utf-8"))) == []
