"""Which tests run by day, chosen by their worth: `python -m tests.worth see | choose | show`.

`see` runs all that could be daily twice, once for prices and once for lines; `choose` writes `record.toml`, by which
`make test` leaves tests to the night. Renewed at releases. Why and how: docs/decisions/tests.md.
"""

import argparse
import os
import subprocess
import sys
from collections import defaultdict

from coverage import CoverageData

from tests.worth.choose import Budget, chosen
from tests.worth.record import ALL, RECORD, LeftTest, left_tests, write_record
from tests.worth.seen import FOLDER, LINES, ROOT, Known, read_known

#: What `make test` may take, less what its processes take to begin (five of them collect all tests), and some for new
#: tests.
BUDGET = Budget(cpu=600.0, desks=240, pages=58)


def main() -> None:
    """Do what is asked for."""
    asked = argparse.ArgumentParser(prog="python -m tests.worth", description=__doc__)
    asked.add_argument("what", choices=("see", "choose", "show"))
    asked.add_argument("--workers", default=str(2 * (os.cpu_count() or 2)))
    given = asked.parse_args()
    if given.what == "see":
        see(given.workers)
        return
    all_ = without_gone_tests(read_known())
    days = chosen(all_, BUDGET)
    if given.what == "choose":
        write_record(RECORD, held_by_night(all_, days), days)
    print("\n".join(told(all_, days)))


def without_gone_tests(all_: Known) -> Known:
    """Return what was seen of the tests whose functions are still there."""
    texts = {
        file: (ROOT / file).read_text("utf-8")
        for file in {test.partition("::")[0] for test in all_.rows}
        if (ROOT / file).exists()
    }
    gone = [
        t
        for t in all_.rows
        if f"def {t.partition('[')[0].rpartition('::')[2]}(" not in texts.get(t.partition("::")[0], "")
    ]
    for test in gone:
        del all_.rows[test], all_.held[test]
        all_.lines.pop(test, None)
    return all_


def see(workers: str) -> None:
    """Run the candidates for their prices, then those without a browser once more for their lines."""
    FOLDER.mkdir(exist_ok=True)
    order = [sys.executable, "-m", "pytest", "-q", "-p", "tests.worth.plugin", "-n", workers, "--dist", "worksteal"]
    seen = os.environ | {ALL: "1"}
    subprocess.run([*order, "-m", "not nightly"], cwd=ROOT, env=seen, check=False)
    (FOLDER / "prices").mkdir(exist_ok=True)
    for path in FOLDER.glob("seen.*.jsonl"):
        path.rename(FOLDER / "prices" / path.name)
    subprocess.run([*order, "-m", "not nightly and not browser"], cwd=ROOT, env=seen | {LINES: "1"}, check=False)
    data = CoverageData(str(FOLDER / "lines"))
    for path in FOLDER.glob("lines.*"):
        part = CoverageData(str(path))
        part.read()
        data.update(part)
        path.unlink()
    data.write()


def held_by_night(all_: Known, days: list[str]) -> dict[str, LeftTest]:
    """Return the tests left to the night; those that weren't seen stay as they were."""
    daily = set(days)
    held = {name for test in days for name in all_.held[test]}
    lines = 0
    for test in days:
        lines |= all_.lines.get(test, 0)
    seen = {name for test in all_.rows for name in (test, test.partition("[")[0])}
    night = {test: row for test, row in left_tests().items() if row.cpu is None or test not in seen}
    for test in sorted(all_.rows.keys() - daily):
        alone = [*sorted(name for name in all_.held[test] - held if not name.startswith("rule "))]
        if more := all_.lines.get(test, 0) & ~lines:
            alone.insert(0, f"{more.bit_count()} lines of {', '.join(files_of(all_, more)[:3])}")
        night[test] = LeftTest(all_.rows[test].cpu, "; ".join(alone))
    return night


def files_of(all_: Known, bits: int) -> list[str]:
    """Return the files of these lines, the one with the most first."""
    found: dict[str, int] = defaultdict(int)
    ends = [first for _, first in all_.places[1:]] + [bits.bit_length()]
    for (path, first), end in zip(all_.places, ends, strict=True):
        if number := (bits >> first & ((1 << max(0, end - first)) - 1)).bit_count():
            found[os.path.relpath(path, ROOT)] = number
    return sorted(found, key=lambda path: -found[path])


def told(all_: Known, days: list[str]) -> list[str]:
    """Return the table of what the day holds of the whole."""
    rows = all_.rows
    every, daily, chosen_tests = 0, 0, set(days)
    for test, bits in all_.lines.items():
        every |= bits
        daily |= bits if test in chosen_tests else 0
    names = {name for held in all_.held.values() for name in held}
    have = {name for test in days for name in all_.held[test]}
    lost = sorted(names - have)
    parts = [("all", list(rows)), ("by day", days)]
    lines = [f"{'':8}{'tests':>8}{'CPU s':>8}{'desks':>7}{'pages':>7}{'lines':>9}"]
    for (name, tests), bits in zip(parts, (every, daily), strict=True):
        of = [rows[test] for test in tests]
        cpu, desks, pages = (sum(getattr(row, what) for row in of) for what in ("cpu", "desks", "pages"))
        lines.append(f"{name:8}{len(of):>8}{cpu:>8.0f}{desks:>7}{pages:>7}{bits.bit_count():>9}")
    return [*lines, *(f"by night only: {name}" for name in lost)]


if __name__ == "__main__":
    main()
