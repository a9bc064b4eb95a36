"""The order in which the tests begin loses none and begins with what it names."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.architecture.rooms import ROOT
from tests.order import COMPUTING, WAITING, dealt


def items(*names: str) -> list[Any]:
    return [SimpleNamespace(path=Path(name), nodeid=number) for number, name in enumerate(names)]


@pytest.mark.parametrize("processes", [1, 2, 3, 4, 7])
def test_none_is_lost_and_the_long_ones_are_first(processes: int) -> None:
    given = items(*(f"test_{n}.py" for n in range(40)), *WAITING, *COMPUTING, "test_chat.py")

    order = dealt(given, processes)

    assert sorted(item.nodeid for item in order) == [item.nodeid for item in given]
    assert order[0].path.name in ("test_faults_everywhere.py", *COMPUTING)


def test_one_process_of_several_computes_while_the_others_wait() -> None:
    others = (f"test_{n}.py" for n in range(400 - len(WAITING) - len(COMPUTING)))

    order = dealt(items(*others, *WAITING, *COMPUTING), 4)

    runs = [order[start].path.name for start in (0, 100, 200, 300)]

    assert set(runs[:3]) <= set(WAITING)
    assert runs[3] == COMPUTING[0]


def test_each_file_that_is_named_exists() -> None:
    known = {path.name for path in (ROOT / "tests").rglob("test_*.py")}

    assert {*WAITING, *COMPUTING} <= known
