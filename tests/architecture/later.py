"""Subjects that a sign-up can do without (`later.toml`): who of the rest imports them, and what a bare desk loads."""

import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from tests.architecture.rooms import ROOMS, ROOT, shown, sources
from tests.architecture.words import imports_of, module_name

TABLE = Path(__file__).with_suffix(".toml")

BARE = """
import sys
import bot.app.serve
from pathlib import Path
from bot.profile import load
load(Path(sys.argv[1]))
print(*filter(None, (getattr(module, "__file__", None) for module in list(sys.modules.values()))), sep="\\n")
"""
"""Loads what a live desk loads with nothing switched on, until it opens its database."""


@cache
def later_files() -> Mapping[str, str]:
    """Return the files of what came later, each with its subject; the first pattern that a path matches decides."""
    table: Mapping[str, Sequence[str]] = tomllib.loads(TABLE.read_text("utf-8"))
    patterns = [(pattern, subject) for subject, own in table.items() for pattern in own]
    found = {
        shown(path): [subject for pattern, subject in patterns if fnmatchcase(shown(path), pattern)]
        for path in _files()
    }
    return {place: subjects[0] for place, subjects in found.items() if subjects}


def _files() -> list[Path]:
    return [path for path in sources() if path.parent.name != "versions"]


def unmatched_patterns() -> tuple[str, ...]:
    """Return the patterns of the table that no file matches."""
    table: Mapping[str, Sequence[str]] = tomllib.loads(TABLE.read_text("utf-8"))
    places = [shown(path) for path in _files()]
    return tuple(one for own in table.values() for one in own if not any(fnmatchcase(place, one) for place in places))


@cache
def arrows_to_later() -> tuple[str, ...]:
    """Return the imports of what came later by what a sign-up needs: the importer, and what it imports."""
    later, files = later_files(), {module_name(path): path for path in _files()}
    return tuple(
        f"{shown(path)} {name} ({later[shown(files[name])]})"
        for path in files.values()
        if shown(path) not in later
        for name in sorted(set(imports_of(path, files)))
        if shown(files[name]) in later
    )


def modules_that_know_later() -> tuple[str, ...]:
    """Return the files of what a sign-up needs that import something that came later."""
    return tuple(dict.fromkeys(arrow.partition(" ")[0] for arrow in arrows_to_later()))


@cache
def loaded_by_bare_desk() -> tuple[str, ...]:
    """Return the project's files that a live desk of a shipped profile loads, with nothing switched on."""
    command = [sys.executable, "-c", BARE, str(ROOT / "profiles" / "fakturasmart")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rooms = tuple(f"{ROOT / room}/" for room in ROOMS)
    return tuple(sorted(shown(Path(line)) for line in done.stdout.splitlines() if line.startswith(rooms)))
