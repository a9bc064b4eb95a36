"""Tries a mistake: a process that imports the file with it and runs tests. No file is changed.

The process is forked from one that has loaded the libraries, and nothing of Okienko: that spares seconds each time.
"""

import ast
import contextlib
import importlib
import json
import multiprocessing
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import islice
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import CodeType, ModuleType
from typing import Protocol

import pytest

from tests.mutants.core import FOLDER, ROOT
from tests.nightly import BY_DAY

#: The libraries that the first trial has loaded.
LIBRARIES = FOLDER / "libraries.json"
#: A mistake may make tests go on for ever: they are stopped after so many times the processor's time that they took,
#: and this. What waits for ever is stopped by the clock, which a busy machine must not reach.
PATIENCE, AT_LEAST_S, WAITING_S = 8, 30, 420.0
KILLED, SURVIVED, TIMEOUT, UNSEEN = "killed", "survived", "timeout", "no test"


class Planted(Protocol):
    """A mistake in one file."""

    @property
    def id(self) -> str: ...

    @property
    def path(self) -> str: ...

    def tree(self, source: bytes) -> ast.Module: ...


@dataclass(frozen=True)
class Result:
    """The end of a trial: how many tests ran, and which of them noticed."""

    id: str
    result: str
    seconds: float
    tests: int
    by: str = ""


@dataclass
class Trial:
    """A process at work on one."""

    mutant: Planted
    id: str
    tests: list[str]
    deadline: float
    begun: float
    process: BaseProcess
    folder: Path

    @classmethod
    def begin(
        cls, mutant: Planted, tests: list[str], took: float, *, id: str = "", waits: float = WAITING_S
    ) -> "Trial":
        """Begin one of tests that take so long (in seconds); its result has the mutant's `id`, or that one."""
        folder, now = Path(tempfile.mkdtemp(prefix="mutant-", dir=_room())), time.monotonic()
        process = _context().Process(target=_run, args=(mutant, tests, folder, int(AT_LEAST_S + PATIENCE * took)))
        process.start()
        return cls(mutant, id or mutant.id, tests, now + waits, now, process, folder)

    def result(self) -> Result | None:
        """Return the end of the trial; None while it is at work."""
        late = time.monotonic() > self.deadline
        if self.process.is_alive() and not late:
            return None
        if not late:
            self.process.join()
        with contextlib.suppress(ProcessLookupError, TypeError):
            os.killpg(self.process.pid or 0, signal.SIGKILL)  # with what it has begun
        self.process.join()
        said = (self.folder / "said").read_text(errors="replace") if (self.folder / "said").exists() else ""
        shutil.rmtree(self.folder, ignore_errors=True)
        late = late or self.process.exitcode in (-signal.SIGXCPU, -signal.SIGKILL)
        result = TIMEOUT if late else SURVIVED if self.process.exitcode == 0 else KILLED
        by = re.search(r"^(?:FAILED|ERROR) (\S+)", said, re.MULTILINE)
        last = said.strip().splitlines()[-1:] or [f"exit {self.process.exitcode}"]
        why = "" if result == SURVIVED else by[1] if by else last[0]
        return Result(self.id, result, round(time.monotonic() - self.begun, 1), len(self.tests), why)


def ended(trials: Iterable[Trial], jobs: int) -> Iterator[Result]:
    """Yield the end of each trial as it comes; so many are at work at a time, each begun when it is asked for."""
    waiting, begun = iter(trials), list[Trial]()
    while begun := [*begun, *islice(waiting, jobs - len(begun))]:
        ends = [(trial, trial.result()) for trial in begun]
        begun = [trial for trial, result in ends if result is None]
        yield from (result for _, result in ends if result is not None)
        time.sleep(0.1)


class Results:
    """A file with a line for each: what is in it isn't tried again."""

    def __init__(self) -> None:
        self._path = FOLDER / "results.jsonl"
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        self.all = {row["id"]: Result(**row) for row in map(json.loads, lines)}

    def add(self, result: Result) -> None:
        self.all[result.id] = result
        FOLDER.mkdir(exist_ok=True)
        with self._path.open("a") as file:
            file.write(json.dumps(asdict(result)) + "\n")


def preload() -> None:
    """Import the libraries that the first trial did; those that can't be imported by themselves are left out."""
    for path in FOLDER.glob(LIBRARIES.name):
        for name in json.loads(path.read_text()):
            if name.partition(".")[0] not in ("coverage", "xdist"):
                with contextlib.suppress(Exception):
                    importlib.import_module(name)


def keep_libraries() -> None:
    """Keep for the next trials which libraries this one has loaded; in a fresh clone nothing was kept before."""
    if not LIBRARIES.exists():
        LIBRARIES.parent.mkdir(exist_ok=True)
        LIBRARIES.write_text(json.dumps(libraries()))


def libraries() -> list[str]:
    """Name the modules that are loaded and none of Okienko's."""
    return sorted(name for name, module in sys.modules.items() if _is_library(module))


def _is_library(module: object) -> bool:
    return "site-packages" in (getattr(module, "__file__", None) or "")


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.mutants.preload"])
    return context


def _room() -> Path | None:
    return Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None


class _Finder(PathFinder):
    """Finds the mutant's module in its tree, any other where it is."""

    @classmethod
    def of(cls, mutant: Planted) -> "type[_Finder]":
        wanted = mutant.path.removesuffix(".py").replace("/", ".")

        class Found(cls):
            @classmethod
            def find_spec(
                cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
            ) -> ModuleSpec | None:
                if fullname != wanted:
                    return None
                spec = super().find_spec(fullname, path, target)
                if spec is not None:
                    spec.loader = _Loader(fullname, str(ROOT / mutant.path), mutant)
                return spec

        return Found


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, mutant: Planted) -> None:
        super().__init__(fullname, path)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._mutant.tree(Path(self.path).read_bytes()), self.path, "exec")


def _run(mutant: Planted, tests: list[str], folder: Path, most: int) -> None:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
    said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.chdir(ROOT)
    os.environ[BY_DAY] = "1"  # series are as long as when they were seen
    sys.meta_path.insert(0, _Finder.of(mutant))
    quiet = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore", f"--basetemp={folder / 'tests'}", "--tb=line"]
    code = pytest.main([*quiet, *tests])
    keep_libraries()
    sys.stdout.flush()
    os._exit(int(code))
