"""What pyproject.toml asks for, what requirements/ pins and what the code imports are one list."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.rooms import ROOMS, ROOT, shown, sources, tree
from tests.table import table

PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^ ;\\]+)", re.MULTILINE)
NOT_IMPORTED = {
    "email-validator": "`values/email.py` takes it by name, with the first address",
    "python-multipart": "Starlette reads forms with it",
    "sniffio": "httpx looks for it at each request",
    "uvloop": "`okienko run` takes it by name, where it is installed",
    "tzdata": "zoneinfo reads it where the system has no time zones",
}
"""Dependencies that no file imports by name, and who does."""

project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
runtime = [Requirement(line) for line in project["dependencies"]]
extras = {name: [Requirement(line) for line in lines] for name, lines in project["optional-dependencies"].items()}


def pins(file: str) -> dict[str, list[str]]:
    """Name → pinned versions (more than one where they differ by Python version)."""
    found: dict[str, list[str]] = {}
    for match in PIN.finditer((ROOT / "requirements" / file).read_text(encoding="utf-8")):
        found.setdefault(canonicalize_name(match["name"]), []).append(match["version"])
    return found


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("base.txt", runtime + extras["rasa"] + extras["postgres"] + extras["training"]),
        ("dev.txt", runtime + [need for name in extras.keys() - {"hearing"} for need in extras[name]]),
        ("hearing.txt", extras["hearing"]),
    ],
    ids=["base", "dev", "hearing"],
)
def test_what_is_asked_for_is_pinned(file: str, wanted: list[Requirement]) -> None:
    pinned = pins(file)
    stale = [
        str(need)
        for need in wanted
        if not any(need.specifier.contains(version) for version in pinned.get(canonicalize_name(need.name), []))
    ]
    assert not stale, f"requirements/{file} lacks {stale}: run `make lock`"


def test_hearing_changes_no_library_of_the_desk() -> None:
    """Both stand in one environment."""
    base, hearing = pins("base.txt"), pins("hearing.txt")
    assert {name: hearing[name] for name in base.keys() & hearing.keys() if hearing[name] != base[name]} == {}


@table("file", ["base.txt", "dev.txt", "hearing.txt", "install.txt"])
def test_every_pin_has_a_hash_and_no_file_names_an_index(file: str) -> None:
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    entries = re.split(r"^(?=\S)", "\n".join(lines), flags=re.MULTILINE)[1:]
    assert len(entries) == sum(len(versions) for versions in pins(file).values())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"https?://|file:|^-", "\n".join(lines), re.MULTILINE)


def test_what_is_installed_to_run_tests_of_rules_needs_nothing_else() -> None:
    """The names taken out of dev.txt, each with its hash, are all that pytest needs."""
    listed = re.search(r"^TESTERS := (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert listed is not None
    names, pinned = set(listed[1].split()), pins("dev.txt")
    needs = [Requirement(line) for name in names - {"colorama"} for line in requires(name) or ()]
    at_work = [
        need for need in needs if need.marker is None or need.marker.evaluate({"sys_platform": "win32", "extra": ""})
    ]
    assert {canonicalize_name(need.name) for need in at_work} <= names <= pinned.keys()


def imported(path: Path) -> set[str]:
    """Top-level names of what the file imports."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_every_import_is_a_declared_dependency_and_every_dependency_is_imported() -> None:
    wanted = runtime + extras["rasa"] + extras["postgres"] + extras["training"]
    declared = {canonicalize_name(need.name) for need in wanted}
    distributions = packages_distributions()
    used: dict[str, str] = {}
    for path in sources():
        for name in imported(path) - sys.stdlib_module_names - set(ROOMS):
            for distribution in distributions.get(name, [name]):
                used.setdefault(canonicalize_name(distribution), shown(path))
    undeclared = {name: path for name, path in used.items() if name not in declared}
    assert not undeclared, f"imported, but not in pyproject.toml: {undeclared}"
    unused = declared - used.keys() - NOT_IMPORTED.keys()
    assert not unused, f"in pyproject.toml, but imported nowhere: {sorted(unused)}"
