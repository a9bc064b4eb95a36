"""The tests as a run with `plugin.py` has seen them: prices, lines of the product that each runs, what each uses."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.mutants.core import PRODUCT as PRODUCT
from tests.mutants.core import ROOT
from tests.mutants.historical import historical
from tests.mutants.trial import Results

FOLDER = ROOT / ".worth"
#: Set while lines are noted; without it prices and uses alone are, as quick as the tests themselves.
LINES = "OKIENKO_TESTS_LINES"
#: A test costs at least this (in processor seconds): its own set-up, the report.
LEAST = 0.004


class Seen(NamedTuple):
    """One test: processor seconds with those of its processes, of its own process, and by the clock; what it opened."""

    test: str
    cpu: float
    own: float
    wall: float
    desks: int
    pages: int
    failed: bool
    nightly: bool
    uses: list[str]


@dataclass
class Known:
    """All that was seen of the tests: prices, and what they hold, as bits of one number each and by names."""

    rows: dict[str, Seen]
    lines: dict[str, int]
    places: list[tuple[str, int]]
    held: dict[str, set[str]] = field(default_factory=dict)

    def price(self, test: str) -> float:
        """Return a test's seconds, and the desks and pages in seconds of theirs beyond."""
        row = self.rows[test]
        return max(row.cpu if row.cpu > 0.05 else row.own, LEAST) + 0.3 * row.desks + 1.0 * row.pages

    def tests_at(self, path: Path, first: int | None, last: int | None) -> Iterator[str]:
        """Yield the tests that run one of these lines of a file, or any of it where none are named."""
        begin = next((bit for name, bit in self.places if name == str(path)), None)
        if begin is None:
            return
        end = min((bit for _, bit in self.places if bit > begin), default=None)
        low = begin if first is None else begin + first
        high = end if last is None else begin + last + 1
        for test, bits in self.lines.items():
            if bits >> low & ((1 << (high - low if high is not None else bits.bit_length())) - 1):
                yield test


def read_known() -> Known:
    """Read what the runs have left: the first that has a test says its price, all say what it uses."""
    prices = [*sorted(FOLDER.glob("prices/*.jsonl")), *sorted(FOLDER.glob("seen.*.jsonl"))]
    rows: dict[str, Seen] = {}
    uses: dict[str, set[str]] = defaultdict(set)
    for path in prices:
        for line in path.read_text().splitlines():
            row = Seen(*json.loads(line))
            rows.setdefault(row.test, row)
            uses[row.test] |= set(row.uses)
    bits, places = _lines(FOLDER / "lines")
    by_name: dict[str, list[str]] = defaultdict(list)
    for test in rows:
        by_name[test.partition("[")[0]].append(test)
    held = {test: {f"rule {test.partition('[')[0]}", *uses[test]} for test in rows}
    for fault in historical():
        for named in fault.tests:
            for test in [named] if named in rows else by_name.get(named, ()):
                held[test].add(f"fault {fault.name}")
    for result in Results().all.values():
        if result.by in rows:
            held[result.by].add(f"mistake {result.id}")
    return Known(rows, bits, places, held)


def _lines(path: Path) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """Return the lines that each test runs, as bits, and each file's first bit."""
    bits: dict[str, int] = defaultdict(int)
    places, first = list[tuple[str, int]](), 0
    with sqlite3.connect(path) as data:
        contexts = dict(data.execute("SELECT id, context FROM context"))
        for file, name in data.execute("SELECT id, path FROM file ORDER BY path").fetchall():
            length = 0
            rows = data.execute("SELECT context_id, numbits FROM line_bits WHERE file_id = ?", (file,))
            for context, numbits in rows.fetchall():
                if contexts[context]:
                    bits[contexts[context]] |= int.from_bytes(numbits, "little") << first
                    length = max(length, 8 * len(numbits))
            places.append((name, first))
            first += length
    return bits, places
