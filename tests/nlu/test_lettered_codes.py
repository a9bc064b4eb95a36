"""Codes with letters in them: VAT numbers, delivery and discount codes, typed, spelled and corrected."""

from nlu.answers import ReadAttempt, attempt
from nlu.languages.shipped import KNOWN, among
from nlu.parse import parse
from tests.table import table
from values.meaning import Expected, Expects


def read(text: str, lang: str, asked: str, *kinds: str) -> list[str]:
    return [e["value"] for e in parse(text, lang, asked)["entities"] if e["entity"] in (asked, *kinds)]


@table(
    ("lang", "text", "number"),
    [
        ("en", "ie6433435f", "IE6433435F"),
        ("en", "atu13585627", "ATU13585627"),
        ("en", "ATU 13585627", "ATU13585627"),
        ("it", "nl004495445b01", "NL004495445B01"),
        ("pl", "numer to be, nie, ie 6433435 f, dziękuję", "IE6433435F"),
        ("it", "i e sei quattro tre tre quattro tre cinque effe", "IE6433435F"),
        ("pl", "i e sześć cztery trzy trzy cztery trzy pięć ef", "IE6433435F"),
        ("en", "A for Alpha, T for Tango, U for Uniform, one three five eight, five six two seven", "ATU13585627"),
        ("it", "I come Imola, E come Empoli, 6433435, F come Firenze", "IE6433435F"),
        ("en", "N L double oh four four nine five four four five B oh one", "NL004495445B01"),
        ("en", "it starts with IE, then 6433435, then F", "IE6433435F"),
        ("pl", "de jeden trzy sześć sześć dziewięć pięć dziewięć siedem sześć", "DE136695976"),
    ],
)
def test_a_vat_number_is_read_with_its_letters(lang: str, text: str, number: str) -> None:
    assert read(text, lang, "vat_number", "nip", "partita_iva") == [number]


@table("text", ["ie6433435g", "I E six four three three four three five G"])
def test_a_wrong_vat_number_with_letters_is_no_number_of_this_country(text: str) -> None:
    found = [(e["entity"], e["valid"]) for e in parse(text, "en", "vat_number")["entities"]]
    assert found == [("vat_number", False)]


@table("text", ["we like it, ie 6433435 people", "I met the boss, E six, on 12 May"])
def test_words_that_look_like_a_country_make_no_number(text: str) -> None:
    assert read(text, "en", "", "vat_number") == []


@table(
    ("lang", "asked", "text", "code"),
    [
        ("en", "codice_destinatario", "KRRH6B9, oh wait, KRRH6B8", "KRRH6B8"),
        ("it", "codice_destinatario", "KRRH6B9, chiedo scusa, KRRH6B8", "KRRH6B8"),
        ("it", "codice_destinatario", "non KRRH6B9 ma KRRH6B8", "KRRH6B8"),
        ("it", "codice_destinatario", "KRRH6B9, no, l'ultima è un 8", "KRRH6B8"),
        ("it", "codice_destinatario", "KRRH6B9, l'ultimo carattere non è 9 ma 8", "KRRH6B8"),
        ("en", "codice_destinatario", "KRRH6B9, no sorry, the last one is a D, not a 9", "KRRH6BD"),
        ("en", "codice_destinatario", "KRRH6B9, the last two should be 4 D", "KRRH64D"),
        ("it", "codice_destinatario", "KRRH6B9, la prima è una M come Milano", "MRRH6B9"),
        ("it", "codice_fiscale", "RSSMRA85M01H501X, scusi, l'ultima lettera è Q", "RSSMRA85M01H501Q"),
        ("it", "codice_destinatario", "KRRH6B9... pardon, finisce per 8", "KRRH6B8"),
        ("en", "discount_code", "f for freddie, u, n, ten", "FUN10"),
        ("en", "discount_code", "W I N fifteen", "WIN15"),
        ("it", "discount_code", "esse u enne dieci", "SUN10"),
        ("pl", "discount_code", "L A T O dwadzieścia", "LATO20"),
        ("en", "discount_code", "not win25, it's fun25", "FUN25"),
        ("pl", "discount_code", "nie zima25 tylko lato25", "LATO25"),
        ("it", "discount_code", "sole20, anzi sole25", "SOLE25"),
    ],
)
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
    assert attempt(text, expects, Expected(expects, "step", country=country), among(KNOWN, lang)) == want
