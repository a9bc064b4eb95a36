"""Answers at a question for a number or a day: what tells one, what asks, and what wants something else."""

from nlu.understand import understand
from tests.table import table
from values.meaning import Answer, Expected, Expects, Meaning, OptionWords, Press

SKIP = (OptionWords("size:skip", ("Pomiń", "Salta", "Skip")), OptionWords("size:other", ("Inne",)))


def at(kind: Expects, lang: str, text: str, **more: object) -> Meaning:
    return understand(text, Expected(kind, "size", SKIP, optional=True, **more), locale=lang)  # type: ignore[arg-type]


@table(
    ("lang", "text", "value"),
    [
        *(("pl", text, None) for text in ("12", "około 30", "12 osób", "nas jest 12", "12?", "może 12?", "12 osób?")),
        *(("pl", text, None) for text in ("w naszej firmie pracuje 12 osób", "potrzebujemy tego dla 12 pracowników")),
        *(("pl", text, None) for text in ("1", "2", "jeden", "dwanaście", "5 lat", "12 osób, ile to kosztuje?")),
        *(("pl", text, None) for text in ("10-20", "2,5", "od 5 do 8", "jakieś dwadzieścia kilka", "ponad 50")),
        *(("it", text, None) for text in ("siamo 12", "sono due", "circa 30", "5 o 6", "abbiamo 12 dipendenti")),
        *(("en", text, None) for text in ("we have 12 employees in total", "there are twelve of us", "one person")),
        *(("en", text, None) for text in ("we are a team of 12 people", "12 or 13", "about 30 people")),
        *(("pl", "12, nie, 13", "13"), ("en", "two dozen", "24"), ("de", "zwölf Personen", None)),
    ],
)
def test_a_number_is_tried_as_the_answer(lang: str, text: str, value: str | None) -> None:
    assert at(Expects.number, lang, text) == Answer(text, value)


@table(
    ("lang", "text"),
    [
        *(
            ("pl", text)
            for text in ("ile kosztuje plan na 3 lata?", "plan na 3 lata, ile kosztuje?", "czy 12 to dużo?")
        ),
        *(("pl", text) for text in ("chcę plan Pro na 3 lata", "jeden moment", "12 zł", "czy macie plan dla 12 osób")),
        *(("it", text) for text in ("sto pensando", "un attimo", "a quanto viene il piano per 3 anni")),
        *(("en", text) for text in ("can I pay in 2 instalments", "is 12 ok?", "one moment please")),
    ],
)
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


@table(
    ("lang", "text", "value"),
    [
        *(
            ("pl", text, None)
            for text in ("3 maja", "jutro", "jutro?", "w piątek", "3 maja 2027?", "od jutra najlepiej")
        ),
        *(("pl", text, None) for text in ("3", "2027", "w maju", "30 lutego", "3-5 maja", "aktywujcie od 1 stycznia")),
        ("pl", "31.12.2026, ile to kosztuje?", "31.12.2026"),
        *(("it", text, None) for text in ("3 maggio", "domani", "il tre maggio", "da lunedì")),
        *(("en", text, None) for text in ("May 3rd", "tomorrow", "03/05/2027", "on Friday", "the third of May")),
        *(("de", text, None) for text in ("3. Mai", "morgen", "nächsten Freitag")),
    ],
)
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
