"""What import contracts and linters can't say about the house."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.rooms import ROOMS, ROOT, shown, sources, tree

UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
NAMES_A_PROFILE = {"bot/app/settings.py"}
"""Where a profile may be named in code: the default of a setting."""


# Every folder of the rooms that holds Python files; Alembic runs the scripts in `versions` by path, not as a package.
PACKAGES = sorted(
    {path.parent for path in sources() if path.parent.name != "versions"} | {ROOT / room for room in ROOMS}
)


@pytest.mark.parametrize("package", PACKAGES, ids=shown)
def test_a_package_says_what_belongs_in_it(package: Path) -> None:
    init = package / "__init__.py"
    assert init.is_file(), f"{shown(package)} has no __init__.py"
    assert ast.get_docstring(tree(init)), f"{shown(init)} has no docstring: what belongs here, what must it not know?"


def words(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Names and string constants of a module, docstrings left out, with their lines."""
    prose = {
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in prose:
            yield node.lineno, node.value


def test_no_code_knows_a_profile_by_name() -> None:
    profiles = sorted(path.parent.name for path in ROOT.glob("profiles/*/profile.toml"))
    assert profiles, "no shipped profile found: this test would prove nothing"
    found = [
        f"{shown(path)}:{line}: {profile}"
        for path in sources()
        if shown(path) not in NAMES_A_PROFILE
        for line, word in words(tree(path))
        for profile in profiles
        if profile in word.lower()
    ]
    assert not found, "a profile makes a journey, code doesn't (see profiles/): " + "; ".join(found)


def committed() -> list[Path]:
    """Files under version control; in an unpacked source archive, every file of the rooms."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        return [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file()]
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_nothing_is_left_for_later() -> None:
    found: list[str] = []
    for path in committed():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        found += [f"{shown(path)}:{n}" for n, line in enumerate(text.splitlines(), 1) if UNFINISHED.search(line)]
    assert not found, f"left for later: {found}"
