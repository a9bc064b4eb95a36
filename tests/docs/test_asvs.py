"""docs/dev/asvs.toml judges each requirement of ASVS 5.0, levels 1 and 2; docs/dev/asvs.md counts what it says."""

import ast
import re
import tomllib
from collections import Counter
from functools import cache
from typing import Any

from tests.architecture.rooms import ROOT

SECTIONS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4
5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3
8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1
12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3
16.5:3 17.1:1 17.2:4 17.3:2
""".split()
"""Sections of the standard, and how many of each are of level 1 or 2: they are numbered from 1 without a gap."""
NUMBERS = [f"{of}.{n}" for of, _, most in (one.partition(":") for one in SECTIONS) for n in range(1, int(most) + 1)]
ROWS: dict[str, dict[str, Any]] = tomllib.loads((ROOT / "docs/dev/asvs.toml").read_text("utf-8"))
PAGE = (ROOT / "docs/dev/asvs.md").read_text("utf-8")
VERDICTS = ("tests", "review", "not_met", "none")


@cache
def named_in(path: str) -> frozenset[str]:
    file = ROOT / path
    tree = ast.parse(file.read_text("utf-8")) if file.is_file() else ast.Module([], [])
    named = (one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(name for name in named if name.startswith("test_"))


def test_each_requirement_has_one_row_in_the_standards_order() -> None:
    assert len(NUMBERS) == 253, "70 of level 1, 183 of level 2"
    assert [*ROWS] == NUMBERS  # TOML itself refuses a number that stands twice


def test_each_row_has_one_verdict_and_says_why() -> None:
    verdicts = {number: [*row] for number, row in ROWS.items()}
    assert {number: found for number, found in verdicts.items() if len(found) != 1 or found[0] not in VERDICTS} == {}
    assert [number for number, row in ROWS.items() if not all(map(len, row.values()))] == []


def test_every_test_that_is_named_exists() -> None:
    named = {test for row in ROWS.values() for test in row.get("tests", ())}
    assert [one for one in sorted(named) if one.partition("::")[2] not in named_in(one.partition("::")[0])] == []


def test_every_page_that_a_review_names_exists() -> None:
    found = [name for row in ROWS.values() for name in re.findall(r"docs/[\w/.-]+\.md", row.get("review", ""))]
    assert found
    assert [name for name in found if not (ROOT / name).is_file()] == []


def test_the_page_counts_what_the_file_says_and_names_all_that_isnt_met() -> None:
    counts = Counter(verdict for row in ROWS.values() for verdict in row)
    shown = {name: int(n) for name, n in re.findall(r"^\| `(\w+)` \| (\d+) \|", PAGE, re.MULTILINE)}
    assert shown == {verdict: counts[verdict] for verdict in VERDICTS}
    unmet = [number for number, row in ROWS.items() if "not_met" in row]
    table = PAGE[PAGE.index("## What isn't met") :]
    assert sorted(re.findall(r"\b\d+\.\d+\.\d+\b", table)) == sorted(unmet)
