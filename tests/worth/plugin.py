"""A plugin of pytest: notes what each test costs, which lines of the product it runs, and what of the product it uses.

A test's processes cost with it: those it begins, its PostgreSQL and its browser. A thing that stays between tests (a
server of the session, an import) is paid by the first test that needs it. Lines and uses are those of this process.
"""

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from click import Command
from coverage import Coverage
from jinja2 import Template
from starlette.routing import Route

from bot.app.settings import Settings
from tests.worth.opened import count_opened, note_calls, opened
from tests.worth.seen import FOLDER, LINES, PRODUCT, ROOT, Seen

_OF_THIS = "OKIENKO_TESTS_PROCESS"
_TICKS = os.sysconf("SC_CLK_TCK")


_used: set[str] = set()
_failed: set[str] = set()
_coverage = (
    Coverage(
        data_file=str(FOLDER / "lines"),
        data_suffix=True,
        config_file=False,
        include=[str(ROOT / room / "*") for room in PRODUCT],
    )
    if os.environ.get(LINES)
    else None
)
if _coverage:
    _coverage.start()


def _process(_self: object, args: Any = (), *_more: Any, **_given: Any) -> None:
    words = [] if isinstance(args, str | bytes | os.PathLike) else [str(word) for word in args]
    _used.update(f"command {word}" for word in words[:6] if word.isalpha() and "bot.cli" in words)


def _screen(template: Template, *_args: object, **_given: object) -> None:
    _used.add(f"screen {template.name}")


def pytest_configure() -> None:
    """Note from here on."""
    count_opened()
    note_calls(subprocess.Popen, "__init__", _process)
    note_calls(Route, "handle", lambda self, scope, *_: _used.add(f"route {scope['method']} {self.path}"))
    for name in ("render", "generate", "generate_async", "render_async"):
        note_calls(Template, name, _screen)
    note_calls(Command, "invoke", lambda self, context: _used.add(f"command {context.info_name}"))
    note_calls(Settings, "__init__", lambda _self, **given: _used.update(f"setting {name}" for name in given))
    os.environ[_OF_THIS] = str(os.getpid())


def _spent() -> float:
    """Return the processor seconds of this process and of all that it began, ended ones too."""
    rows: dict[int, tuple[int, int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            fields = (folder / "stat").read_text().rpartition(") ")[2].split()
            rows[int(folder.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    mine = {os.getpid(), *(pid for pid, (parent, _) in rows.items() if parent == 1 and _is_begun_here(pid))}
    while more := {pid for pid, (parent, _) in rows.items() if parent in mine} - mine:
        mine |= more
    return sum(rows[pid][1] for pid in mine & rows.keys()) / _TICKS


def _is_begun_here(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return f"{_OF_THIS}={os.getpid()}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return False


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    """Write a test's row; fixtures count as the test's."""
    _used.clear()
    before, spent, own, wall = opened.copy(), _spent(), time.process_time(), time.monotonic()
    if _coverage:
        _coverage.switch_context(item.nodeid)
    try:
        return (yield)
    finally:
        if _coverage:
            _coverage.switch_context("")
        row = Seen(
            item.nodeid,
            round(max(0.0, _spent() - spent), 2),
            round(time.process_time() - own, 4),
            round(time.monotonic() - wall, 2),
            *(opened[what] - before[what] for what in ("desks", "pages")),
            failed=item.nodeid in _failed,
            nightly=item.get_closest_marker("nightly") is not None,
            uses=sorted(_used),
        )
        with (FOLDER / f"seen.{os.getpid()}.jsonl").open("a") as file:
            file.write(json.dumps(row) + "\n")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what fails as things are: it notices nothing."""
    if report.failed:
        _failed.add(report.nodeid)


def pytest_unconfigure() -> None:
    """Keep the lines."""
    if _coverage:
        _coverage.stop()
        _coverage.save()
