"""Numbers said wrongly and put right: in the middle, at either end, by naming the wrong digits, and by a letter O."""

from nlu.parse import parse
from tests.kit.rows import all_rows


def read(text: str, lang: str, asked: str) -> list[str]:
    return [e["value"] for e in parse(text, lang, asked)["entities"] if e["entity"] == asked]


@all_rows
def test_new_digits_take_the_place_that_the_words_say(lang: str, asked: str, text: str, value: str) -> None:
    assert read(text, lang, asked) == [value]


@all_rows
def test_a_letter_among_typed_digits_is_the_digit_it_looks_like(lang: str, asked: str, text: str, value: str) -> None:
    assert read(text, lang, asked) == [value]


def test_a_word_of_one_letter_between_two_numbers_is_a_word() -> None:
    assert "302" not in read("3 o 2 licenze", "it", "quantity")
