"""Konto InsERT's journeys, as transcripts that a person can read: tests/journeys/transcripts/konto_insert.txt."""

import pytest

from tests.journeys.konto_scenes import SCENES, Holder
from tests.journeys.scenes import Words
from tests.journeys.teller import hold_to

WORDS = {
    "pl": Words(
        buttons={
            "sign_up": "Utwórz konto", "log_in": "Zaloguj się", "new": "Nowe konto", "required": "Tylko wymagane",
            "nexo": "InsERT nexo", "gt": "InsERT GT", "right": "Zgadza się", "confirm": "Potwierdzam",
            "by_email": "E-mail", "by_phone": "Telefon", "my_account": "Moje konto", "add_company": "Dodaj firmę",
            "companies": "Moje firmy", "send_again": "Wyślij ponownie", "other_email": "Inny e-mail",
            "helpful": "Pomogło", "not_helpful": "Nie pomogło", "skip": "Pomiń",
        },
        said={
            "hello": "Dzień dobry", "no_letter": "nie dostałem maila aktywującego", "cancel": "anuluj",
            "what_is_it": "Do czego służy Konto InsERT?", "reason": "Nie ma nic o kilku użytkownikach na jednym koncie",
            "helpful_words": "tak, pomogło", "what_password": "Jakie ma być hasło?",
            "how_gt": "Jak zarejestrować podmiot w GT?", "registered": "zarejestrowałem, wracam",
            "what_is_vatin": "Co to jest VATIN?", "not_helpful_words": "nie pomogło",
        },
    ),
    "it": Words(
        buttons={
            "sign_up": "Crea account", "log_in": "Accedi", "new": "Nuovo account", "required": "Solo obbligatori",
            "nexo": "Programma nexo", "gt": "Programma InsERT GT", "right": "Tutto giusto", "confirm": "Confermo",
            "by_email": "E-mail", "by_phone": "Telefono", "my_account": "Il mio account",
            "add_company": "Aggiungi azienda", "companies": "Le mie aziende", "send_again": "Invia di nuovo",
            "other_email": "Altra e-mail",
            "helpful": "Utile", "not_helpful": "Non utile", "skip": "Salta",
        },
        said={
            "hello": "Buongiorno", "no_letter": "non ho ricevuto il messaggio di attivazione", "cancel": "annulla",
            "what_is_it": "A cosa serve l’account?", "reason": "Non dice nulla di più utenti sullo stesso account",
            "helpful_words": "sì, utile", "what_password": "Come dev’essere la password?",
            "how_gt": "Come si registra l’azienda in GT?", "registered": "ho registrato il programma, eccomi",
            "what_is_vatin": "Che cos’è il VATIN?", "not_helpful_words": "non è stato utile",
        },
    ),
    "en": Words(
        buttons={
            "sign_up": "Create account", "log_in": "Log in", "new": "New account", "required": "Required only",
            "nexo": "A nexo program", "gt": "An InsERT GT program", "right": "That’s right", "confirm": "I confirm",
            "by_email": "E-mail", "by_phone": "Phone", "my_account": "My account", "add_company": "Add a company",
            "companies": "My companies", "send_again": "Send again", "other_email": "Another e-mail",
            "helpful": "Helpful", "not_helpful": "Not helpful", "skip": "Skip",
        },
        said={
            "hello": "Hello", "no_letter": "I got no activation mail", "cancel": "cancel",
            "what_is_it": "What is the account for?", "reason": "It says nothing of several users of one account",
            "helpful_words": "yes, it helped", "what_password": "What must the password be like?",
            "how_gt": "How do I register my firm in GT?", "registered": "I have registered it",
            "what_is_vatin": "What is a VATIN?", "not_helpful_words": "not helpful",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("locale", sorted(WORDS))
def test_the_transcripts_are_as_they_were_read(locale: str) -> None:
    scene = Holder("konto_insert", locale)
    scene.words = WORDS[locale]
    scene.lines += [f"Konto InsERT ({locale})", "", "> the customer, [a button]   * what happens outside   the desk"]
    for title, play in SCENES.items():
        scene.scene(title)
        play(scene)

    hold_to("konto_insert", locale, scene.transcript)
