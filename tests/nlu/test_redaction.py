"""Sentences become examples without what they say of a person."""

from hypothesis import given
from hypothesis import strategies as st

from nlu.redaction import anonymise
from tests.table import table


@table(
    ("lang", "text", "shown"),
    [
        ("pl", "nie mogę się zalogować", "nie mogę się zalogować"),
        ("pl", "mój mail anna.nowak@example.com nie działa", "mój mail [email] nie działa"),
        ("pl", "anna małpa example kropka com", "[email]"),
        ("pl", "NIP 526-104-08-28 czy 5261040828?", "NIP [nip] czy [nip]?"),
        ("pl", "dzwońcie pięćset sto dwieście trzysta czterdzieści", "dzwońcie [number]"),
        ("pl", "dzwońcie na 600 700 800", "dzwońcie na [phone]"),
        ("it", "il codice fiscale è RSSMRA85T10A562S", "il codice fiscale è [codice_fiscale]"),
        ("en", "my name is Anna Nowak, I want two years", "my name is [person_name], I want two years"),
        ("pl", "chcę plan pro na 2 lata, kartą", "chcę plan pro na 2 lata, kartą"),
        ("pl", "konto 12 3456 7890 1234", "konto [number]"),
    ],
)
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
