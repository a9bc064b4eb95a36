"""Several questions in one message, taken apart."""

from nlu.languages.shipped import KNOWN, among
from nlu.questions.several import parted_questions
from tests.kit.rows import all_rows
from tests.table import table


@all_rows
def test_each_stands_by_itself(locale: str, text: str, first: str, second: str) -> None:
    assert parted_questions(text, among(KNOWN, locale)) == (first, second)


@table(
    "text",
    ["Ile kosztuje?", "Jan i Maria", "czy mogę zapłacić kartą i blikiem?", "chcę kupić i zapłacić", "", "i czy?"],
)
def test_one_question_or_none_is_left_whole(text: str) -> None:
    assert parted_questions(text, among(KNOWN, "pl")) == (text,)


def test_of_three_each_stands_by_itself() -> None:
    asked = "Ile kosztuje? Czy macie aplikację? I jak długo trwa aktywacja?"
    each = ("Ile kosztuje?", "Czy macie aplikację?", "jak długo trwa aktywacja?")
    assert parted_questions(asked, among(KNOWN, "pl")) == each
