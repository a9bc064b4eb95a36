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
from tests.kit.rows import all_rows
from tests.table import table
from values.codes import LOG_IN_DIGITS, parse_pair
from values.meaning import Answer, Expected, Expects
from values.parsing import Ok


def first(text: str, lang: str) -> str:
    return candidates(runs(text, among(KNOWN, lang))[0])[0]


@all_rows
def test_words_and_digits_become_the_digit_string(lang: str, text: str, digits: str) -> None:
    assert first(text, lang) == digits


@all_rows
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


@all_rows
def test_two_digits_of_a_log_in_are_read_in_words(lang: str, text: str, typed: str) -> None:
    meant = understand(text, Expected(Expects.login_code, LOG_IN_DIGITS), locale=lang)
    assert isinstance(meant, Answer)
    assert parse_pair(str(meant.value or meant.text)) == Ok(typed)


@table(("lang", "text"), [("pl", "siedem trzy osiem"), ("it", "settecentotrenta"), ("en", "seventy-three or seven")])
def test_more_digits_in_words_use_up_no_try(lang: str, text: str) -> None:
    meant = understand(text, Expected(Expects.login_code, LOG_IN_DIGITS), locale=lang)
    assert not isinstance(meant, Answer) or not isinstance(parse_pair(str(meant.value or meant.text)), Ok)
