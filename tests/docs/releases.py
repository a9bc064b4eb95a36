"""The releases, and what each told sellers: in the changelog, the older ones on one page."""

import re

from tests.architecture.rooms import ROOT

CHANGELOG = ROOT / "CHANGELOG.md"
OLDER = ROOT / "docs" / "releases.md"


def in_the_changelog() -> tuple[str, ...]:
    """Return the versions that the changelog gives a date, in its order."""
    return tuple(re.findall(r"^## \[([\d.]+)\] - \d{4}-", CHANGELOG.read_text("utf-8"), re.M))


def older() -> tuple[str, ...]:
    """Return the versions that the page of older releases tells of, in its order."""
    return tuple(re.findall(r"^## ([\d.]+), \d{4}-\d\d-\d\d$", OLDER.read_text("utf-8"), re.M))


def released() -> tuple[str, ...]:
    """Return all versions, the newest first."""
    return in_the_changelog() + older()


def told() -> str:
    """Return what sellers were told of all releases."""
    return CHANGELOG.read_text("utf-8") + OLDER.read_text("utf-8")
