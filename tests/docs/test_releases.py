"""The changelog stays short: the last releases stand in it, each older one has a short page."""

import re

from tests.docs.releases import PAGES, in_the_changelog, linked, released

MINOR_RELEASES = 4
"""Minor releases in the changelog: the newest and three before it. A further one moves the oldest to its page."""

WORDS = 300
"""Words of an older release's page."""


def by_number(versions: tuple[str, ...]) -> list[str]:
    return sorted(versions, key=lambda one: tuple(map(int, one.split("."))), reverse=True)


def test_the_changelog_holds_the_last_releases() -> None:
    minors = {version.rsplit(".", 1)[0] for version in in_the_changelog()}

    assert 3 <= len(minors) <= MINOR_RELEASES, "move the oldest to docs/releases/, shortened, with its link below"


def test_each_release_stands_once_the_newest_first() -> None:
    assert list(released()) == by_number(tuple(set(released())))
    assert released()[-1] == "0.1.0"


def test_each_older_release_has_a_short_page() -> None:
    pages = {file.stem: file.read_text("utf-8") for file in PAGES.glob("*.md")}

    assert set(pages) == set(linked())
    assert [name for name, text in pages.items() if not re.match(rf"# {name}, \d{{4}}-\d\d-\d\d\n", text)] == []
    assert [name for name, text in pages.items() if len(text.split()) > WORDS] == []
