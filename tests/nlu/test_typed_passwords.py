"""Passwords typed into the chat, above all where a page for one is open."""

from hypothesis import given
from hypothesis import strategies as st

from nlu.languages.shipped import KNOWN, order_langs
from nlu.redaction import anonymise, redact_message
from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Expected
from values.meaning import Expects, SecretTyped

AT_THE_PAGE = Expected(
    Expects.secure_page, "secure_page", discount_codes=("START20",), names=("FakturaSmart", "R2płatnik")
)
ELSEWHERE = Expected(Expects.email, "email")
HIDDEN = "[removed: password]"


@all_rows
def test_a_password_typed_where_one_is_asked_for_is_taken_out(typed: str) -> None:
    for locale in ("pl", "it", "en"):
        assert HIDDEN in redact_message(typed, AT_THE_PAGE, order_langs(KNOWN, locale)).text
        assert understand(typed, AT_THE_PAGE, locale=locale) == SecretTyped(("password",))


@table(
    ("typed", "kept"),
    [
        ("anna@example.com Haslo123!", f"anna@example.com {HIDDEN}"),
        ("Błękitne kanarki parasole7", HIDDEN),
        ("moje to Kanarek88 ok", f"moje to {HIDDEN} ok"),
    ],
)
def test_a_password_among_words_is_taken_out(typed: str, kept: str) -> None:
    assert redact_message(typed, AT_THE_PAGE, order_langs(KNOWN, "pl")).text == kept


@all_rows
def test_what_customers_say_there_is_no_password(typed: str) -> None:
    assert redact_message(typed, AT_THE_PAGE, order_langs(KNOWN, "pl")).text == typed


@all_rows
def test_an_announced_password_is_taken_out_wherever_it_is_said(typed: str) -> None:
    for expected in (AT_THE_PAGE, ELSEWHERE):
        kept = redact_message(typed, expected, order_langs(KNOWN, "pl")).text
        assert HIDDEN in kept
        assert "anar" not in kept


@table("typed", ["czy hasło będzie ważne długo?", "ile znaków ma mieć hasło?", "hasło nie działa"])
def test_a_question_about_passwords_is_none(typed: str) -> None:
    for expected in (AT_THE_PAGE, ELSEWHERE):
        assert redact_message(typed, expected, order_langs(KNOWN, "pl")).text == typed


def test_elsewhere_a_word_is_a_word() -> None:
    assert redact_message("Marek1984", ELSEWHERE, order_langs(KNOWN, "pl")).text == "Marek1984"


# Sentences become examples without what they say of a person.


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
