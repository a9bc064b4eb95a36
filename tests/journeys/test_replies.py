"""The reply to one message: each question without an answer, named last, and each fact in words."""

from tests.journeys.teller import Teller
from tests.kit.rows import all_rows
from tests.table import table


def told(locale: str, said: str) -> tuple[Teller, str]:
    """Whoever said it at the beginning, and what the desk answers, in one line."""
    customer = Teller("fakturasmart", locale)
    customer.scene("")
    customer.write("/start")
    before = len(customer.lines)
    customer.write(said)
    return customer, " ".join(line.strip() for line in customer.lines[before:])


@all_rows
def test_a_question_without_an_answer_is_named_after_the_others(locale: str, said: str, left: str) -> None:
    _, reply = told(locale, said)
    assert left in reply
    assert reply.index("FakturaSmart ") < reply.index(left)


def test_of_three_those_without_an_answer_are_named_in_one_sentence() -> None:
    customer, reply = told("en", "How much is it and can I pay in cash? And do you have an Apple Watch app?")
    assert "answer to “can I pay in cash?” and “do you have an Apple Watch app?”. Would this one help?" in reply
    customer.press("How can I pay?")


def test_what_was_just_answered_is_not_offered() -> None:
    customer, reply = told("pl", "Ile to kosztuje i czy mogę zapłacić przelewem? A czy macie aplikację na Apple Watch?")
    assert "Możesz zapłacić kartą" in reply
    assert "Może pomóc konsultant." in reply
    assert "Jak mogę zapłacić?" not in customer.buttons


@table("held", ["the house on 4711 Apple Street", "my friend’s shop at cheap.example", "*bold* <b>words</b>"])
def test_a_question_that_may_hold_a_code_or_an_address_is_not_repeated(held: str) -> None:
    _, reply = told("en", f"What is KSeF? Do you know {held}?")
    assert "I have no ready answer to the rest." in reply
    assert reply.count("Do you know") == 1, "where it was asked"


def test_a_word_with_a_mark_is_no_question() -> None:
    _, reply = told("en", "Really? How much is it?")
    assert "ready answer" not in reply


@all_rows
def test_renewal_is_noted_in_words_and_not_by_its_button(locale: str, words: str) -> None:
    said, noted = words.split(": ")
    _, reply = told(locale, said)
    assert f": {noted}" in reply
