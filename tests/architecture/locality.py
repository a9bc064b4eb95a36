"""How many files a change has to know: what is declared in one place, and what is said again elsewhere.

The measures are those of `make house`; what a step with an effect takes is counted where it is told,
`docs/dev/add-a-step.md`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rooms import ROOT, body, nodes, shown, sources

LATEST_KIND = "date"
"""The kind of answer whose files are counted: the last one that was added."""
KINDS = "values/kinds/"
ASKING = frozenset({"ask", "choose", "wait"})
"""Calls by which a dialog declares a step: a step names its kind, which is no table."""
CHAIN = 3
"""So many kinds told apart in one function are a table written as comparisons."""
QUESTIONS = frozenset({"shop_name", "start_day", "accountant"})
"""Questions of `tests/sellers/asking` that are called as nothing else is."""
GUIDE = ROOT / "docs" / "dev" / "add-a-step.md"


def expects_tables() -> tuple[str, ...]:
    """Return where the product tells kinds of answers apart outside their room: by mappings, lists or comparisons."""
    found = (
        f"{shown(path)}:{node.lineno} {form}"
        for path in sources()
        if not shown(path).startswith(KINDS)
        for node in nodes(path)
        if isinstance(node, ast.expr | ast.stmt) and (form := _table(node))
    )
    return tuple(found)


def _table(node: ast.expr | ast.stmt) -> str:
    match node:
        case ast.Dict():
            return "mapping" if sum(_is_kind(key) for key in node.keys if key) > 1 else ""
        case ast.Set() | ast.Tuple() | ast.List():
            return "list" if sum(map(_is_kind, node.elts)) > 1 else ""
        case ast.Match():
            tried = [each for case in node.cases for each in ast.walk(case.pattern)]
            named = [each.value for each in tried if isinstance(each, ast.MatchValue)]
            return "match" if sum(map(_is_kind, named)) > 1 else ""
        case ast.FunctionDef():
            return "comparisons" if len(set(_compared(node))) >= CHAIN else ""
        case _:
            return ""


def _is_kind(node: ast.AST) -> bool:
    """Return whether it is `Expects.NAME`, or `str` of it."""
    if isinstance(node, ast.Call):
        return len(node.args) == 1 and _is_kind(node.args[0])
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Expects"


def _compared(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Compare):
            yield from (ast.unparse(side) for side in (node.left, *node.comparators) if _is_kind(side))


def files_of_a_kind() -> tuple[str, ...]:
    """Return the product's files that name the latest kind, apart from the dialogs that ask for it."""
    return tuple(shown(path) for path in sources() if _names_kind(path))


def _names_kind(path: Path) -> bool:
    parsed = nodes(path)
    if any(isinstance(node, ast.ClassDef) and node.name == "Expects" for node in body(path)):
        return True
    asked = {id(each) for node in parsed if _asks(node) for each in ast.walk(node)}
    named = (node for node in parsed if isinstance(node, ast.Attribute) and node.attr == LATEST_KIND)
    entered = f"{LATEST_KIND}.{LATEST_KIND.upper()}" in path.read_text("utf-8")
    return entered or any(_is_kind(node) and id(node) not in asked for node in named)


def _asks(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKING


def files_of_a_question() -> tuple[str, ...]:
    """Return the product's files that name a question of the seller with all kinds of them."""
    return tuple(shown(path) for path in sources() if any(_is_question(node) for node in nodes(path)))


def _is_question(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in QUESTIONS


def files_of_an_effect() -> tuple[str, ...]:
    """Return the rows of the guide's table of files that a question with an effect touches, each with its number."""
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|", GUIDE.read_text("utf-8"), re.M)
    return tuple(f"{number} {files}" for number, files in rows)
