"""The tests that a change reaches, nearest first, as many as fit into two minutes: `make near`.

A module reaches those that import it; a file that is no Python reaches the modules that name it or lie in its room. So
a change of what all stands on reaches all: then the nearest are run until the clock says stop (`clock.py`), and the
others are counted for `make test`. Comments and the way of writing reach nothing, docstrings only what shows them.
"""

import ast
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.clock import BEGUN, LAST_BEGINS_S, Clock, seconds_left, told
from tests.architecture.commits import git
from tests.architecture.rooms import ROOMS, ROOT

WHERE = (*ROOMS, "tests", "benchmarks", "docs")
#: How long each test file took when it last ran, in seconds (`pytest_sessionfinish` below).
SECONDS = ROOT / ".pytest_cache" / "seconds.json"
#: … where none is known: whole desks and browsers by their rooms, and the others.
UNKNOWN = {"tests/desk/": 12.0, "tests/web/browser/": 15.0, "tests/crash/": 60.0, "tests/journeys/": 8.0, "": 1.0}
#: What the tests that are begun may take, in seconds of each process: a little more than there is time for.
BUDGET = 100.0
#: For each process so many files at least: to begin one takes as long as they do.
FILES = 8
#: So many of the nearest are run before all the others are so much as looked for, which takes half a minute.
FIRST = 24
#: So many tests of the changed files themselves are run before any other process is begun.
OWN = 4
#: These show what docstrings say: in the generated pages and the golden files, or as the house's figures.
SHOW_DOCSTRINGS = (
    "tests/docs/test_reference.py",
    "tests/golden/test_golden.py",
    "tests/architecture/test_docstrings.py",
    "tests/architecture/test_rooms.py",
)


class Tree:
    """The Python files of a repository, by which others they import and which files they name.

    What was found in a file is kept in `.pytest_cache`, and read again when the file is another one.
    """

    def __init__(self, root: Path, rooms: Iterable[str] = WHERE) -> None:
        self.root = root
        kept = root / ".pytest_cache" / "imports.json"
        known = json.loads(kept.read_text()) if kept.exists() else {}
        paths = sorted(path for room in rooms for path in (root / room).rglob("*.py"))
        self.modules = {_module(path.relative_to(root)): path.relative_to(root).as_posix() for path in paths}
        self.named: dict[str, set[str]] = {}
        self.importers: dict[str, set[str]] = defaultdict(set)
        found = {file: self._looked_at(file, known.get(file)) for file in self.modules.values()}
        for file, (_, imported, words) in found.items():
            self.named[file] = set(words)
            for other in self._imported(imported, words) - {file}:
                self.importers[other].add(file)
        if found != known:
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(json.dumps(found))

    def reached(self, changed: Iterable[str]) -> Mapping[str, int]:
        """Return the files that a change of these reaches, with the imports that lie between."""
        found = dict.fromkeys(self._begins(changed), 0)
        waiting = list(found)
        for file in waiting:
            for importer in sorted(self.importers[file] - found.keys()):
                found[importer] = found[file] + 1
                waiting.append(importer)
        return found

    def _begins(self, changed: Iterable[str]) -> Iterator[str]:
        for file in changed:
            if file.endswith(".py"):
                yield from (file,) if file in self.named else ()
                yield from self._below(file) if file.endswith("/conftest.py") else ()
            else:
                yield from self._readers(Path(file))

    def _below(self, conftest: str) -> Iterator[str]:
        """Yield the tests that are given the fixtures of this file."""
        yield from (file for file in self.named if file.startswith(conftest.removesuffix("conftest.py")))

    def _readers(self, file: Path) -> Iterator[str]:
        """Yield the modules that name the file or a folder of it, and those of its room and of the tests of that."""
        told = {file.name, *(folder.as_posix() for folder in [file, *file.parents] if len(folder.parts) > 1)}
        yield from (reader for reader, names in self.named.items() if told & names)
        for rooms in (file.parents[:-1], [Path("tests", room) for room in file.parents[:-1] or [Path("docs")]]):
            yield from next(filter(None, (self._in(room) for room in rooms)), [])

    def _in(self, room: Path) -> list[str]:
        return [file for file in self.named if Path(file).parent == room]

    def _looked_at(self, file: str, known: list[Any] | None) -> list[Any]:
        stat = (self.root / file).stat()
        mark = f"{stat.st_mtime_ns} {stat.st_size}"
        return known if known and known[0] == mark else [mark, *map(sorted, self._read(file))]

    def _read(self, file: str) -> tuple[set[str], set[str]]:
        """Return the names that this file imports, and the words in it that may be names of files."""
        imported, words = set[str](), set[str]()
        for node in ast.walk(ast.parse((self.root / file).read_bytes(), filename=file)):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200:
                words.add(node.value.strip("/"))
        return imported, {word for word in words if word and len(word.split()) == 1}

    def _imported(self, names: Iterable[str], words: Iterable[str]) -> set[str]:
        late = {word.partition(":")[0] for word in words}
        packages = {".".join(parts[:end]) for parts in (name.split(".") for name in names) for end in (1, 2, 3)}
        return {self.modules[name] for name in {*names, *late, *packages} if name in self.modules}


def _module(path: Path) -> str:
    return ".".join(path.parts[:-1] if path.stem == "__init__" else (*path.parts[:-1], path.stem))


def changed(at: Path = ROOT) -> list[str]:
    """Return what differs from where this branch left main, committed or not, new files with it.

    A Python file whose code is the same isn't among it; where its docstrings differ, those who show them are.
    """
    begun = (git("merge-base", "main", "HEAD", at=at) or "HEAD").strip()
    differing = (("diff", "--name-only", begun), ("ls-files", "--others", "--exclude-standard"))
    files = {file for question in differing for file in (git(*question, at=at) or "").splitlines()}
    return sorted({other for file in files for other in _differing(file, begun, at)})


def _differing(file: str, begun: str, at: Path) -> Sequence[str]:
    is_code = file.endswith(".py") and (at / file).exists()
    if not is_code or (before := git("show", f"{begun}:{file}", at=at)) is None:
        return [file]
    try:
        old, new = ast.parse(before), ast.parse((at / file).read_bytes())
    except SyntaxError:
        return [file]
    if ast.dump(old) == ast.dump(new):
        return []
    return SHOW_DOCSTRINGS if ast.dump(_undocumented(old)) == ast.dump(_undocumented(new)) else [file]


def _undocumented(code: ast.Module) -> ast.Module:
    """Take the docstrings out, and the texts below attributes."""
    for node in ast.walk(code):
        for name, block in ast.iter_fields(node):
            if isinstance(block, list) and any(map(_is_text, block)):
                setattr(node, name, [part for part in block if not _is_text(part)])
    return code


def _is_text(node: object) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case _:
            return False


def chosen(reached: Mapping[str, int], seconds: Mapping[str, float], budget: float) -> tuple[list[str], list[str]]:
    """Return the nearest test files that take no longer than this together, and those that are left out."""
    tests = [file for file in reached if file.startswith("tests/") and Path(file).name.startswith("test_")]
    taken, spent = list[str](), 0.0
    nearest = sorted(tests, key=lambda file: (reached[file], _took(file, seconds), file))
    for file in nearest:
        if (took := _took(file, seconds)) <= budget - spent:
            taken.append(file)
            spent += took
    return taken, [file for file in nearest if file not in taken]


def _took(file: str, seconds: Mapping[str, float]) -> float:
    return seconds.get(file) or next(took for room, took in UNKNOWN.items() if file.startswith(room))


def known_seconds() -> dict[str, float]:
    """Return how long each test file took when it last ran here."""
    return json.loads(SECONDS.read_text()) if SECONDS.exists() else {}


class Timed:
    """A plugin of pytest that keeps how long each test file took."""

    def __init__(self) -> None:
        self._took: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up set-up, call and tear-down."""
        self._took[report.nodeid.partition("::")[0]] += report.duration

    def pytest_sessionfinish(self) -> None:
        """Keep them beside those of other runs, in the process that sees all the others' reports."""
        if "PYTEST_XDIST_WORKER" not in os.environ:
            SECONDS.parent.mkdir(exist_ok=True)
            took = {file: round(seconds, 1) for file, seconds in self._took.items()}
            SECONDS.write_text(json.dumps(known_seconds() | took))


def own_tests(differing: Iterable[str], tests: Sequence[str]) -> list[str]:
    """Return the tests of the changed files themselves, which have their names and rooms; else the nearest one."""
    paths = [Path(file) for file in differing]
    names = {
        str(path if path.parts[0] == "tests" else Path("tests", path.parent, f"test_{path.name}")) for path in paths
    }
    return [test for test in tests if test in names][:OWN] or [*tests[:1]]


def run(
    tests: Sequence[str], far: Sequence[str], workers: int, more: Sequence[str] = (), own: Sequence[str] = ()
) -> int:
    """Run the tests, their `own` in this process first, as far as the clock allows; tell what failed and what is left.

    The first of the others are run by themselves.
    """
    others = [test for test in tests if test not in own]
    clocks = [Clock(part) for part in (own, others[:FIRST], others[FIRST:]) if part]
    codes = [0]
    for clock in clocks:
        if clock.files is own or (seconds_left(LAST_BEGINS_S) > 0 and not any(codes)):
            codes.append(_run(clock, 0 if clock.files is own else workers, more))
    if left := [*(file for clock in clocks for file in clock.left), *far]:
        print(f"{len(left)} of the files are left for `make test`: {told(left)}")
    if failed := [test for clock in clocks for test in clock.failed]:
        print("failed:", *failed, sep="\n  ")
    return 1 if failed else max(codes)


def _run(clock: Clock, workers: int, more: Sequence[str]) -> int:
    processes = str(max(1, min(workers, len(clock.files) // FILES)))
    nodes = ["-n", processes, "--dist", "loadfile", "--no-loadscope-reorder", "-p", "tests.architecture.clock"]
    shared = nodes if workers else []
    code = pytest.main([*clock.files, "-q", "--no-summary", "-m", "not nightly", *shared, *more], plugins=[clock])
    return 0 if clock.was_late or code in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.TESTS_FAILED) else code


def main(workers: int, more: Sequence[str]) -> int:
    """Run what the change reaches; say how much that is."""
    os.environ.setdefault(BEGUN, str(time.time()))
    reached = Tree(ROOT).reached(differing := changed())
    tests, far = chosen(reached, known_seconds(), BUDGET * workers)
    print(f"{len(differing)} changed files reach {len(tests) + len(far)} files of tests.", flush=True)
    own = own_tests(differing, [*tests, *far])
    if not own:
        print("No test imports or names what was changed, so none is run.")
    return run(tests, [file for file in far if file not in own], workers, more, own) if own else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
