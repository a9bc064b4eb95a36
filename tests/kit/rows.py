"""Rows of expectations kept beside their tests: what is said and what it means, in a table of its own.

`test_x.py` has `test_x.tsv`; what is too little for a file of its own is in the folder's `rows.tsv`. There `@name`
opens the rows of the test of this name, the next line names the columns, `#` begins a remark, tabs part the cells. A
column is text unless the end of its name says what its cells are: `?` text or None where empty, `\\n` text whose
lines are parted by this sign, `=` JSON, `()` JSON with its lists as tuples, `[]` and `{}` a list and a set of them,
`:Expects` a kind of step, `:made` a meaning or what a parser returns, as it is made in code.

A row that fails is named by its file and line, which an editor opens.
"""

import ast
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from inspect import unwrap
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from _pytest.mark import ParameterSet

from tests.table import Test, table
from values import meaning, parsing

Reader = Callable[[str], Any]
T = TypeVar("T", bound=Callable[..., Any])


def frozen(value: object) -> object:
    """Return the value with its lists as tuples."""
    return tuple(map(frozen, cast("list[object]", value))) if isinstance(value, list) else value


def made(cell: str) -> object:
    """Return the meaning or the parser's outcome that is written as it is made."""
    return _value(ast.parse(cell, mode="eval").body)


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return (getattr(meaning, node.func.id, None) or getattr(parsing, node.func.id))(*map(_value, node.args))
    return ast.literal_eval(node)


READERS: Mapping[str, Reader] = {
    "()": lambda cell: frozen(json.loads(cell)),
    "[]": lambda cell: list(cast("tuple[object, ...]", frozen(json.loads(cell)))),
    "{}": lambda cell: set(cast("tuple[object, ...]", frozen(json.loads(cell)))),
    "=": json.loads,
    "?": lambda cell: cell or None,
    r"\n": lambda cell: cell.replace(r"\n", "\n"),
    ":Expects": meaning.Expects,
    ":made": made,
}


@dataclass(slots=True)
class Rows:
    """The rows of one test."""

    names: Sequence[str]
    readers: Sequence[Reader]
    rows: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    places: list[str] = field(default_factory=list[str])

    @classmethod
    def under(cls, head: str) -> "Rows":
        """Return the rows to be read under the names of the columns."""
        columns = head.split("\t")
        ends = [next((end for end in READERS if column.endswith(end)), "") for column in columns]
        names = [column.removesuffix(end) for column, end in zip(columns, ends, strict=True)]
        return cls(names, [READERS.get(end, str) for end in ends])

    def add(self, line: str, place: str = "") -> None:
        """Keep the cells of a line, and where it stands."""
        self.places.append(place)
        self.rows.append(tuple(read(cell) for read, cell in zip(self.readers, line.split("\t"), strict=True)))

    @property
    def named(self) -> list[ParameterSet]:
        """The rows under the names by which a failure tells them."""
        return [pytest.param(*row, id=place) for row, place in zip(self.rows, self.places, strict=True)]


def rows_beside(file: str) -> Mapping[str, Rows]:
    """Return the rows kept beside the test file and those of its folder, by the name of their test."""
    beside = (Path(file).with_suffix(".tsv"), Path(file).with_name("rows.tsv"))
    return {name: rows for kept in reversed(beside) for name, rows in blocks(kept).items()}


@cache
def blocks(kept: Path) -> Mapping[str, Rows]:
    """Return the blocks of a file of rows by their names; none where there is no such file."""
    told = kept.read_text(encoding="utf-8").split("\n") if kept.exists() else []
    lines = ((line, f"{kept.name}:{n}") for n, line in enumerate(told, 1) if line and not line.startswith("#"))
    return dict(_blocks(lines))


def _blocks(lines: Iterator[tuple[str, str]]) -> Iterator[tuple[str, Rows]]:
    rows = Rows((), ())
    for line, place in lines:
        if line.startswith("@"):
            rows = Rows.under(next(lines)[0])
            yield line.removeprefix("@"), rows
        else:
            rows.add(line, place)


def phrases_of(file: str, name: str) -> Mapping[str, tuple[str, ...]]:
    """Return the texts kept beside the file under the name, by their language: the first column of two."""
    found: dict[str, list[str]] = {}
    for language, text in rows_beside(file)[name].rows:
        found.setdefault(language, []).append(text)
    return {language: tuple(texts) for language, texts in found.items()}


def rows_of(test: Test) -> Rows:
    """Return the test's rows."""
    return rows_beside(unwrap(test).__code__.co_filename)[test.__name__]


def all_rows(test: Test) -> Test:
    """Call the test with each of its rows, and fail with all the rows that did (`tests.table`)."""
    kept = rows_of(test)
    return table(kept.names, kept.named)(test)


def each_row(test: T) -> T:
    """Make a test of each of its rows: where a row begins or keeps something."""
    kept = rows_of(test)
    return pytest.mark.parametrize(tuple(kept.names), kept.named)(test)
