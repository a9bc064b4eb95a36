"""The changelog stays short: the last releases stand in it, the older ones, shortened, on one page."""

import re

from tests.docs.releases import OLDER, in_the_changelog, released

MINOR_RELEASES = 4
"""Minor releases in the changelog: the newest and three before it. A further one moves the oldest to the page."""

WORDS = 300
"""Words about an older release."""


def by_number(versions: tuple[str, ...]) -> list[str]:
    return sorted(versions, key=lambda one: tuple(map(int, one.split("."))), reverse=True)


def test_the_changelog_holds_the_last_releases() -> None:
    minors = {version.rsplit(".", 1)[0] for version in in_the_changelog()}

    assert 3 <= len(minors) <= MINOR_RELEASES, "move the oldest to docs/releases.md, shortened"


def test_each_release_stands_once_the_newest_first() -> None:
    assert list(released()) == by_number(tuple(set(released())))
    assert released()[-1] == "0.1.0"


def test_each_older_release_is_told_shortly() -> None:
    told = re.split(r"^## ", OLDER.read_text("utf-8"), flags=re.M)[1:]

    assert [one.split(",")[0] for one in told if len(one.split()) > WORDS] == []
