"""Numbers as people say and type them, with what they take back."""

import time

from hypothesis import given
from hypothesis import strategies as st
from stdnum.it import iva
from stdnum.pl import nip

from nlu.languages.shipped import KNOWN, among
from nlu.numbers.choose import candidates
from nlu.numbers.groups import runs
from nlu.parse import parse
from nlu.understand import understand
from tests.table import table
from values.codes import LOG_IN_DIGITS, parse_pair
from values.meaning import Answer, Expected, Expects
from values.parsing import Ok


def first(text: str, lang: str) -> str:
    return candidates(runs(text, among(KNOWN, lang))[0])[0]


@table(
    ("lang", "text", "digits"),
    [
        ("pl", "cztery sześć jeden", "461"),
        ("pl", "czterdzieści siedem", "47"),
        ("pl", "trzysta dwadzieścia dziewięć", "329"),
        ("pl", "zero siedemnaście", "017"),
        ("pl", "dwie siódemki i trzy zera", "77000"),
        ("pl", "cztery razy dwa", "2222"),
        ("pl", "dziewiątka piątka zero", "950"),
        ("it", "quattro sei uno", "461"),
        ("it", "quarantotto", "48"),
        ("it", "trecentoventinove", "329"),
        ("it", "centootto", "108"),
        ("it", "duecento cinque", "205"),
        ("it", "doppio nove, triplo zero", "99000"),
        ("it", "cinque zeri", "00000"),
        ("en", "four six one", "461"),
        ("en", "forty-seven", "47"),
        ("en", "three hundred and twenty nine", "329"),
        ("en", "three twenty nine", "329"),
        ("en", "oh one seven", "017"),
        ("en", "double seven triple oh", "77000"),
        ("en", "four twos", "2222"),
        ("pl", "trzydzieści trzy ósemki", "30888"),
        ("pl", "trzy razy sześćset sześćdziesiąt osiem", "668668668"),
        ("pl", "siedemdziesiąt dwa razy dwa", "7022"),
        ("pl", "tysiąc dziewięćset dziewięćdziesiąt", "1990"),
        ("it", "duemilauno", "2001"),
        ("it", "cinquemila cinquecento", "5500"),
        ("it", "millenovecentosettantacinque", "1975"),
        ("en", "one hundred two hundred", "100200"),
        ("pl", "12 trzydzieści cztery 5", "12345"),
        ("pl", "１２ 3️⃣4", "1234"),
    ],
)
def test_words_and_digits_become_the_digit_string(lang: str, text: str, digits: str) -> None:
    assert first(text, lang) == digits


@table(
    ("lang", "asked", "text", "value"),
    [
        ("pl", "sms_code", "kod to czterdzieści siedem zero osiem jedenaście", "470811"),
        ("pl", "sms_code", "12 34 56, nie, przepraszam, 57", "123457"),
        ("pl", "sms_code", "123456 pomyłka 123465", "123465"),
        ("pl", "sms_code", "O12 345", "012345"),
        ("pl", "sms_code", "12 34 56, nie, na końcu jednak 78", "123478"),
        ("pl", "sms_code", "dwanaście, trzydzieści cztery, później pięć sześć", "123456"),
        ("it", "sms_code", "12 34 56, no, l'ultima cifra è 9", "123459"),
        ("pl", "quantity", "pół tuzina", "6"),
        ("pl", "discount_code", "koleżanka dała mi lato25", "LATO25"),
        ("it", "vat_number", "di e uno tre sei, sei nove cinque, nove sette sei", "DE136695976"),
        ("en", "vat_number", "it's de136695976", "DE136695976"),
        ("en", "partita_iva", "the VAT number is 12345670017", "12345670017"),
        ("it", "codice_destinatario", "doppia vu sette i lunga V di Venezia emme nove zero", "W7JVM90"),
        (
            "it",
            "codice_destinatario",
            "emme uno a bi ci due tre, scusi, ricomincio: emme due a bi ci due tre",
            "M2ABC23",
        ),
        ("it", "codice_fiscale", "erre esse esse emme erre a 85 emme 01 acca 501 cu", "RSSMRA85M01H501Q"),
        ("it", "quantity", "erano 2, adesso quattro", "4"),
        ("en", "quantity", "for five people, no, six", "6"),
        ("en", "email", "anna [at] example [dot] com", "anna@example.com"),
        ("it", "email", "anna @ example . it", "anna@example.it"),
        ("it", "email", "anna trattino basso b chiocciola example punto it", "anna_b@example.it"),
        ("pl", "email", "ania@example.com, znaczy anna@example.com", "anna@example.com"),
        ("it", "pec", "uno@pec.it anzi due@pec.it", "due@pec.it"),
        ("pl", "customer_number", "jeden, pięć zer, siedemnaście", "10000017"),
        ("pl", "nip", "sto dwadzieścia trzy czterysta pięćdziesiąt sześć trzydzieści dwa osiemnaście", "1234563218"),
        ("pl", "nip", "123 456 32 17 albo nie 18", "1234563218"),
        ("pl", "nip", "123 456 99 99 od nowa 123 456 32 18", "1234563218"),
        ("pl", "nip", "l234S63218 sorry 1234563218", "1234563218"),
        ("pl", "nip", "REGON 123456785, a NIP 1234563218", "1234563218"),
        ("pl", "phone", "plus czterdzieści osiem pięćset dwanaście zero zero zero sto jedenaście", "+48512000111"),
        ("pl", "phone", "512 000 112, przepraszam, ostatnie trzy to 111", "+48512000111"),
        ("it", "partita_iva", "zero quattro sei quattro nove otto sette zero uno cinque tre", "04649870153"),
        ("it", "partita_iva", "123 456 703 62, anzi no, 63", "12345670363"),
        ("it", "phone", "tre tre tre, dodici trentaquattro cinquecentosessantasette", "+393331234567"),
        ("it", "sms_code", "il codice è doppio zero, quarantadue, diciassette", "004217"),
        ("it", "sms_code", "12 34 56 no scusi le ultime due sono 78", "123478"),
        ("en", "sms_code", "one two three four five six, scratch that, one two three four five seven", "123457"),
        ("en", "sms_code", "G-004217", "004217"),
        ("en", "customer_number", "one triple oh double oh seventeen", "10000017"),
        ("en", "phone", "plus four eight five one two triple oh one one one", "+48512000111"),
        ("en", "nip", "one two three four five six three two seventeen, make that eighteen", "1234563218"),
    ],
)
def test_a_dictated_number_comes_out_once(lang: str, asked: str, text: str, value: str) -> None:
    found = [e for e in parse(text, lang, asked)["entities"] if e["entity"] == asked]
    assert [e["value"] for e in found] == [value]
    assert found[0].get("valid", True)


@table(("lang", "asked", "text"), [("pl", "nip", "1234563219"), ("it", "partita_iva", "12345670364")])
def test_a_number_that_fails_its_check_is_never_valid_nor_repaired(lang: str, asked: str, text: str) -> None:
    found = [e for e in parse(text, lang, asked)["entities"] if e["entity"] == asked]
    assert [(e["value"], e["valid"]) for e in found] == [(text, False)]


WORDS = {
    "pl": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć".split(),
    "it": "zero uno due tre quattro cinque sei sette otto nove".split(),
    "en": "zero one two three four five six seven eight nine".split(),
}


@given(st.sampled_from(sorted(WORDS)), st.integers(10**8, 10**9 - 1), st.sampled_from([" ", ", ", " eee ", "-"]))
def test_any_tax_number_said_digit_by_digit_is_read(lang: str, start: int, between: str) -> None:
    digits = next(str(n) + str(nip.checksum(f"{n}0")) for n in range(start, start + 99) if nip.checksum(f"{n}0") < 10)
    said = between.join(WORDS[lang][int(d)] for d in digits)
    found = [e["value"] for e in parse(said, lang, "nip")["entities"] if e["entity"] == "nip"]
    assert found == [digits]


@given(st.text(alphabet="0123456789", min_size=11, max_size=11))
def test_no_wrong_number_is_reported_as_valid(digits: str) -> None:
    for entity in parse(digits, "it", "partita_iva")["entities"]:
        if entity["entity"] == "partita_iva" and entity.get("valid", True):
            assert iva.is_valid(entity["value"])


@table("piece", ["1 ", "dwadzieścia trzy ", "nie 5 ", "sto ", "5 nie przepraszam ", "ostatnie dwie to 5 ", "double "])
def test_time_is_linear(piece: str) -> None:
    def cost(size: int) -> float:
        began = time.process_time()
        for run in runs((piece * size)[:size], among(KNOWN, "pl")):
            candidates(run)
        return time.process_time() - began

    assert min(cost(8_000) for _ in range(3)) <= 16 * max(cost(1_000) for _ in range(3)) + 0.3


@table(
    ("lang", "text", "typed"),
    [
        ("pl", "siedem trzy", "73"),
        ("pl", "to siedemdziesiąt trzy", "73"),
        ("it", "sette tre", "73"),
        ("en", "seven three", "73"),
        ("en", "it's oh four", "04"),
        ("pl", "zero siedem", "07"),
    ],
)
def test_two_digits_of_a_log_in_are_read_in_words(lang: str, text: str, typed: str) -> None:
    meant = understand(text, Expected(Expects.login_code, LOG_IN_DIGITS), locale=lang)
    assert isinstance(meant, Answer)
    assert parse_pair(str(meant.value or meant.text)) == Ok(typed)


@table(("lang", "text"), [("pl", "siedem trzy osiem"), ("it", "settecentotrenta"), ("en", "seventy-three or seven")])
def test_more_digits_in_words_use_up_no_try(lang: str, text: str) -> None:
    meant = understand(text, Expected(Expects.login_code, LOG_IN_DIGITS), locale=lang)
    assert not isinstance(meant, Answer) or not isinstance(parse_pair(str(meant.value or meant.text)), Ok)
