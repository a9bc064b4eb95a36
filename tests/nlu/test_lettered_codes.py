"""Codes with letters in them: VAT numbers, delivery and discount codes, typed, spelled and corrected."""

from nlu.answers import ReadAttempt, attempt
from nlu.languages.shipped import KNOWN, order_langs
from nlu.parse import parse
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Expected
from values.meaning import Expects


def read(text: str, lang: str, asked: str, *kinds: str) -> list[str]:
    return [e["value"] for e in parse(text, lang, asked)["entities"] if e["entity"] in (asked, *kinds)]


@all_rows
def test_a_vat_number_is_read_with_its_letters(lang: str, text: str, number: str) -> None:
    assert read(text, lang, "vat_number", "nip", "partita_iva") == [number]


@table("text", ["ie6433435g", "I E six four three three four three five G"])
def test_a_wrong_vat_number_with_letters_is_no_number_of_this_country(text: str) -> None:
    assert [(e["entity"], e["valid"]) for e in parse(text, "en", "vat_number")["entities"]] == [("vat_number", False)]


@table("text", ["we like it, ie 6433435 people", "I met the boss, E six, on 12 May"])
def test_words_that_look_like_a_country_make_no_number(text: str) -> None:
    assert read(text, "en", "", "vat_number") == []


@all_rows
def test_a_code_is_read_as_it_was_put_right(lang: str, asked: str, text: str, code: str) -> None:
    assert read(text, lang, asked) == [code]


@table(
    ("lang", "expects", "country", "text", "want"),
    [
        ("en", Expects.tax_number, "EU", "I E six four three three four three five F", ReadAttempt("IE6433435F", True)),
        ("en", Expects.tax_number, "PL", "it's ie6433435f", ReadAttempt("IE6433435F", False)),
        ("en", Expects.contact_code, "PL", "4 1 9 7 O 3", ReadAttempt("419703", True)),
        ("en", Expects.email, "PL", "office@alfa.com, not info@alfa.com", ReadAttempt("office@alfa.com", True)),
        ("it", Expects.sdi_code, "IT", "KRRH6B9, no, l'ultima è una G", ReadAttempt("KRRH6BG", True)),
        ("en", Expects.quantity, "PL", "two dozen", ReadAttempt("24", True)),
    ],
)
def test_the_open_step_takes_them(lang: str, expects: Expects, country: str, text: str, want: ReadAttempt) -> None:
    assert attempt(text, expects, Expected(expects, "step", country=country), order_langs(KNOWN, lang)) == want
