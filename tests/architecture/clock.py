"""Holds a run of tests to the clock: `make near` loads this plugin in each of the processes that share the tests.

After so long no test begins any more; a little later those at work are stopped. A failure is told at once, as nobody
waits for the others of a run that is read while one works.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import FrameType

import pytest

#: When the run began, in seconds since the epoch: told to each process.
BEGUN = "OKIENKO_TESTS_BEGUN"
#: After so many seconds none begins, and after so many none is at work; what they leave is ended within two minutes.
LAST_BEGINS_S, STOPPED_S = 96, 104
#: So many files that weren't run are named one by one.
NAMED = 12


def seconds_left(limit: float) -> float:
    """Return the seconds until the run is as old as this."""
    return float(os.environ[BEGUN]) + limit - time.time()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol() -> bool | None:
    """Begin no test late; it is neither passed nor skipped, but left."""
    return True if seconds_left(LAST_BEGINS_S) <= 0 else None


class InOrder:
    """Keeps the tests in the order in which their files were called for: the nearest first."""

    def __init__(self, files: Sequence[str]) -> None:
        self._place = {file: place for place, file in enumerate(files)}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Iterable[None]:
        """Undo what others did to it."""
        yield
        items.sort(key=lambda item: self._place.get(item.nodeid.partition("::")[0], 0))


def pytest_configure(config: pytest.Config) -> None:
    """Give each process the order; it is that of the files named on the command line."""
    config.pluginmanager.register(InOrder(config.args))


class Clock:
    """A plugin of the process that sees all others' reports: stops them, and knows which files weren't run."""

    def __init__(self, files: Sequence[str]) -> None:
        self.files = files
        self.was_late = False
        self.failed: dict[str, None] = {}
        self._waiting = dict.fromkeys(files)  # until it is known which tests are in them
        self._is_known = False

    @property
    def left(self) -> list[str]:
        """The files of which a test wasn't run to its end, in the order of the run."""
        return list(dict.fromkeys(test.partition("::")[0] for test in self._waiting))

    def pytest_sessionstart(self) -> None:
        """Have the system ring when the tests at work are to be stopped."""
        signal.signal(signal.SIGALRM, self._stop)
        signal.alarm(max(1, round(seconds_left(STOPPED_S))))

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.was_late = True
        raise pytest.exit.Exception("stopped by the clock")

    def pytest_sessionfinish(self) -> None:
        """Let those end in peace who did in time."""
        signal.alarm(0)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember what this process is to run, where it shares it with none."""
        if session.items:
            self.pytest_xdist_node_collection_finished([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Remember what all processes are to run: each has found the same."""
        if not self._is_known:
            self._waiting, self._is_known = dict.fromkeys(ids), True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell a failure with its traceback, and take a test that is over off the list."""
        if report.failed:
            self.failed[report.nodeid] = None
            print(f"\n{'_' * 20} {report.nodeid} ({report.when})\n{report.longreprtext}\n", flush=True)
        if report.when == "teardown":
            self._waiting.pop(report.nodeid, None)


def told(left: Sequence[str]) -> str:
    """Name the files that weren't run: one by one, or how many there are in each folder."""
    if len(left) <= NAMED:
        return "  ".join(left)
    return ", ".join(f"{many} in {folder}" for folder, many in Counter(str(Path(f).parent) for f in left).most_common())
