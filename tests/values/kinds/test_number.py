"""One whole number of an answer, in digits or words; ranges, bounds and fractions are asked back."""

from tests.table import table
from values.kinds import kind_of
from values.kinds.number import parse_number
from values.meaning import Expects
from values.parsing import Ok, ParseRefused


@table(
    ("text", "number"),
    [
        *(("12", 12), ("12.", 12), ("12?", 12), ("０12", 12), ("0", 0), ("-2", -2), ("minus 2", -2)),
        *(("12 osób", 12), ("około 30", 30), ("circa 12", 12), ("ca. 30 people", 30), ("12-osobowy zespół", 12)),
        *(("nas jest 12", 12), ("siamo in dodici", 12), ("12 (dwanaście)", 12), ("działamy od 3 lat", 3)),
        *(("1 000", 1000), ("1.000", 1000), ("1,000", 1000), ("12'000", 12000), ("1 234 567", 1234567)),
        *(("5 tysięcy", 5000), ("5 tys. osób", 5000), ("5k", 5000), ("2 mln", 2_000_000)),
        *(("dwanaście", 12), ("dwadzieścia pięć", 25), ("sto dwadzieścia", 120), ("dwunastu", 12), ("nas troje", 3)),
        *(("venticinque", 25), ("duemila", 2000), ("duemilaventisette", 2027), ("mille", 1000)),
        *(("twenty-five", 25), ("one hundred and twenty", 120), ("two thousand five hundred people", 2500)),
        *(("einundzwanzig", 21), ("fünfzig", 50), ("zweihundertfünfzig", 250), ("tausend", 1000)),
        *(("jeden", 1), ("one", 1), ("12, un po' di più forse", 12)),
    ],
)
def test_one_number_is_read(text: str, number: int) -> None:
    assert parse_number(text) == Ok(number)


@table(
    ("text", "reason"),
    [
        *((text, "range") for text in ("10-20", "1–2", "od 5 do 8", "5 o 6", "5 albo 6", "12 do 15 osób", "12/15")),
        *((text, "range") for text in ("tra 5 e 10", "between five and ten", "między 5 a 10", "zwischen 5 und 10")),
        *((text, "range") for text in ("sette o otto", "pięć-dziesięć", "trzydzieści do czterdziestu", "1-2 osoby")),
        *((text, "range") for text in ("ponad 50", "50+", "almeno 5", "do 10", "fino a 10", "up to 10", "mehr als 5")),
        *((text, "range") for text in ("50 osób lub więcej", "12 o più", "od 50 w górę", "dwadzieścia kilka", "> 5")),
        *((text, "several") for text in ("3, 4, 7", "10 20", "5 osób i 2 psy", "12 osób od 2019 roku", "dwa trzy")),
        *((text, "whole") for text in ("2,5", "1.5", "0,500", "3,14", "dwa i pół", "due e mezzo", "½", "3 and a half")),
        *(
            (text, "none")
            for text in ("", "kilkanaście", "nie wiem", "A4", "anna@example.com", "ventina", "two dozen", "²³")
        ),
    ],
)
def test_what_is_no_single_whole_number_is_refused_with_its_reason(text: str, reason: str) -> None:
    assert parse_number(text) == ParseRefused(f"number.{reason}")


def test_bounds_are_inclusive_and_named() -> None:
    assert parse_number("1", minimum=1, maximum=500) == Ok(1)
    assert parse_number("500", minimum=1, maximum=500) == Ok(500)
    assert parse_number("0", minimum=1, maximum=500) == ParseRefused("number.too_small", {"minimum": 1})
    assert parse_number("-3", minimum=1) == ParseRefused("number.too_small", {"minimum": 1})
    assert parse_number("501", minimum=1, maximum=500) == ParseRefused("number.too_big", {"maximum": 500})
    assert parse_number("9" * 5000) == ParseRefused("number.too_big", {"maximum": 99_999_999})


def test_it_is_found_by_its_form_and_may_be_given_by_an_agent() -> None:
    kind = kind_of(Expects.number)

    assert kind.form == "formed"
    assert kind.others.may_give
    assert kind.display("1200") == "1200"
