"""Docstrings name errors that exist; words are counted on the pages that people write, and long decisions named."""

import ast
import builtins
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.prose import BRIEF, decision_pages, long_decisions, prose_pages
from tests.architecture.rooms import ROOT, shown, sources, tree

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


def test_pages_that_a_command_writes_are_not_counted() -> None:
    written = {*(ROOT / "docs").rglob("*.md")} - {*prose_pages()}

    names = ("access", "api", "commands", "dialogs", "settings")
    assert {shown(page) for page in written} == {f"docs/reference/{name}.md" for name in names}


def test_a_decision_of_too_many_words_is_named(tmp_path: Path) -> None:
    lengths = {"README.md": 2 * BRIEF, "dependencies.md": 2 * BRIEF, "cards.md": BRIEF, "voice.md": BRIEF + 1}
    for name, words in lengths.items():
        (tmp_path / name).write_text("word " * words)

    assert [page.name for page in decision_pages(tmp_path)] == ["cards.md", "dependencies.md", "voice.md"]
    assert long_decisions(tmp_path) == (f"{BRIEF + 1} voice.md",)
