"""Ready answers of a profile: whole in every language, and each mistake told with file, line and remedy."""

import shutil
from pathlib import Path

import pytest

from bot.profile import ProfileErrors, ProfileProblem, load
from bot.profile.beginning import TEMPLATE
from services.support import canned_replies
from tests.bot.profile.test_load import SHIPPED
from tests.kit.cases import cases

GOOD = """
[[reply]]
shortcut = "hello"
title = "Hello"
words.pl = "Dzień dobry, {customer}"
words.it = "Buongiorno, {customer}"
words.en = "Hello, {customer}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATE, tmp_path / "mine"))


def written(folder: Path, text: str) -> list[ProfileProblem]:
    (folder / "desk" / "replies.toml").write_text(text, "utf-8")
    with pytest.raises(ProfileErrors) as raised:
        load(folder)
    return list(raised.value.problems)


@pytest.mark.parametrize("profile", [*SHIPPED, TEMPLATE], ids=lambda path: path.name)
def test_the_shipped_ones_can_be_used(profile: Path) -> None:
    loaded = load(profile)
    values: dict[str, str] = dict.fromkeys(canned_replies.PLACES, "x")

    assert len(loaded.replies) >= 5
    for reply in loaded.replies:
        assert canned_replies.problem(reply.shortcut, reply.title, reply.words) is None
        assert list(reply.words) == list(loaded.seller.locales)
        for locale in loaded.seller.locales:
            assert canned_replies.filled(reply, locale=locale, fallback=(), values=values).missing == ()


def test_they_may_be_left_out(folder: Path) -> None:
    shutil.rmtree(folder / "desk")

    assert load(folder).replies == ()


@pytest.mark.parametrize(("old", "new", "line", "what"), cases(__file__, "replies.mistakes"))
def test_each_mistake_is_told_with_its_line(folder: Path, old: str, new: str, line: int, what: str) -> None:
    found = written(folder, GOOD.replace(old, new, 1))

    path = folder / "desk" / "replies.toml"
    assert (path, line, what) in [(problem.file, problem.line, problem.what) for problem in found]
    assert all(problem.remedy for problem in found)


def test_a_shortcut_stands_once(folder: Path) -> None:
    [problem] = written(folder, GOOD + GOOD)

    assert (problem.line, problem.what) == (10, "hello: this shortcut stands here twice")


def test_what_is_no_toml_is_told(folder: Path) -> None:
    assert "no TOML" in written(folder, "[[reply\n")[0].what
