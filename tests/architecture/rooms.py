"""The source files the structural tests look at."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("bot", "dialogs", "nlu", "services", "values", "sandbox")
"""The packages that make the desk."""


def sources(*rooms: str) -> Iterator[Path]:
    """Every Python file of the rooms (default: all), in a fixed order."""
    for room in rooms or ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def tree(path: Path) -> ast.Module:
    """The file, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of the file, parsed once and kept, as each figure of the house looks at them anew."""
    return tuple(ast.walk(tree(path)))


@cache
def body(path: Path) -> tuple[ast.stmt, ...]:
    """The statements at the file's top level."""
    return tuple(each for each in ast.iter_child_nodes(nodes(path)[0]) if isinstance(each, ast.stmt))


def shown(path: Path) -> str:
    """The path as a reader of a failure wants it."""
    return str(path.relative_to(ROOT))
