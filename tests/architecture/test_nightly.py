"""What `make test` leaves to `make nightly` leaves no kind of fault and no database untried by day."""

import subprocess
import sys

import pytest

from tests.architecture.rooms import ROOT
from tests.nightly import FAULTS, FAULTS_AT_NIGHT, ON_BOTH, ON_POSTGRESQL, OTHERS_AT_NIGHT, UPGRADED


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


@pytest.mark.parametrize("row", sorted({*FAULTS_AT_NIGHT, *ON_BOTH, *ON_POSTGRESQL, *OTHERS_AT_NIGHT, *UPGRADED}))
def test_every_row_names_a_test_that_exists(row: str) -> None:
    file, _, test = row.partition("[")[0].partition("::")

    assert (ROOT / file).exists()
    assert not test or f"def {test}(" in (ROOT / file).read_text("utf-8")
