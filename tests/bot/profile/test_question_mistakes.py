"""Mistakes in questions of one's own and in canned replies, and what a right one does."""

import shutil
from pathlib import Path

import pytest

from bot.cli.new import TEMPLATE, begin
from bot.profile import ProfileProblem, load
from services.support import canned_replies
from tests.bot.profile.test_load import SHIPPED
from tests.kit.rows import each_row
from tests.kit.starter import mistakes
from tests.sellers.sellers import asking_seller

TEXTS = ("texts/pl.toml", "texts/it.toml", "texts/en.toml")


@each_row
def test_a_mistake_in_a_question_is_told_once(tmp_path: Path, right: str, wrong: str, at: str, said: str) -> None:
    folder = asking_seller(tmp_path / "seller")
    file = folder / "profile.toml"
    text = file.read_text("utf-8")
    head, questions = text[: text.index("[[question]]")], text[text.index("[[question]]") :]
    assert right in questions
    file.write_text(head + questions.replace(right, wrong, 1), "utf-8")

    told = [problem for problem in mistakes(folder) if problem.file == file]
    assert len(told) == 1, [str(problem) for problem in told]
    assert said in f"{told[0].what}. {told[0].remedy}"
    line = file.read_text("utf-8").splitlines()[told[0].line - 1]
    assert line.startswith((at, "[[question]]", "[question.when]")), line


def test_forms_of_contact_of_before_are_told_where_they_are_asked_now(tmp_path: Path) -> None:
    folder = asking_seller(tmp_path / "seller")
    file = folder / "profile.toml"
    file.write_text(file.read_text("utf-8") + '[company]\ncontact_forms = ["email", "none"]\n', "utf-8")

    assert "Ask it as a [[question]]" in mistakes(folder)[0].remedy


def test_a_question_lacks_no_words(tmp_path: Path) -> None:
    folder = asking_seller(tmp_path / "seller")
    file = folder / "texts" / "it" / "own_questions.toml"
    file.write_text("\n".join(line for line in file.read_text("utf-8").splitlines() if "help" not in line), "utf-8")

    told = [f"{problem.what}. {problem.remedy}" for problem in mistakes(folder)]
    assert len(told) == 9
    assert "there is no text question.staff.help. Add it." in told


def test_the_starters_question_is_asked_once_it_is_no_comment_any_more(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    begin(folder)
    for name, line in {"profile.toml": "# [[question]]", **dict.fromkeys(TEXTS, "# [question.staff]")}.items():
        head, found, question = (folder / name).read_text("utf-8").rpartition(line)
        assert found
        lines = (one.removeprefix("# ") for one in f"{found}{question}".splitlines())
        (folder / name).write_text(head + "\n".join(lines), "utf-8")

    [question] = load(folder).seller.own_questions
    assert (question.id, question.kind, question.max) == ("staff", "number", 500)


GOOD = """
[[reply]]
shortcut = "hello"
title = "Hello"
words.pl = "Dzień dobry, {customer}"
words.it = "Buongiorno, {customer}"
words.en = "Hello, {customer}"
"""


def written(folder: Path, text: str) -> list[ProfileProblem]:
    (folder / "desk" / "replies.toml").write_text(text, "utf-8")
    return mistakes(folder)


@pytest.mark.parametrize("profile", [*SHIPPED, TEMPLATE], ids=lambda path: path.name)
def test_the_shipped_ones_can_be_used(profile: Path) -> None:
    loaded = load(profile)
    values: dict[str, str] = dict.fromkeys(canned_replies.PLACES, "x")

    assert len(loaded.replies) >= 5
    for reply in loaded.replies:
        assert canned_replies.find_mistake(reply.shortcut, reply.title, reply.words) is None
        assert list(reply.words) == list(loaded.seller.locales)
        for locale in loaded.seller.locales:
            assert canned_replies.fill_reply(reply, locale=locale, fallback=(), values=values).missing == ()


def test_they_may_be_left_out(folder: Path) -> None:
    shutil.rmtree(folder / "desk")

    assert load(folder).replies == ()


@each_row
def test_each_mistake_in_question_is_told_with_its_line(folder: Path, old: str, new: str, line: int, what: str) -> None:
    found = written(folder, GOOD.replace(old, new, 1))

    path = folder / "desk" / "replies.toml"
    assert (path, line, what) in [(problem.file, problem.line, problem.what) for problem in found]
    assert all(problem.remedy for problem in found)


def test_a_shortcut_stands_once(folder: Path) -> None:
    [problem] = written(folder, GOOD + GOOD)

    assert (problem.line, problem.what) == (10, "hello: this shortcut stands here twice")


def test_what_is_no_toml_is_told(folder: Path) -> None:
    assert "no TOML" in written(folder, "[[reply\n")[0].what
