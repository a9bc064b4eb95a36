"""Sentences become examples without what they say of a person."""

from hypothesis import given
from hypothesis import strategies as st

from nlu.redaction import anonymise
from tests.kit.rows import all_rows


@all_rows
def test_what_is_kept(lang: str, text: str, shown: str) -> None:
    assert anonymise(text, lang) == shown


def test_values_that_are_known_go_whatever_their_case() -> None:
    text = "Tu NOWAK z Pracowni Bursztyn, ul. Długa 12/4; nowakowski to nie ja"

    shown = anonymise(text, also=("Nowak", "ul. Długa 12/4", "Pracowni Bursztyn", "z", ""))

    assert shown == "Tu [value] z [value], [value]; nowakowski to nie ja"


@given(st.text(max_size=120))
def test_no_text_raises(text: str) -> None:
    assert isinstance(anonymise(text), str)


@given(st.text(alphabet="abc ", max_size=20), st.integers(10**8, 10**11 - 1))
def test_no_long_number_stays(around: str, number: int) -> None:
    assert str(number) not in anonymise(f"{around} {number} {around}")


def test_a_seller_s_answer_keeps_his_sums_and_addresses_but_nobody_else_s() -> None:
    text = "Razem 12 367,77 zł. Pytania: pomoc@firma.example. Zapisane: anna@firma.example, Nowak."

    shown = anonymise(text, also=("Nowak",), own=("Napisz na pomoc@firma.example.",))

    assert shown == "Razem 12 367,77 zł. Pytania: pomoc@firma.example. Zapisane: [email], [value]."
