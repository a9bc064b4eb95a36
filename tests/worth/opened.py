"""Counts the desks that tests start and the browser pages that they open; the daily run holds both to a limit."""

import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from playwright.async_api import BrowserContext as AsyncContext
from playwright.sync_api import BrowserContext

from bot.app.installation import Installation

#: Of `make test`; they only fall.
LIMITS = {"desks": 292, "pages": 60}
#: Of this process since its first test.
opened: Counter[str] = Counter()


def note_calls(owner: Any, name: str, note: Callable[..., None]) -> None:
    """Call `note` before each call of this function, with what it is given."""
    function = getattr(owner, name)

    @wraps(function)
    def noted(*args: Any, **given: Any) -> Any:
        note(*args, **given)
        return function(*args, **given)

    setattr(owner, name, noted)


def count_opened() -> None:
    """Count from here on."""
    note_calls(Installation, "start", lambda *_: opened.update(["desks"]))
    note_calls(subprocess.Popen, "__init__", lambda _self, args=(), *_, **__: opened.update(["desks"] * _is_desk(args)))
    for context in (BrowserContext, AsyncContext):
        note_calls(context, "new_page", lambda *_, **__: opened.update(["pages"]))


def _is_desk(command: object) -> bool:
    return isinstance(command, list | tuple) and "run" in map(str, command)


class Opened:
    """A plugin of pytest that adds up what all processes of a run have opened, and fails one over the limits."""

    def __init__(self) -> None:
        count_opened()
        self._all, self._cpu, self._begun = Counter[str](), 0.0, time.monotonic()

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand this process's counts to the one that began it."""
        mine = getattr(session.config, "workeroutput", None)
        if mine is not None:
            mine |= {"opened": dict(opened), "cpu": _cpu_seconds()}
        elif self._exceeded and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add up."""
        said = getattr(node, "workeroutput", {})
        self._all.update(said.get("opened", {}))
        self._cpu += said.get("cpu", 0.0)

    @property
    def _exceeded(self) -> list[str]:
        return [f"{what}: at most {most}" for what, most in LIMITS.items() if (self._all + opened)[what] > most]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell them."""
        counts = self._all + opened
        own = sum(os.times()[:2]) if self._cpu else _cpu_seconds()  # the other processes have told theirs
        minutes, seconds = (self._cpu + own) / 60, time.monotonic() - self._begun
        terminalreporter.write_line(
            f"{counts['desks']} desks, {counts['pages']} browser pages, {minutes:.1f} minutes of CPU, {seconds:.0f} s"
        )
        for exceeded in self._exceeded:
            terminalreporter.write_line(f"over the limit of daily tests: {exceeded}", red=True)


def _cpu_seconds() -> float:
    """Return the processor seconds of this process and of all that it has begun and seen end."""
    return sum(os.times()[:4])
