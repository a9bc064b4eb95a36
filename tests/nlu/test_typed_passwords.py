"""Passwords typed into the chat, above all where a page for one is open."""

from nlu.languages.shipped import KNOWN, among
from nlu.redaction import redact_message
from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.table import table
from values.meaning import Expected, Expects, SecretTyped

AT_THE_PAGE = Expected(
    Expects.secure_page, "secure_page", discount_codes=("START20",), names=("FakturaSmart", "R2płatnik")
)
ELSEWHERE = Expected(Expects.email, "email")
HIDDEN = "[removed: password]"


@all_rows
def test_a_password_typed_where_one_is_asked_for_is_taken_out(typed: str) -> None:
    for locale in ("pl", "it", "en"):
        assert HIDDEN in redact_message(typed, AT_THE_PAGE, among(KNOWN, locale)).text
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
    assert redact_message(typed, AT_THE_PAGE, among(KNOWN, "pl")).text == kept


@all_rows
def test_what_customers_say_there_is_no_password(typed: str) -> None:
    assert redact_message(typed, AT_THE_PAGE, among(KNOWN, "pl")).text == typed


@all_rows
def test_an_announced_password_is_taken_out_wherever_it_is_said(typed: str) -> None:
    for expected in (AT_THE_PAGE, ELSEWHERE):
        kept = redact_message(typed, expected, among(KNOWN, "pl")).text
        assert HIDDEN in kept
        assert "anar" not in kept


@table("typed", ["czy hasło będzie ważne długo?", "ile znaków ma mieć hasło?", "hasło nie działa"])
def test_a_question_about_passwords_is_none(typed: str) -> None:
    for expected in (AT_THE_PAGE, ELSEWHERE):
        assert redact_message(typed, expected, among(KNOWN, "pl")).text == typed


def test_elsewhere_a_word_is_a_word() -> None:
    assert redact_message("Marek1984", ELSEWHERE, among(KNOWN, "pl")).text == "Marek1984"
