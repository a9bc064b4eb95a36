"""The order in which the tests begin loses none; what is left to `make nightly` leaves no fault or database untried."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

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
