"""Each mistake in a question of the seller's own: told once, at its line, with what to write instead."""

from pathlib import Path

import pytest

from bot.profile import load
from bot.profile.beginning import begin
from bot.profile.problems import ProfileErrors
from tests.asking import asking_seller
from tests.kit.cases import cases

TEXTS = ("texts/pl.toml", "texts/it.toml", "texts/en.toml")
MISTAKES = cases(__file__, "questions.mistakes")


@pytest.mark.parametrize(("right", "wrong", "at", "said"), MISTAKES)
def test_a_mistake_in_a_question_is_told_once(tmp_path: Path, right: str, wrong: str, at: str, said: str) -> None:
    folder = asking_seller(tmp_path / "seller")
    file = folder / "profile.toml"
    text = file.read_text("utf-8")
    head, questions = text[: text.index("[[question]]")], text[text.index("[[question]]") :]
    assert right in questions
    file.write_text(head + questions.replace(right, wrong, 1), "utf-8")

    with pytest.raises(ProfileErrors) as found:
        load(folder)
    told = [problem for problem in found.value.problems if problem.file == file]
    assert len(told) == 1, [str(problem) for problem in told]
    assert said in f"{told[0].what}. {told[0].remedy}"
    line = file.read_text("utf-8").splitlines()[told[0].line - 1]
    assert line.startswith((at, "[[question]]", "[question.when]")), line


def test_forms_of_contact_of_before_are_told_where_they_are_asked_now(tmp_path: Path) -> None:
    folder = asking_seller(tmp_path / "seller")
    file = folder / "profile.toml"
    file.write_text(file.read_text("utf-8") + '[company]\ncontact_forms = ["email", "none"]\n', "utf-8")

    with pytest.raises(ProfileErrors) as found:
        load(folder)
    assert "Ask it as a [[question]]" in found.value.problems[0].remedy


def test_a_question_lacks_no_words(tmp_path: Path) -> None:
    folder = asking_seller(tmp_path / "seller")
    file = folder / "texts" / "it" / "own_questions.toml"
    file.write_text("\n".join(line for line in file.read_text("utf-8").splitlines() if "help" not in line), "utf-8")

    with pytest.raises(ProfileErrors) as found:
        load(folder)
    assert len(found.value.problems) == 9
    assert "there is no text question.staff.help. Add it." in {
        f"{problem.what}. {problem.remedy}" for problem in found.value.problems
    }


def test_the_starters_question_is_asked_once_it_is_no_comment_any_more(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    begin(folder)
    first = {"profile.toml": "# [[question]]", **dict.fromkeys(TEXTS, "# [question.staff]")}
    for name, line in first.items():
        head, found, question = (folder / name).read_text("utf-8").rpartition(line)
        assert found
        lines = (one.removeprefix("# ") for one in f"{found}{question}".splitlines())
        (folder / name).write_text(head + "\n".join(lines), "utf-8")

    [question] = load(folder).seller.own_questions
    assert (question.id, question.kind, question.max) == ("staff", "number", 500)
