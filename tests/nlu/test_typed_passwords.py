"""Passwords typed into the chat, above all where a page for one is open."""

from nlu.languages.shipped import KNOWN, among
from nlu.redaction import redact_message
from nlu.understand import understand
from tests.table import table
from values.meaning import Expected, Expects, SecretTyped

AT_THE_PAGE = Expected(
    Expects.secure_page, "secure_page", discount_codes=("START20",), names=("FakturaSmart", "R2płatnik")
)
ELSEWHERE = Expected(Expects.email, "email")
HIDDEN = "[removed: password]"


@table(
    "typed",
    [
        "Xk9!kanarekPW-7z",
        "Faktura2026!",
        "Haslo123!",
        "Marek1984",
        "Marek 1984",
        "KanarekDrugi",
        "qwerty1",
        "zażółć2026",
        "trzy-zielone-parasole",
        "Pa$$word",
        "kanarek!",
        "abc:Def1!",
        "Kanarek Drugi88!",
        "Übermut_7",
        "„Gołąb44”",
    ],
)
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


@table(
    "typed",
    [
        "co?",
        "OK!",
        "ok 👍",
        "tak!!!",
        "E-mail?",
        "e-faktura",
        "FakturaSmart",
        "R2płatnik",
        "PayPal",
        "2FA",
        "24h",
        "2 osoby",
        "NIP 5260250274",
        "PL5260250274",
        "+48512000999",
        "anna@example.com",
        "start20",
        "pomoc!",
        "Jan Kowalski",
        "secure_page:again",
        "start:log_in",
        "/back",
        "cmd:back",
        "KSeF",
        "FV/2026/11/0001",
        "konsultant, proszę",
        "non c’è",
        "dov’è",
        "l’ho fatto",
        "I don’t",
        "what’s this",
        "https://example.com/x",
        "nie działa",
        "SMS-em",
        "Wi-Fi",
    ],
)
def test_what_customers_say_there_is_no_password(typed: str) -> None:
    assert redact_message(typed, AT_THE_PAGE, among(KNOWN, "pl")).text == typed


@table(
    "typed",
    [
        "moje hasło będzie KanarekDrugi88!",
        "moje nowe hasło to będzie kanarek",
        "hasło do konta będzie kanarek",
        "la mia password sarà Canarino88",
        "la mia password sara' canarino",
        "la nuova password per account sarà canarino",
        "my password will be Canary88",
        "the new password should be canary",
        "mein Passwort wird Kanari88 sein",
        "mein Passwort ist Kanari88",
        "mein neues Kennwort soll Kanari88 sein",
    ],
)
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
