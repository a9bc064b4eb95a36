"""Docstrings name errors that exist: whoever catches one by its docstring catches something."""

import ast
import builtins
import re
from collections.abc import Iterator

from tests.architecture.rooms import shown, sources, tree

#: "Raises A, B and C(reason)", "Errors: A for …": the names that follow at once.
SAID = re.compile(r"\b(?:Raises|Errors:)\s+((?:`?[A-Z]\w+`?(?:\([^)]*\))?(?![\w'])(?:,\s*| or | and )?)+)")


def known() -> set[str]:
    """Every class of the house and every name that it imports."""
    names = set(dir(builtins))
    for path in sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                names.update(alias.asname or alias.name.rpartition(".")[2] for alias in node.names)
    return names


def named() -> Iterator[tuple[str, str]]:
    """Where a docstring names an error, and the name."""
    for path in sources():
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
                continue
            for said in SAID.finditer(ast.get_docstring(node) or ""):
                for name in re.findall(r"[A-Z]\w+", re.sub(r"\([^)]*\)", "", said[1])):
                    yield f"{shown(path)} {getattr(node, 'name', '')}", name


def test_every_error_that_a_docstring_names_exists() -> None:
    names, found = known(), list(named())
    assert len(found) > 100, "docstrings say what they raise"
    assert [(where, name) for where, name in found if name not in names] == []
