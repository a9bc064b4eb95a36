"""What a run of tests has begun and leaves behind when it is stopped: processes, and folders of databases.

Each process of a run has the run's mark in its environment, so that those are found that have long left their parent,
as PostgreSQL does. Where there is no `/proc`, none is found.
"""

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

MARK = "OKIENKO_TESTS_RUN"
#: So long they have to end by themselves.
PATIENCE_S = 2.0


def database_folder() -> Path:
    """Make a folder for a PostgreSQL server of this run; its path is short, as the server's socket lies in it."""
    return Path(tempfile.mkdtemp(prefix=_prefix(os.environ.get(MARK, ""))))


def _prefix(run: str) -> str:
    return f"okienko-pg-{run[:6]}-"


def begun(run: str) -> Iterator[int]:
    """Yield the processes that carry the mark of this run, this one apart."""
    told = f"{MARK}={run}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended, or isn't ours
            if int(folder.name) != os.getpid() and told in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)


def end(run: str) -> None:
    """End these processes, first kindly, and remove the folders of their databases."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        for process in begun(run):
            with contextlib.suppress(OSError):
                os.kill(process, sent)
        until = time.monotonic() + PATIENCE_S
        while any(begun(run)) and time.monotonic() < until:
            time.sleep(0.05)
    for folder in Path(tempfile.gettempdir()).glob(f"{_prefix(run)}*"):
        shutil.rmtree(folder, ignore_errors=True)


class Leftover:
    """A plugin of pytest by which the process that began a run ends what the run has left, when it is stopped."""

    def __init__(self) -> None:
        self._run = "" if MARK in os.environ else uuid4().hex
        os.environ.setdefault(MARK, self._run)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Wait for no other process after a stop: a test at work there may never see it."""
        if self._run and exitstatus == pytest.ExitCode.INTERRUPTED and session.config.getoption("dist") != "no":
            end(self._run)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Look once more when all is over: a process of tests that died has left its own."""
        if self._run:
            end(self._run)
            del os.environ[MARK]
