"""Numbers and days as people say them: read rightly or asked back, never as another value.

Each line of the sets is a language, what is said, and the value that is right on 27 November 2026. Behind a question
mark stand the values that may be read where asking back is as good; none where nothing else is right. Those held back
weren't read while the readers were made.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.table import table
from values.kinds.date import parse_date
from values.kinds.number import parse_number
from values.parsing import Ok

HERE = Path(__file__).parent
TODAY = date(2026, 11, 27)  # a Friday
Said = tuple[str, str, str]


def a_number(_locale: str, text: str) -> str | None:
    outcome = parse_number(text)
    return str(outcome.value) if isinstance(outcome, Ok) else None


def a_day(locale: str, text: str) -> str | None:
    outcome = parse_date(text, today=TODAY, locale=locale)
    return outcome.value if isinstance(outcome, Ok) else None


READERS: dict[str, Callable[[str, str], str | None]] = {"numbers": a_number, "days": a_day}


def lines(kind: str, *halves: str) -> Iterator[Said]:
    for half in halves:
        for line in (HERE / f"said_{kind}_{half}.txt").read_text("utf-8").splitlines():
            locale, text, value = line.split(" | ")
            yield locale, text, value.strip()


def with_a_word(text: str) -> Iterator[str]:
    """Yield a text with a word that no language has, in each of its gaps.

    Not before "- 5": behind a word that hyphen is a dash, and no minus.
    """
    words = text.split()
    for at in range(words[0] == "-", len(words) + 1):
        yield " ".join((*words[:at], "mrżwok", *words[at:]))


@table("kind", READERS)
@table("half", ("read", "held_back"))
def test_none_is_read_as_another_and_most_are_read(kind: str, half: str) -> None:
    read, said = READERS[kind], [*lines(kind, half)]
    wrong = [
        (text, value, found)
        for locale, text, value in said
        if (found := read(locale, text)) is not None and found not in value.removeprefix("?").split(",")
    ]
    sure = [(locale, text) for locale, text, value in said if not value.startswith("?")]

    assert wrong == []
    assert sum(read(locale, text) is not None for locale, text in sure) >= 0.95 * len(sure)


@table("kind", READERS)
def test_there_are_enough_of_each(kind: str) -> None:
    said = {(locale, text) for locale, text, _ in lines(kind, "read", "held_back")}

    assert len(said) >= 400
    assert {locale for locale, _ in said} >= {"pl", "it", "en"}


@table("kind", READERS)
def test_an_unknown_word_never_makes_another_value(kind: str) -> None:
    changed = [
        said
        for locale, text, value in lines(kind, "read", "held_back")
        if not value.startswith("?")
        for said in with_a_word(text)
        if READERS[kind](locale, said) not in (None, value)
    ]

    assert changed == []


@settings(max_examples=200)
@given(st.integers(min_value=-99_999_999, max_value=99_999_999))
def test_a_number_in_digits_is_itself_in_any_marks_and_hyphens(number: int) -> None:
    for marked in (f"{number}", f"{number:,}", f"{number:,}".replace(",", " "), f"{number:,}".replace(",", ".")):
        for hyphen in "-\u2212\u2010\u2011\u2013\uff0d":
            assert parse_number(marked.replace("-", hyphen)) == Ok(number)
