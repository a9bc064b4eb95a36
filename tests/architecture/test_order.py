"""The order in which the tests begin loses none and begins with what it names."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.architecture.rooms import ROOT
from tests.order import LONG, LONGEST, WALKING, dealt
from tests.table import table


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
