"""The order in which the tests begin loses none; what is left to `make nightly` leaves no fault or database untried."""

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import parts
from tests.architecture.rooms import ROOT
from tests.nightly import FAULTS, ON_BOTH, ON_POSTGRESQL, UPGRADED
from tests.order import LONG, LONGEST, WALKING, dealt
from tests.table import table
from tests.worth.record import left_tests


def items(*names: str) -> list[Any]:
    return [SimpleNamespace(path=Path(name), nodeid=number) for number, name in enumerate(names)]


@table("processes", [1, 2, 3, 4, 7])
def test_none_is_lost_and_the_long_ones_are_first(processes: int) -> None:
    given = items(*(f"test_{n}.py" for n in range(40)), *LONG, *WALKING, *LONGEST, "test_storm.py")

    order = dealt(given, processes)

    assert sorted(item.nodeid for item in order) == [item.nodeid for item in given]
    assert order[0].path.name == LONGEST[0]


def test_the_first_three_processes_begin_with_what_takes_long() -> None:
    others = (f"test_{n}.py" for n in range(400 - len(LONG) - len(WALKING) - len(LONGEST)))

    order = dealt(items(*others, *LONG, *WALKING, *LONGEST), 4)

    assert [order[start].path.name for start in (0, 100, 200)] == [LONGEST[0], WALKING[0], LONG[0]]


def test_each_file_that_is_named_exists() -> None:
    known = {path.name for path in (ROOT / "tests").rglob("test_*.py")}

    assert {*LONG, *WALKING, *LONGEST} <= known


def test_every_fault_transport_and_database_is_tried_by_day() -> None:
    faults, transports, databases = (set(column) for column in zip(*FAULTS.values(), strict=True))

    assert faults == {"dropped", "a call fails", "killed", "the database is away"}
    assert transports == {"rest", "telegram", "help desk"}
    assert databases == {"sqlite", "postgresql"}
    for test, (_, _, database) in FAULTS.items():
        assert "[" not in test or test.endswith(f"[{database}]")


def test_the_daily_run_collects_the_table_of_faults() -> None:
    files = sorted({test.partition("::")[0] for test in FAULTS})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "not nightly", *files]

    collected = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")

    assert set(FAULTS) - set(collected) == set()


def test_every_row_names_a_test_that_exists() -> None:
    rows = [row.partition("[")[0].partition("::") for row in {*ON_BOTH, *ON_POSTGRESQL, *UPGRADED, *left_tests()}]
    texts = {file: (ROOT / file).read_text("utf-8") for file, _, _ in rows if (ROOT / file).is_file()}

    assert [file for file, _, _ in rows if not (ROOT / file).exists()] == []
    assert [(file, test) for file, _, test in rows if test and f"def {test}(" not in texts[file]] == []


#: What is known to fail by night: only ever fewer, of five at most.
KNOWN = 5


def test_few_are_known_to_fail_each_with_its_reason() -> None:
    assert len(parts.record()["known"]) == KNOWN <= 5
    assert all(parts.record()["known"].values())


def test_recorded_prices_fill_the_parts_alike() -> None:
    spent, prices = Counter[int](), parts.record()["prices"]
    for name, price in prices.items():
        spent[parts.part_of(name)] += price
        assert parts.part_of(name) in parts.parts_of(name.partition("::")[0])

    assert len(prices) <= 200
    assert max(spent.values(), default=0) <= 900
    assert not prices or max(spent.values()) - min(spent.values()) <= max(prices.values())


def test_a_heavy_test_is_dealt_out_and_what_is_new_moves_nothing() -> None:
    heavy = parts.record()["dealt"][0]
    assert Counter(parts.part_of(f"{heavy}[{n}]", n) for n in range(32)) == dict.fromkeys(
        range(1, parts.PARTS + 1), 32 // parts.PARTS
    )
    assert parts.parts_of(heavy.partition("::")[0]) == {*range(1, parts.PARTS + 1)}
    assert parts.parts_of("tests/test_new.py") == {parts.part_of("tests/test_new.py::test_one[case]")}

    rows = [(f"a.py::t[{n}]", parts.HEAVY_S / 4) for n in range(parts.PARTS)]
    assert parts.priced([*rows, ("a.py::u", 5.0), ("b.py::v", parts.HEAVY_S * 2), ("c.py::w", 1.0)]) == (
        {"a.py": 5.0, "b.py::v": parts.HEAVY_S * 2},
        ["a.py::t"],
    )


def test_the_next_part_is_found_with_and_without_history(tmp_path: Path) -> None:
    assert 1 <= parts.count_commits(tmp_path) <= 366
    for words in (
        ("init", "-q"),
        ("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "a", "--allow-empty"),
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    assert parts.count_commits(tmp_path) == 1

    assert [parts.named_parts("next", number) for number in (parts.PARTS - 1, parts.PARTS)] == [[parts.PARTS], [1]]
    assert parts.named_parts(f"2/{parts.PARTS}", 0) == [2]
    assert len(parts.named_parts("all", 0)) == parts.PARTS
    with pytest.raises(SystemExit):
        parts.named_parts("2/3", 0)


def test_a_green_run_is_noted_and_the_page_adds_them_up() -> None:
    text, page = parts.RECORD.read_text("utf-8"), parts.PAGE.read_text("utf-8")
    green = parts.Green("0.39.2", date(2026, 12, 1), 611, parts.KILLS, parts.LIVES)

    assert parts.read_green(parts.with_green(parts.with_green(text, 2, green), 1, green)) == parts.read_green(text) | {
        1: green,
        2: green,
    }
    assert parts.sum_up(parts.read_green(text)) in page.split("\n")
    assert (
        f"{parts.KILLS} kills and {parts.LIVES} lives: at one a day {7 * parts.KILLS:,}\nand {7 * parts.LIVES} a week"
        in page
    )
