"""What import contracts and linters can't say about the house."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.memory import slots_filled_in
from tests.architecture.rooms import ROOMS, ROOT, shown, sources, tree
from tests.table import table

UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
FOR_STRUCTS = frozenset({"asdict", "fields", "replace"})
"""Functions of `dataclasses` that `msgspec.structs` has under the same names, and that no record can be given to."""
PROFILES = sorted(folder.name for folder in (ROOT / "profiles").iterdir())
#: The one place that names a profile: which is run when none is named.
DEFAULT = ("bot/app/settings.py", 'default=Path("profiles/fakturasmart")')


# Every folder of the rooms that holds Python files; Alembic runs the scripts in `versions` by path, not as a package.
PACKAGES = sorted(
    {path.parent for path in sources() if path.parent.name != "versions"} | {ROOT / room for room in ROOMS}
)


@pytest.mark.parametrize("package", PACKAGES, ids=shown)
def test_a_package_says_what_belongs_in_it(package: Path) -> None:
    init = package / "__init__.py"
    assert init.is_file(), f"{shown(package)} has no __init__.py"
    assert ast.get_docstring(tree(init)), f"{shown(init)} has no docstring: what belongs here, what must it not know?"


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


@table("room", ROOMS)
def test_no_code_knows_a_profile(room: str) -> None:
    named = re.compile("|".join(PROFILES), re.IGNORECASE)
    for path in sorted((ROOT / room).rglob("*")):
        if path.suffix not in (".py", ".js", ".html", ".css", ".sql"):
            continue
        told = path.read_text("utf-8")
        if str(path.relative_to(ROOT)) == DEFAULT[0]:
            assert DEFAULT[1] in told
            told = told.replace(DEFAULT[1], "")
        found = [line.strip() for line in told.splitlines() if named.search(line)]
        assert not found, f"{path.relative_to(ROOT)}: {found[0]}"


def test_records_are_copied_and_taken_apart_by_msgspec() -> None:
    wrong = {shown(path): of_dataclasses(path.read_text()) for path in sources(*ROOMS, "docs/dev/samples")}
    assert not {path: names for path, names in wrong.items() if names}, "msgspec.structs is meant"


def test_a_wrong_copy_is_found() -> None:
    assert of_dataclasses("from dataclasses import dataclass, replace\n") == ["replace"]
    assert of_dataclasses("import dataclasses\ndataclasses.asdict(of)\n") == ["asdict"]


def of_dataclasses(source: str) -> list[str]:
    """Return what a module takes from `dataclasses` that no struct can be given to."""
    taken: list[str] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module="dataclasses", names=names):
                taken += [alias.name for alias in names]
            case ast.Attribute(value=ast.Name("dataclasses"), attr=name):
                taken.append(name)
            case _:
                pass
    return [name for name in taken if name in FOR_STRUCTS]


def test_a_slot_that_is_filled_from_the_books_is_found() -> None:
    copying = "then(replace(s, phone=ctx.books.phone, behind=before(ctx.books)), Say('a', {'phone': ctx.books.phone}))"
    assert [*slots_filled_in(ast.walk(ast.parse(copying)))] == ["phone"]
