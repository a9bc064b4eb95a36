"""Several questions in one message, taken apart."""

from nlu.languages.shipped import KNOWN, among
from nlu.questions.several import parted_questions
from tests.table import table


@table(
    ("locale", "text", "first", "second"),
    [
        ("pl", "Ile kosztuje i czy mogę płacić przelewem?", "Ile kosztuje?", "czy mogę płacić przelewem?"),
        ("pl", "Ile kosztuje? I jakie są metody płatności?", "Ile kosztuje?", "jakie są metody płatności?"),
        ("pl", "Hej, ile to kosztuje, jak działa?", "Hej, ile to kosztuje?", "jak działa?"),
        ("it", "Cos’è il KSeF? Avete un’app per Android?", "Cos’è il KSeF?", "Avete un’app per Android?"),
        ("it", "Quanto costa e posso pagare con bonifico?", "Quanto costa?", "posso pagare con bonifico?"),
        ("en", "how much is it and can I pay by card", "how much is it?", "can I pay by card?"),
    ],
)
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
