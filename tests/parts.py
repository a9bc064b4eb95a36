"""The night in parts: `python -m tests.parts 3/8`, `next` or `all`; `--record FILE` renews the prices;
`--are-green` fails while a part has never been.

A part runs its share of the tests that `make test` leaves out and of those whose series it shortens, once more its
share of the browsers' with Liberation's fonts, and kills (`tests/crash`). `parts.toml` keeps prices and green runs.
"""

import heapq
import json
import os
import re
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zlib import crc32

import pytest

from tests.architecture.rooms import ROOT
from tests.machine import FONTS, LIBERATION, found_fonts

#: How many parts; each takes a quarter of an hour at most on two cores.
PARTS = 8
KILLS, LIVES = 250, 128
#: Set where a part runs, as "3/8".
PART = "OKIENKO_TESTS_PART"
RECORD, PAGE = ROOT / "tests/parts.toml", ROOT / "docs/dev/reliability.md"
#: A test that takes longer hangs.
LONGEST_S = 600
#: A file of which more seconds of processor are recorded is divided by its tests, a test dealt out case by case.
HEAVY_S, LISTED_S = 120.0, 3.0
#: By itself or with a helper's.
SHORTENING = re.compile(r"from tests\.(nightly import|desk\.(lives|faulty) import|walks import .*walk_of_the_day)")
_CRASH = "--journeys 30 --telegram 6 --helped 6 --money-back 8 --withdrawn 4 --late-kills 25 --freezes 1 --lost 10"


@cache
def record() -> dict[str, Any]:
    """Return what `parts.toml` holds."""
    return tomllib.loads(RECORD.read_text("utf-8"))


@cache
def known_failures() -> dict[str, str]:
    """Return the cases that are known to fail, each with its reason; a row names several of one test."""
    cases = ((row.partition("["), reason) for row, reason in record()["known"].items())
    return {f"{test}[{case}]": reason for (test, _, rest), reason in cases for case in rest.rstrip("]").split("|")}


@cache
def _homes() -> dict[str, int]:
    """Return the part of each file and test with a recorded price: the dearest first, each to the lightest part."""
    parts, homes = [(0.0, part) for part in range(1, PARTS + 1)], dict[str, int]()
    for name, price in sorted(record()["prices"].items(), key=lambda row: (-row[1], row[0])):
        light, part = heapq.heappop(parts)
        homes[name] = part
        heapq.heappush(parts, (light + price, part))
    return homes


def part_of(id_: str, number: int = 0) -> int:
    """Return the part of a test, the `number`th case of its function; what has no price goes by its file's name."""
    (test, _, _), file = id_.partition("["), id_.partition("::")[0]
    if test in record()["dealt"]:
        return (crc32(test.encode()) + number) % PARTS + 1
    return _homes().get(test) or _homes().get(file) or crc32(file.encode()) % PARTS + 1


def parts_of(file: str) -> set[int]:
    """Return the parts that may have tests of this file."""
    if any(test.startswith(f"{file}::") for test in record()["dealt"]):
        return {*range(1, PARTS + 1)}
    return {part_of(file), *(part for name, part in _homes().items() if name.startswith(f"{file}::"))}


def asked_part() -> int:
    """Return the part that this run is, 0 where it is none."""
    return int(os.environ.get(PART, "0").partition("/")[0])


def choose(items: Sequence[pytest.Item], part: int, *, all_browsers: bool) -> Iterator[pytest.Item]:
    """Yield the night's tests that are of this part; with `all_browsers` those that run by day, too."""
    numbers = Counter[str]()
    for item in items:
        test = item.nodeid.partition("[")[0]
        number, numbers[test] = numbers[test], numbers[test] + 1
        if part_of(item.nodeid, number) == part and (all_browsers or is_of_the_night(item)):
            yield item


def is_of_the_night(item: pytest.Item) -> bool:
    """Return whether the day leaves the test out, or may shorten it: its file uses what shortens series."""
    return item.get_closest_marker("nightly") is not None or _shortens(item.path)


@cache
def _shortens(file: Path) -> bool:
    return bool(SHORTENING.search(file.read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Green:
    """A part's last green run."""

    release: str
    date: date
    seconds: int
    kills: int
    lives: int

    def __str__(self) -> str:
        return f"last green {self.date} at {self.release}, {self.seconds} s, {self.kills} kills, {self.lives} lives"


def read_green(text: str) -> dict[int, Green]:
    """Return the parts' last green runs."""
    return {int(part): Green(**row) for part, row in tomllib.loads(text)["green"].items()}


def with_green(text: str, part: int, green: Green) -> str:
    """Return the record with this run of the part instead of the one before."""
    row = f'{part} = {{release = "{green.release}", date = {green.date}, seconds = {green.seconds}, '
    row += f"kills = {green.kills}, lives = {green.lives}}}\n"
    before, _, rest = text.partition("[green]\n")
    rows = {int(line.split(" = ")[0]): f"{line}\n" for line in rest.splitlines() if line}
    return f"{before}[green]\n" + "".join(line for _, line in sorted((rows | {part: row}).items()))


def sum_up(green: dict[int, Green]) -> str:
    """Return the page's line: what the parts' last green runs come to."""
    kills, lives = sum(one.kills for one in green.values()), sum(one.lives for one in green.values())
    return f"Last green runs of {len(green)} of {PARTS} parts: {kills:,} kills without loss, {lives:,} lives agree."


def note_green(part: int, green: Green) -> None:
    """Write the run into the record and its sum into the page."""
    RECORD.write_text(text := with_green(RECORD.read_text("utf-8"), part, green), "utf-8")
    PAGE.write_text(re.sub(r"^Last green runs of .*$", sum_up(read_green(text)), PAGE.read_text("utf-8"), flags=re.M))


def count_commits(at: Path = ROOT) -> int:
    """Return the number of commits; the day of the year where there is no whole history."""
    said = _git(at, "rev-parse", "--is-shallow-repository", "--show-prefix")
    return (
        int(_git(at, "rev-list", "--count", "HEAD") or 0) if said == "false" else datetime.now(UTC).timetuple().tm_yday
    )


def _git(at: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=at, capture_output=True, text=True, check=False).stdout.strip()


def named_parts(asked: str, number: int) -> list[int]:
    """Return the parts meant by `next`, `all` or `3/8`. Raises SystemExit for another word."""
    if asked == "all":
        return [*range(1, PARTS + 1)]
    if asked == "next":
        return [number % PARTS + 1]
    if asked in (known := [f"{part}/{PARTS}" for part in range(1, PARTS + 1)]):
        return [known.index(asked) + 1]
    raise SystemExit(f"PART is next, all or one of {', '.join(known)}; not {asked}")


def run(part: int, number: int, workers: str) -> int:
    """Run one part, tell it and note it if it is green. Return 1 if it isn't."""
    began, seed = time.monotonic(), number * PARTS + part
    tell_green()
    print(f"part {part}/{PARTS} begins, seed {seed}", flush=True)
    env = {PART: f"{part}/{PARTS}", "LIVES": str(LIVES * PARTS), "LIVES_SEED": str(seed)}
    alone = ["pytest", "--timeout", str(LONGEST_S), "-o", f"faulthandler_timeout={LONGEST_S - 10}"]
    tests = [*alone, "-n", workers, "--dist", "worksteal"]
    database = "sqlite" if part % 2 else "postgresql"
    crash = [
        "tests.crash",
        *_CRASH.split(),
        "--replicas",
        "3",
        "--database",
        database,
        "--kills",
        str(KILLS),
        "--seed",
        str(seed),
    ]
    failed = [] if _runs([*tests, "-m", "not alone"], env) else ["tests"]
    failed += [] if _runs([*alone, "-m", "alone"], env) else ["tests that run alone"]
    failed += [] if _runs_with_liberation(tests, env) else ["browsers with Liberation's fonts"]
    print(f"{time.monotonic() - began:.0f} s for the tests; {KILLS} kills begin, on {database}", flush=True)
    failed += [] if _runs(crash, {"PYTHONWARNINGS": "ignore"}) else ["kills"]
    seconds = round(time.monotonic() - began)
    print(f"part {part}/{PARTS}: {', '.join(failed) or 'green'}, {seconds} s", flush=True)
    if not failed:
        release = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
        note_green(part, Green(release, datetime.now(UTC).date(), seconds, KILLS, LIVES))
    return 1 if failed else 0


def _runs_with_liberation(tests: Sequence[str], env: dict[str, str]) -> bool:
    with patch.dict(os.environ, {FONTS: "liberation"}):
        found = LIBERATION[0] in found_fonts()
    if not found:
        print("LEFT OUT: browsers with Liberation's fonts, which aren't installed (fonts-liberation)", flush=True)
    return not found or _runs([*tests, "-m", "browser and not alone"], env | {FONTS: "liberation"})


def _runs(module: Sequence[str], env: dict[str, str]) -> bool:
    """Return whether it ends well; a part without a browser's test does."""
    done = subprocess.run([sys.executable, "-m", *module], cwd=ROOT, env=os.environ | env, check=False).returncode
    return done == 0 or (done == pytest.ExitCode.NO_TESTS_COLLECTED and module[0] == "pytest")


def tell_green() -> None:
    """Print when each part was last green."""
    green = read_green(RECORD.read_text("utf-8"))
    for part in range(1, PARTS + 1):
        print(f"part {part}/{PARTS}: {green.get(part, 'never green yet')}", flush=True)


def priced(rows: Sequence[Sequence[Any]]) -> tuple[dict[str, float], list[str]]:
    """Return the prices to keep and the tests to deal out case by case, of rows (id, processor seconds, …)."""
    files, tests, cases = Counter[str](), Counter[str](), Counter[str]()
    for id_, seconds, *_ in rows:
        test = id_.partition("[")[0]
        files[id_.partition("::")[0]] += seconds
        tests[test] += seconds
        cases[test] += 1
    dealt = sorted(test for test, price in tests.items() if price > HEAVY_S and cases[test] >= PARTS)
    prices = dict[str, float]()
    for test, price in tests.items():
        file = test.partition("::")[0]
        if test in dealt:
            files[file] -= price
        elif files[file] > HEAVY_S and price > HEAVY_S / 4:
            prices[test] = price
            files[file] -= price
    prices |= {file: price for file, price in files.items() if price >= LISTED_S}
    return prices, dealt


def keep_prices(file: Path) -> None:
    """Write the prices of a run of the night into the record: a JSON list for each test, its id and seconds first."""
    prices, dealt = priced([json.loads(line) for line in file.read_text("utf-8").splitlines()])
    head, _, rest = RECORD.read_text("utf-8").partition("dealt = ")
    known = rest.partition("[known]")[2]
    rows = "".join(f'"{name}" = {price:.0f}\n' for name, price in sorted(prices.items()))
    named = "".join(f'    "{name}",\n' for name in dealt)
    RECORD.write_text(f"{head}dealt = [\n{named}]\n\n[prices]\n{rows}\n[known]{known}", "utf-8")


def main() -> int:
    """Run the parts that are asked for, one after the other."""
    if sys.argv[1] == "--are-green":
        return int(len(read_green(RECORD.read_text("utf-8"))) < PARTS)
    if sys.argv[1] == "--record":
        keep_prices(Path(sys.argv[2]))
        return 0
    number = count_commits()
    return max(run(part, number, sys.argv[2]) for part in named_parts(sys.argv[1], number))


if __name__ == "__main__":
    sys.exit(main())
