"""The faults that are planted still fit the code: each function, its words and its tests are there."""

import ast
import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.mutants import trial
from tests.mutants.core import PARTS, ROOT
from tests.mutants.historical import HistoricalMutant, Outdated, historical
from tests.mutants.past import BY_NONE, BY_ROOM, BY_TEST, gone_blind, known_record, noticed_by
from tests.mutants.trial import KILLED, SURVIVED, Result, ended
from tests.table import table

ROW = HistoricalMutant(
    "late-money",
    "0.13.0",
    "Money that comes late is booked",
    "tests.mutants.past:noticed_by",
    "return None",
    "return BY_NONE",
    ("tests/mutants/test_historical.py::test_who_noticed_is_told",),
)


def test_every_row_fits_the_code() -> None:
    fits = Outdated()
    assert [wrong for row in historical() for wrong in fits.of(row)] == []


def test_all_that_is_measured_and_measures_is_there() -> None:
    named = [pattern for patterns in PARTS.values() for pattern in patterns]
    assert [name for name in named if not list(ROOT.glob(name))] == [], "moved or joined: name its new place"


def test_every_row_has_a_name_of_its_own_and_none_is_lost() -> None:
    names = [row.name for row in historical()]
    assert len(names) == len(set(names)) >= 100
    assert known_record()["historical"].keys() <= set(names), "a row that goes leaves the record, too"


#: So many mistakes of each kind are known to be noticed; more may be, never fewer.
NOTICED = {"historical": 129, "seeded": 87}


@table("kind", NOTICED)
def test_no_fewer_are_recorded_as_noticed(kind: str) -> None:
    by = list(known_record()[kind].values())
    assert sum(one != BY_NONE for one in by) >= NOTICED[kind]
    assert set(by) <= {BY_TEST, BY_ROOM, BY_NONE}


@table(
    ("wrong", "said"),
    [
        ({"function": "tests.mutants.gone:run"}, "there is no module tests.mutants.gone"),
        ({"function": "tests.mutants.past:gone"}, "there is no gone"),
        ({"function": "tests.mutants.past:noticed_by.inner"}, "there is no noticed_by.inner"),
        ({"old": "return False"}, "stands there 0 times"),
        ({"old": "return"}, "stands there 3 times"),
        ({"new": "return ("}, "was never closed"),
        ({"new": "return  None"}, "the edit changes nothing"),
        ({"tests": ("tests/mutants/test_historical.py::test_gone",)}, "there is no test"),
        ({"tests": ("tests/mutants/test_gone.py::test_who_noticed_is_told",)}, "there is no test"),
    ],
)
def test_what_is_gone_is_named(wrong: dict[str, str], said: str) -> None:
    assert list(Outdated().of(ROW)) == []
    (told,) = Outdated().of(replace(ROW, **wrong))
    assert told.startswith("late-money: ")
    assert said in told


def test_a_fault_changes_its_function_alone() -> None:
    source = (ROOT / ROW.path).read_bytes()
    before, after = (tree.body for tree in (replace(ROW, new=ROW.old).tree(source), ROW.tree(source)))
    differ = [one for one, other in zip(before, after, strict=True) if ast.dump(one) != ast.dump(other)]
    assert [ast.unparse(one).partition("(")[0] for one in differ] == ["def noticed_by"]


@table(
    ("own", "room", "by"),
    [
        (KILLED, None, BY_TEST),
        (SURVIVED, KILLED, BY_ROOM),
        (SURVIVED, SURVIVED, BY_NONE),
        (SURVIVED, None, None),
        (None, None, None),
    ],
)
def test_who_noticed_is_told(own: str | None, room: str | None, by: str | None) -> None:
    told = {ROW.id: own, f"{ROW.id}@room": room}
    by_test = {id: Result(id, said, 1.0, 1, ROW.tests[0]) for id, said in told.items() if said is not None}
    assert noticed_by(ROW, by_test) == by


def test_a_process_that_could_run_no_test_has_noticed_nothing() -> None:
    assert noticed_by(ROW, {id: Result(id, KILLED, 1.0, 1, "exit 1") for id in (ROW.id, f"{ROW.id}@room")}) == BY_NONE


def test_what_was_noticed_once_and_is_no_more_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    unseen = {id: Result(id, SURVIVED, 1.0, 1) for id in (ROW.id, f"{ROW.id}@room")}
    known = {"release": "0.24.0", "historical": {ROW.name: BY_TEST}, "seeded": {"a": BY_TEST, "b": BY_NONE}}
    monkeypatch.setattr("tests.mutants.past.known_record", lambda: known)
    assert list(gone_blind([ROW], {"a": False, "b": False}, unseen)) == [
        "late-money was noticed in 0.24.0",
        "a was noticed in 0.24.0",
    ]
    assert list(gone_blind([ROW], {"a": True}, {})) == []


def test_the_first_trial_of_a_clone_keeps_what_it_has_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "LIBRARIES", tmp_path / "folder" / "libraries.json")
    trial.keep_libraries()
    assert "pytest" in json.loads(trial.LIBRARIES.read_text())


def test_trials_are_begun_as_others_end_and_no_more_than_so_many_are_at_work() -> None:
    at_work: list[int] = []

    def begun(looks: int) -> Any:
        at_work.append(looks)
        said = iter([None] * looks + [Result(str(looks), SURVIVED, 0, 1)])
        return SimpleNamespace(result=lambda: next(said))

    found: list[str] = []
    for result in ended((begun(looks) for looks in (2, 0, 1, 1)), 2):
        assert len(at_work) - len(found) <= 2
        found.append(result.id)
    assert found == ["0", "2", "1", "1"]


def test_each_promise_is_broken_and_a_test_that_the_page_names_notices() -> None:
    page = (ROOT / "docs/dev/reliability.md").read_text("utf-8")
    lines = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| P")}
    broken = [row for row in historical() if row.release in lines]
    assert {row.release for row in broken} == lines.keys()
    assert [row.name for row in broken if not any(_names(lines[row.release], test) for test in row.tests)] == []


def _names(line: str, test: str) -> bool:
    return any(test.startswith(place) for place in re.findall(r"`(tests/[^`]+)`", line))
