"""How much there is to read: statements, long files, wide classes, tests that lean on tests."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.architecture.rooms import ROOT, nodes, shown, tree

WIDE = 12
"""Fields from which a class counts as wide."""

LONG = 300
"""Lines above which a file counts as long."""


def statement_count(paths: Iterable[Path]) -> int:
    """Return the number of statements in the files, docstrings apart: unlike lines, no formatter changes it."""
    return sum(isinstance(node, ast.stmt) and not _is_text(node) for path in paths for node in nodes(path))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def fields_of(node: ast.ClassDef) -> int:
    """Return the number of fields that a struct, dataclass or model declares itself."""
    return sum(isinstance(each, ast.AnnAssign) for each in node.body)


def classes(paths: Iterable[Path]) -> Iterator[tuple[Path, ast.ClassDef]]:
    """Yield the classes of the files."""
    for path in paths:
        yield from ((path, node) for node in nodes(path) if isinstance(node, ast.ClassDef))


def wide_classes(paths: Iterable[Path]) -> tuple[str, ...]:
    """Return the classes of at least `WIDE` fields, the widest first."""
    counted = sorted(((fields_of(node), node.name, shown(path)) for path, node in classes(paths)), reverse=True)
    return tuple(f"{number} {name} {place}" for number, name, place in counted if number >= WIDE)


def lengths(paths: Iterable[Path]) -> tuple[tuple[int, str], ...]:
    """Return the files with their lines, the longest first."""
    counted = ((len(path.read_text(encoding="utf-8").splitlines()), shown(path)) for path in paths)
    return tuple(sorted(counted, reverse=True))


def long_files(paths: Iterable[Path]) -> tuple[str, ...]:
    """Return the files of more than `LONG` lines, the longest first."""
    return tuple(f"{number} {place}" for number, place in lengths(paths) if number > LONG)


def function_lengths(paths: Iterable[Path]) -> list[int]:
    """Return the lines of each function of the files, docstring included."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = (node for path in paths for node in nodes(path) if isinstance(node, kinds))
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in found]


def percentile(counted: Iterable[int], share: float) -> int:
    """Return the number that this share of them doesn't exceed."""
    ordered = sorted(counted)
    return ordered[int(len(ordered) * share)]


def step_fields() -> int:
    """Return the number of fields that a step of a dialog has."""
    return next(fields_of(node) for _, node in classes([ROOT / "dialogs/kit/step.py"]) if node.name == "Step")


def leaning_tests() -> tuple[str, ...]:
    """Return the test files that import from another one: what two need belongs beside them, under a name of its own.

    Whoever changes the other's tests doesn't look there, and a test that is moved takes its helpers along.
    """
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return tuple(f"{shown(path)}: {' '.join(found)}" for path in files if (found := sorted(_tests_imported(path))))


def _tests_imported(path: Path) -> set[str]:
    imports = (node for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom))
    return {node.module for node in imports if node.module and node.module.rpartition(".")[2].startswith("test_")}
