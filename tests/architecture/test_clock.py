"""A run that the clock or somebody stops tells what failed and what is left, and leaves no process behind."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.architecture.clock import BEGUN, LAST_BEGINS_S, NAMED, pytest_runtest_protocol, told
from tests.architecture.rooms import ROOT
from tests.leftover import MARK

CONFTEST = """
from tests.leftover import Leftover

def pytest_configure(config):
    config.pluginmanager.register(Leftover())

def pytest_collection_modifyitems(items):
    items.reverse()
"""
QUICK = "def test_wrong(): assert 'was' == 'is'"
LONG = """
import os, signal, subprocess, sys
from pathlib import Path
from tests.leftover import database_folder

def test_long():
    (database_folder() / "file").touch()
    begun = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True)
    Path("begun").write_text(str(begun.pid))
    os.kill(os.getppid(), signal.{signal})
    signal.pause()
"""


def run(at: Path, age: float = 0.0, **tests: str) -> subprocess.CompletedProcess[str]:
    """Run these tests, in this order, as `make near` does that began so many seconds ago."""
    (at / "conftest.py").write_text(CONFTEST)
    (at / "pytest.ini").write_text("[pytest]\nmarkers = nightly")
    files = [f"test_{name}.py" for name in tests]
    for file, text in zip(files, tests.values(), strict=True):
        (at / file).write_text(text)
    told_to = {BEGUN: str(time.time() - age), "TMPDIR": str(at), "PYTHONPATH": str(ROOT)}
    usual = {name: value for name, value in os.environ.items() if name != MARK and "PYTEST" not in name}
    begin = f"from tests.architecture.near import run; raise SystemExit(run({files}, ['tests/far.py'], 1))"
    command = [sys.executable, "-c", begin]
    return subprocess.run(command, cwd=at, env=usual | told_to, capture_output=True, text=True, check=False)


def is_at_work(process: str) -> bool:
    try:
        return ") Z " not in Path("/proc", process, "stat").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("signal", ["SIGALRM", "SIGINT"])
def test_what_is_at_work_is_ended_and_what_failed_is_told(tmp_path: Path, signal: str) -> None:
    ran = run(tmp_path, quick=QUICK, long=LONG.replace("{signal}", signal), late=QUICK)
    assert "assert 'was' == 'is'" in ran.stdout
    assert "3 of the files are left for `make test`: test_long.py  test_late.py  tests/far.py" in ran.stdout
    assert ran.stdout.rstrip().endswith("failed:\n  test_quick.py::test_wrong")
    assert ran.returncode == 1
    assert not is_at_work((tmp_path / "begun").read_text())
    assert [*tmp_path.glob("okienko-pg-*")] == []


def test_late_no_test_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for age, begins in ((0, None), (LAST_BEGINS_S, True)):
        monkeypatch.setenv(BEGUN, str(time.time() - age))
        assert pytest_runtest_protocol() is begins
    ran = run(tmp_path, LAST_BEGINS_S, quick=QUICK)
    assert "2 of the files are left for `make test`: test_quick.py  tests/far.py" in ran.stdout
    assert ran.returncode == 0


def test_many_files_are_told_by_their_folders() -> None:
    found = told(["tests/web/test_a.py"] * 2 + ["tests/desk/test_b.py"] * NAMED)
    assert found == f"{NAMED} in tests/desk, 2 in tests/web"
