"""The releases, and what each told sellers: in the changelog, the older ones on a page each."""

import re

from tests.architecture.rooms import ROOT

CHANGELOG = ROOT / "CHANGELOG.md"
PAGES = ROOT / "docs" / "releases"


def in_the_changelog() -> tuple[str, ...]:
    """Return the versions that the changelog gives a date, in its order."""
    return tuple(re.findall(r"^## \[([\d.]+)\] - \d{4}-", CHANGELOG.read_text("utf-8"), re.M))


def linked() -> tuple[str, ...]:
    """Return the versions whose pages the changelog leads to, in its order."""
    return tuple(re.findall(r"\]\(docs/releases/([\d.]+)\.md\)", CHANGELOG.read_text("utf-8")))


def released() -> tuple[str, ...]:
    """Return all versions, the newest first."""
    return in_the_changelog() + linked()


def told() -> str:
    """Return what sellers were told of all releases."""
    return "\n".join(file.read_text("utf-8") for file in (CHANGELOG, *sorted(PAGES.glob("*.md"))))
