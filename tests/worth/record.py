"""Reads and writes `record.toml`: which tests are left to the night, what each costs and what it alone holds."""

import os
import tomllib
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

RECORD = Path(__file__).with_name("record.toml")
#: Set while `python -m tests.worth see` runs: all that could be daily is, but for tests that take longer than this
#: (seconds of a processor), or whose price nobody knows.
ALL, LONGEST_S = "OKIENKO_TESTS_ALL", 20.0
HEAD = """\
# The tests left to the night: seconds of a processor, and what each holds that no daily test does. Written by
# `python -m tests.worth choose`. A test function stands for all of its cases.
"""


class LeftTest(NamedTuple):
    """One row: processor seconds (None: never measured), and what no daily test holds."""

    cpu: float | None
    alone: str


@cache
def left_tests() -> Mapping[str, LeftTest]:
    """Return the rows by node id: of a case, or of a test function with all its cases."""
    files = tomllib.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    return {f"{file}::{test}": _row(text) for file, tests in files.items() for test, text in tests.items()}


def is_left_to_the_night(test: str) -> bool:
    """Tell whether the record leaves this case to the night; a new one isn't in it."""
    row = left_tests().get(test) or left_tests().get(test.partition("[")[0])
    return row is not None and not (os.environ.get(ALL) and row.cpu is not None and row.cpu <= LONGEST_S)


def write_record(path: Path, night: Mapping[str, LeftTest], daily: Collection[str]) -> None:
    """Write the tests of the night; a function without a daily case takes one line."""
    kept = {test.partition("[")[0] for test in daily}
    rows: dict[str, LeftTest] = {}
    for test in sorted(night):
        name = test if test.partition("[")[0] in kept else test.partition("[")[0]
        before, now = rows.get(name, LeftTest(None, "")), night[test]
        cpu = now.cpu if before.cpu is None else before.cpu + (now.cpu or 0)
        rows[name] = LeftTest(cpu, max(before.alone, now.alone, key=len))
    files: dict[str, list[str]] = defaultdict(list)
    for test, row in rows.items():
        file, _, name = test.partition("::")
        files[file].append(f"{_quoted(name)} = {_quoted(_told(row))}")
    path.write_text(HEAD + "".join(f'\n["{file}"]\n' + "\n".join(of) + "\n" for file, of in files.items()), "utf-8")


def _told(row: LeftTest) -> str:
    return "; ".join(filter(None, ("" if row.cpu is None else f"{row.cpu:.1f} s", row.alone)))


def _row(text: str) -> LeftTest:
    first, _, alone = text.partition("; ")
    return LeftTest(float(first.removesuffix(" s")), alone) if first.endswith(" s") else LeftTest(None, text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
