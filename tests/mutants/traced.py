"""A plugin of pytest: notes which test runs which line of the core, and how much of a processor's time each takes.

Each process leaves files of its own. Whatever runs between a test's beginning and its end counts as
that test's, in whichever thread or task: a desk's work is done by its own.
"""

import json
import os
import time
from collections.abc import Generator

import pytest
from coverage import Coverage

from tests.mutants.core import TRACED, core_files
from tests.mutants.trial import libraries

_coverage = Coverage(
    data_file=str(TRACED / "coverage"),
    data_suffix=True,
    branch=True,
    config_file=False,
    include=[str(path) for _, path in core_files()],
)
_coverage.start()
_took: dict[str, float] = {}
_failed: set[str] = set()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    """Fixtures count as the test's: what a desk does at its start is seen by whoever looks at the desk."""
    _coverage.switch_context(item.nodeid)
    begun = time.process_time()
    try:
        return (yield)
    finally:
        _took[item.nodeid] = time.process_time() - begun
        _coverage.switch_context("")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test that fails as things are kills nothing."""
    if report.failed:
        _failed.add(report.nodeid)


def pytest_unconfigure() -> None:
    """Leave what was seen, and what of the libraries was loaded (`preload.py`)."""
    _coverage.stop()
    _coverage.save()
    if not _took:
        return
    good = {test: took for test, took in _took.items() if test not in _failed}
    (TRACED / f"tests.{os.getpid()}.json").write_text(json.dumps(good))
    (TRACED / f"libraries.{os.getpid()}.json").write_text(json.dumps(libraries()))
