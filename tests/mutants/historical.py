"""Faults that people met once: each row takes away what mended one, and names the test that was written for it.

The rows are in `historical.toml`; those of `promises.toml` break what is promised of the desk. A row names a function
and words in it, no line, so that it holds wherever the code moves; where one of them is gone, `outdated` says so.
"""

import ast
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgspec

from tests.mutants.core import ROOT

ROWS = tuple(Path(__file__).with_name(name) for name in ("historical.toml", "promises.toml"))


@dataclass(frozen=True)
class HistoricalMutant:
    """One fault: in `function`, "package.module:Class.name", `old` stood for `new` before `release` mended it.

    `line` is what the changelog said of it, in a few words; `tests` those that were written then.
    """

    name: str
    release: str
    line: str
    function: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def id(self) -> str:
        """Another one as soon as the edit is."""
        return f"{self.name}-{sha256(f'{self.function}:{self.old}:{self.new}'.encode()).hexdigest()[:8]}"

    @property
    def path(self) -> str:
        """The file of the module, from the root."""
        path = self.function.partition(":")[0].replace(".", "/")
        return f"{path}.py" if (ROOT / f"{path}.py").exists() else f"{path}/__init__.py"

    @property
    def rooms(self) -> tuple[str, ...]:
        """The folders of its tests."""
        return tuple(dict.fromkeys(test.partition("::")[0].rpartition("/")[0] for test in self.tests))

    def tree(self, source: bytes) -> ast.Module:
        """The file's tree with the fault. Raises LookupError where the function or the words aren't there."""
        lines = source.decode().splitlines(keepends=True)
        first, last = _place(ast.parse(source), self.function.partition(":")[2])
        text = "".join(lines[first:last])
        if text.count(self.old) != 1:
            raise LookupError(f"“{self.old}” stands there {text.count(self.old)} times, not once")
        faulty = text.replace(self.old, self.new)
        return ast.parse("".join([*lines[:first], faulty, *lines[last:]]))


@dataclass(frozen=True)
class Unchanged:
    """No fault at all: the tests must pass with it."""

    id: str
    path: str = "tests/mutants/core.py"

    @classmethod
    def by(cls, tests: Sequence[str]) -> "Unchanged":
        """Another one for other tests."""
        return cls(f"none-{sha256(' '.join(tests).encode()).hexdigest()[:12]}")

    def tree(self, source: bytes) -> ast.Module:
        """The file as it is."""
        return ast.parse(source)


def _place(tree: ast.Module, name: str) -> tuple[int, int]:
    """Where a function, class or constant begins and ends, as a slice of lines."""
    here: ast.AST = tree
    for part in name.split("."):
        found = next((node for node in ast.iter_child_nodes(here) if part in _names(node)), None)
        if found is None:
            raise LookupError(f"there is no {name}")
        here = found
    assert isinstance(here, ast.stmt)
    decorators = [one.lineno for one in getattr(here, "decorator_list", ())]
    return min([here.lineno, *decorators]) - 1, here.end_lineno or here.lineno


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case _:
            pass


def historical() -> list[HistoricalMutant]:
    """All rows, as they stand there."""
    rows = [row for table in ROWS for row in tomllib.loads(table.read_text())["mutant"]]
    return msgspec.convert(rows, list[HistoricalMutant])


class Outdated:
    """Looks which rows don't fit the code any more. Each file is read once."""

    def __init__(self) -> None:
        self._tests: dict[str, frozenset[str]] = {}

    def of(self, row: HistoricalMutant) -> Iterator[str]:
        """What of it isn't so any more: its function, its words, its tests."""
        path = ROOT / row.path
        if not path.exists():
            yield f"{row.name}: there is no module {row.function.partition(':')[0]}"
        else:
            yield from self._edit(row, path.read_bytes())
        for test in row.tests:
            file, _, name = test.partition("::")
            if name.rpartition("::")[2].partition("[")[0] not in self._names(file):
                yield f"{row.name}: there is no test {test}"

    def _edit(self, row: HistoricalMutant, source: bytes) -> Iterator[str]:
        try:
            tree = row.tree(source)
        except (LookupError, SyntaxError) as error:
            yield f"{row.name}: {row.function}: {error}"
            return
        if ast.dump(tree) == ast.dump(ast.parse(source)):
            yield f"{row.name}: {row.function}: the edit changes nothing"

    def _names(self, file: str) -> frozenset[str]:
        if file not in self._tests:
            path = ROOT / file
            tree = ast.parse(path.read_bytes()) if path.is_file() else ast.Module([], [])
            functions = (ast.FunctionDef, ast.AsyncFunctionDef)
            self._tests[file] = frozenset(node.name for node in ast.walk(tree) if isinstance(node, functions))
        return self._tests[file]
