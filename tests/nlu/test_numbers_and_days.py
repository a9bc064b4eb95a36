"""Answers at a question for a number or a day: what tells one, what asks, and what wants something else."""

from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.table import table
from values.meaning import Answer, Expected, Expects, Meaning, OptionWords, Press

SKIP = (OptionWords("size:skip", ("Pomiń", "Salta", "Skip")), OptionWords("size:other", ("Inne",)))


def at(kind: Expects, lang: str, text: str, **more: object) -> Meaning:
    return understand(text, Expected(kind, "size", SKIP, optional=True, **more), locale=lang)  # type: ignore[arg-type]


@all_rows
def test_a_number_is_tried_as_the_answer(lang: str, text: str, value: str | None) -> None:
    assert at(Expects.number, lang, text) == Answer(text, value)


@all_rows
def test_other_words_with_a_number_are_no_answer(lang: str, text: str) -> None:
    assert not isinstance(at(Expects.number, lang, text), Answer)


def test_a_buttons_own_words_press_it() -> None:
    sizes = (OptionWords("size:10-49", ("10-49",)), OptionWords("size:50+", ("50+",)))
    expected = Expected(Expects.number, "size", sizes)

    assert understand("10-49", expected, locale="pl") == Press("size:10-49", words="10-49")
    assert understand("50+", expected, locale="pl") == Press("size:50+", words="50+")
    assert understand("1", expected, locale="pl") == Answer("1")


def test_another_unit_than_the_questions_is_no_answer() -> None:
    assert isinstance(at(Expects.number, "pl", "12 osób", pieces=("osob", "osoby")), Answer)
    assert not isinstance(at(Expects.number, "pl", "na 2 lata", pieces=("osob", "osoby")), Answer)


@all_rows
def test_a_day_is_tried_as_the_answer(lang: str, text: str, value: str | None) -> None:
    assert at(Expects.date, lang, text) == Answer(text, value)


@table(
    ("lang", "text"),
    [
        *(("pl", text) for text in ("czy jutro też działa pomoc?", "jutro działacie?", "ile dni do 3 maja?")),
        *(("pl", text) for text in ("kiedy wygasa plan 31.12.2026?", "jutro zadzwonię do was w tej sprawie")),
        *(("it", text) for text in ("domani siete aperti?", "quanto costa fino al 31/12?")),
        *(("en", text) for text in ("are you open tomorrow?", "does help work on Friday")),
    ],
)
def test_other_words_with_a_day_are_no_answer(lang: str, text: str) -> None:
    assert not isinstance(at(Expects.date, lang, text), Answer)
