"""The daily tests are chosen by what they hold and cost, and each thing that is held keeps one."""

from pathlib import Path

import pytest

from tests.mutants.historical import historical
from tests.worth import record
from tests.worth.choose import Budget, chosen
from tests.worth.record import ALL, LeftTest, is_left_to_the_night, left_tests, write_record
from tests.worth.seen import Known, Seen

PLENTY = Budget(cpu=100.0, desks=100, pages=100)
#: Faults of the past whose own tests all run by night. It only falls.
FAULTS_BY_NIGHT = 2


def known(**tests: tuple[float, int, set[str]]) -> Known:
    rows = {name: Seen(name, cpu, cpu, cpu, 0, 0, False, False, []) for name, (cpu, _, _) in tests.items()}
    return Known(
        rows, {name: lines for name, (_, lines, _) in tests.items()}, [], {n: h for n, (_, _, h) in tests.items()}
    )


def test_the_same_lines_are_held_by_the_cheaper_test() -> None:
    all_ = known(dear=(9.0, 0b111, set()), cheap=(1.0, 0b111, set()))

    assert chosen(all_, Budget(9.5, 0, 0)) == ["cheap"]


def test_each_rule_keeps_a_case_before_any_has_two() -> None:
    all_ = known(a1=(1.0, 0, {"rule a"}), a2=(0.9, 0, {"rule a"}), b=(3.0, 0, {"rule b"}))

    assert chosen(all_, Budget(4.0, 0, 0)) == ["a2", "b"]
    assert chosen(all_, PLENTY) == ["a2", "b", "a1"]


def test_a_fault_that_people_met_outweighs_a_hundred_lines() -> None:
    all_ = known(fault=(1.0, 0, {"fault late-money"}), lines=(1.0, (1 << 100) - 1, set()))

    assert chosen(all_, Budget(1.5, 0, 0)) == ["fault"]


def test_desks_and_pages_are_counted() -> None:
    all_ = known(a=(1.0, 1, set()), b=(1.0, 2, set()))
    all_.rows["a"] = all_.rows["a"]._replace(desks=2)
    all_.rows["b"] = all_.rows["b"]._replace(pages=1)

    assert chosen(all_, Budget(9.0, 1, 1)) == ["b"]
    assert chosen(all_, Budget(9.0, 2, 0)) == ["a"]


def test_a_test_that_fails_as_things_are_holds_nothing() -> None:
    all_ = known(a=(1.0, 1, set()))
    all_.rows["a"] = all_.rows["a"]._replace(failed=True)

    assert chosen(all_, PLENTY) == []


def test_what_is_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {
        'tests/a.py::test_a[say "no"\\d]': LeftTest(1.5, "2 lines of bot/a.py"),
        "tests/a.py::test_b[1]": LeftTest(1.0, ""),
        "tests/a.py::test_b[2]": LeftTest(None, "route GET /"),
    }
    monkeypatch.setattr(record, "RECORD", tmp_path / "record.toml")
    left_tests.cache_clear()
    write_record(record.RECORD, rows, daily=["tests/a.py::test_a[1]"])
    try:
        assert left_tests() == {
            'tests/a.py::test_a[say "no"\\d]': LeftTest(1.5, "2 lines of bot/a.py"),
            "tests/a.py::test_b": LeftTest(1.0, "route GET /"),
        }
        assert is_left_to_the_night("tests/a.py::test_b[3]")
        assert not is_left_to_the_night("tests/a.py::test_a[new]")
        monkeypatch.setenv(ALL, "1")
        assert not is_left_to_the_night("tests/a.py::test_b[3]")
    finally:
        left_tests.cache_clear()


def test_faults_of_the_past_fall_by_day() -> None:
    by_night = [row.name for row in historical() if all(map(is_left_to_the_night, row.tests))]

    assert len(by_night) <= FAULTS_BY_NIGHT, by_night
