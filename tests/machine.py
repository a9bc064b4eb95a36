"""The settings that a run of tests takes from no machine but makes itself, for this process and all that it begins.

| of the machine | in a run |
|---|---|
| fonts | DejaVu alone, by a fontconfig of its own; with `OKIENKO_TESTS_FONTS=liberation` Liberation as well |
| language and character set, time zone, file mode | `C.UTF-8`, UTC, `022` |
| width and colours of the terminal | 80 columns, none |
| proxies; settings of a desk, of PostgreSQL, Git and its user, Python, Node | none |
| home folder | as it is; another one where nothing can be written |
| temporary files | in memory where there is room, unless `TMPDIR` names a folder |
| `PATH`, certificates, `CI`, `PYTHONHASHSEED` | as they are; no test may depend on the last |

Of tools it needs git, make and sh; tests marked `browser` need Chromium and fontconfig with the fonts: without these
they are skipped, and fail where `CI` is true.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

FONTS = "OKIENKO_TESTS_FONTS"
#: Those of the smallest package of each: the faces that some machines have besides would change a page's look.
DEJAVU = tuple(f"DejaVu{kind}{bold}.ttf" for kind in ("Sans", "SansMono", "Serif") for bold in ("", "-Bold"))
LIBERATION = tuple(f"Liberation{kind}-{face}.ttf" for kind in ("Sans", "Mono", "Serif") for face in ("Regular", "Bold"))
#: As on every Linux: the generic names are DejaVu's, and Liberation, where it is, stands for these families.
_ALIKE = (
    *(("sans-serif", "DejaVu Sans"), ("system-ui", "DejaVu Sans"), ("serif", "DejaVu Serif")),
    *(("monospace", "DejaVu Sans Mono"), ("Arial", "Liberation Sans"), ("Helvetica", "Liberation Sans")),
    *(("Times New Roman", "Liberation Serif"), ("Courier New", "Liberation Mono")),
)
_ALIAS = '<alias binding="same"><family>{}</family><accept><family>{}</family></accept></alias>'
_CONFIG = """<?xml version="1.0"?>
<fontconfig><dir>{folder}</dir><cachedir>{folder}/cache</cachedir>{alike}<match target="pattern">
<edit name="hintstyle"><const>hintslight</const></edit><edit name="rgba"><const>none</const></edit>
</match></fontconfig>
"""
_SET = (
    *(("LANG", "C.UTF-8"), ("LC_ALL", "C.UTF-8"), ("TZ", "UTC"), ("COLUMNS", "80"), ("LINES", "24")),
    *(("GIT_CONFIG_GLOBAL", os.devnull), ("GIT_CONFIG_NOSYSTEM", "1")),
)
_UNSET = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "FORWARDED_ALLOW_IPS", "EMAIL", "LANGUAGE"),
    *("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "PY_COLORS", "NODE_OPTIONS", "DEBUG"),
    # Without bytecode each process that begins would compile all it imports, and rewrite the asserts of all tests.
    *("PYTHONDONTWRITEBYTECODE", "PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONUTF8", "PYTHONIOENCODING"),
)
_UNSET_BEGIN = ("OKIENKO_", "PG", "GIT_", "LC_")
_OWN = ("OKIENKO_TESTS_", "OKIENKO_WRITE_")
#: Where there is so much room in it (bytes), tests keep their files in memory: most of what a database costs here is
#: the file system's share. What a killed process leaves behind is the same; a machine that loses power isn't tested.
IN_MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30


class Machine:
    """A plugin of pytest that sets all this before the first test, and before the processes that share the tests."""

    _made: Path | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Set it. Raises UsageError where fonts that were asked for are missing."""
        settle()
        if "PYTEST_XDIST_WORKER" in os.environ:  # it has been given the rest
            return
        self._made = folder = Path(tempfile.mkdtemp(prefix="okienko-machine-"))
        os.environ["FONTCONFIG_FILE"] = str(make_fontconfig(folder, found_fonts()))
        if os.environ.get(FONTS) and not (folder / LIBERATION[0]).exists():
            raise pytest.UsageError("no Liberation fonts: install them (on Debian: apt install fonts-liberation)")
        if not os.access(Path("~").expanduser(), os.W_OK | os.X_OK):
            os.environ["HOME"] = str(folder)

    def pytest_unconfigure(self) -> None:
        """Remove the folder."""
        if self._made:
            shutil.rmtree(self._made, ignore_errors=True)


def settle() -> None:
    """Set the environment of this process and of all that it begins."""
    for name in list(os.environ):
        if name.upper() in _UNSET or (name.startswith(_UNSET_BEGIN) and not name.startswith(_OWN)):
            del os.environ[name]
    os.environ.update(_SET)
    time.tzset()
    os.umask(0o022)
    sys.dont_write_bytecode = False
    usable = IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK | os.X_OK)
    if "TMPDIR" not in os.environ and usable and shutil.disk_usage(IN_MEMORY).free >= ROOM:
        os.environ["TMPDIR"] = str(IN_MEMORY)
        tempfile.tempdir = None  # what has been asked for already is remembered


def found_fonts() -> Mapping[str, Path]:
    """Return where the machine's fontconfig finds the files that this run is to have."""
    wanted = DEJAVU + (LIBERATION if os.environ.get(FONTS) == "liberation" else ())
    listed = ""
    with contextlib.suppress(FileNotFoundError):
        listed = subprocess.run(["fc-list", ":", "file"], capture_output=True, text=True, check=False).stdout
    files = [Path(line.rstrip(": ")) for line in listed.splitlines()]
    return {file.name: file for file in files if file.name in wanted}


def make_fontconfig(folder: Path, fonts: Mapping[str, Path]) -> Path:
    """Write the file of a fontconfig that has these fonts alone; return its path."""
    for name, file in fonts.items():
        (folder / name).symlink_to(file)
    made = folder / "fonts.conf"
    alike = "".join(_ALIAS.format(*names) for names in _ALIKE)
    made.write_text(_CONFIG.format(folder=folder, alike=alike), "utf-8")
    return made


def chromium() -> str | None:
    """Return the path of an installed Chromium or Chrome.

    Playwright's own download isn't used: it would be fetched on every fresh machine.
    """
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def missing_for_browsers() -> str:
    """Return what a browser's tests lack on this machine and how to install it; empty where nothing is."""
    if not chromium():
        return "no Chromium in PATH: install it (on Debian: apt install chromium)"
    if not all((Path(os.environ["FONTCONFIG_FILE"]).parent / name).exists() for name in DEJAVU):
        return "no DejaVu fonts: install them (on Debian: apt install fontconfig fonts-dejavu-core)"
    return ""
