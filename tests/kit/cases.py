"""Tables of cases that are words rather than code: each room keeps its own in `cases.toml`, read here."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _tables(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "cases.toml").read_text("utf-8"))


def cases(test_file: str, name: str) -> list[Any]:
    """Return the rows called `name` (`subject.rule`) from the `cases.toml` beside a test's file."""
    subject, _, rule = name.partition(".")
    rows: list[Any] = _tables(Path(test_file).parent)[subject][rule]
    assert rows, "a table without rows shows nothing"
    return rows
