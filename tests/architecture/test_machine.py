"""A run of tests takes nothing from a machine that it could set itself (tests/machine.py)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import machine
from tests.architecture.rooms import ROOT

ODD = {
    **dict.fromkeys(("LANG", "LANGUAGE", "LC_TIME"), "tr_TR.ISO-8859-9"),
    **dict.fromkeys(("OKIENKO_PORT", "PGPORT", "COLUMNS", "FORCE_COLOR", "NO_COLOR", "GIT_DIR", "https_proxy"), "40"),
    "TZ": "Pacific/Kiritimati",
    "HOME": "/nonexistent",
    "OKIENKO_TESTS_RUN": "kept",
}
TOLD = """
import json, os, time
from tests.machine import Machine
os.umask(0o077)
machine = Machine()
machine.pytest_sessionstart()
home = os.access(os.environ["HOME"], os.W_OK)
print(json.dumps({**os.environ, "mode": f"{os.umask(0):03o}", "zone": time.tzname[0], "home": home}))
machine.pytest_unconfigure()
"""


def test_an_odd_machine_is_set_right_for_all_that_a_run_begins() -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}

    told = subprocess.run([sys.executable, "-c", TOLD], cwd=ROOT, env=kept | ODD, capture_output=True, check=True)

    found = json.loads(told.stdout)
    assert [name for name, value in ODD.items() if found.get(name) == value] == ["OKIENKO_TESTS_RUN"]
    assert (found["LC_ALL"], found["zone"], found["mode"], found["COLUMNS"]) == ("C.UTF-8", "UTC", "022", "80")
    assert found["home"], "something can be written there"
    assert not Path(found["FONTCONFIG_FILE"]).exists(), "removed in the end"


def test_fonts_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "chromium", lambda: "/usr/bin/chromium")
    monkeypatch.setenv("FONTCONFIG_FILE", str(machine.make_fontconfig(tmp_path, {})))
    assert machine.missing_for_browsers().endswith("apt install fontconfig fonts-dejavu-core)")
    for name in machine.DEJAVU:
        (tmp_path / name).touch()
    assert machine.missing_for_browsers() == ""


def test_liberation_is_asked_for_by_name_and_named_where_it_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HOME", "FONTCONFIG_FILE"):
        monkeypatch.setenv(name, os.environ[name])
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.setenv(machine.FONTS, "liberation")
    monkeypatch.setattr(machine, "found_fonts", dict[str, Path])
    one = machine.Machine()
    with pytest.raises(pytest.UsageError, match="apt install fonts-liberation"):
        one.pytest_sessionstart()
    one.pytest_unconfigure()
