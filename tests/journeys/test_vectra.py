"""Vectra's journeys, as transcripts that a person can read: tests/journeys/transcripts/vectra.txt."""

import pytest

from tests.journeys.number_scenes import SCENES, Subscriber
from tests.journeys.scenes import Words
from tests.journeys.teller import hold_to

WORDS = {
    "pl": Words(
        buttons={
            "register": "Rejestracja", "log_in": "Zaloguj się", "forgot": "Zapomniałem hasła", "sms": "SMS",
            "email": "E-mail", "details": "Szczegóły", "activate": "Aktywuj", "person": "Poproś o konsultanta",
            "other_way": "Inny sposób", "send_again": "Wyślij ponownie", "my_account": "Moje konto",
            "change": "Zmień", "invoice_email": "E-mail do faktur", "later": "Później", "invoices": "Faktury",
            "an_invoice": "Faktura FV/2026/11/0001", "home": "Strona główna",
        },
        said={
            "hello": "Dzień dobry", "where_number": "gdzie znajdę numer klienta?", "rather_mail": "wolę e-mailem",
            "back": "wstecz", "cancel": "anuluj", "forgot_words": "nie pamiętam hasła",
            "activate_words": "chcę aktywować e-fakturę", "what_is_zone": "Co to jest Strefa Klienta?",
            "where_is_invoice": "Gdzie jest Elektroniczna Faktura?",
            "download": "Pobierz instrukcję do Strefy Klienta", "password_rule": "jakie ma być hasło?",
            "app": "Czy jest aplikacja na telefon?", "no_contacts": "Nie podałem wam telefonu ani e-maila, co teraz?",
            "help": "pomoc",
        },
    ),
    "it": Words(
        buttons={
            "register": "Registrati", "log_in": "Accedi", "forgot": "Password dimenticata", "sms": "SMS",
            "email": "E-mail", "details": "Dettagli", "activate": "Attiva", "person": "Chiedi un operatore",
            "other_way": "Altro modo", "send_again": "Invia di nuovo", "my_account": "Il mio account",
            "change": "Cambia", "invoice_email": "E-mail per fatture", "later": "Più tardi",
            "invoices": "Fatture", "an_invoice": "Fattura FV/2026/11/0001", "home": "Pagina iniziale",
        },
        said={
            "hello": "Buongiorno", "where_number": "dove trovo il numero cliente?",
            "rather_mail": "preferisco l'e-mail", "back": "indietro", "cancel": "annulla",
            "forgot_words": "ho dimenticato la password", "activate_words": "vorrei attivare l'e-fattura",
            "what_is_zone": "Che cos’è l’area clienti?", "where_is_invoice": "Dov’è la fattura elettronica?",
            "download": "Scarica la guida all’area clienti", "password_rule": "come deve essere la password?",
            "app": "C’è un’app per il telefono?",
            "no_contacts": "Non vi ho dato né telefono né e-mail, che cosa faccio?",
            "help": "aiuto",
        },
    ),
    "en": Words(
        buttons={
            "register": "Register", "log_in": "Log in", "forgot": "Forgot password", "sms": "SMS",
            "email": "E-mail", "details": "Details", "activate": "Activate", "person": "Ask an agent",
            "other_way": "Another way", "send_again": "Send again", "my_account": "My account",
            "change": "Change", "invoice_email": "E-mail for invoices", "later": "Later", "invoices": "Invoices",
            "an_invoice": "Invoice FV/2026/11/0001", "home": "Home",
        },
        said={
            "hello": "Hello", "where_number": "where do I find the customer number?",
            "rather_mail": "by e-mail rather", "back": "back", "cancel": "cancel",
            "forgot_words": "I forgot my password", "activate_words": "I'd like to activate e-invoice",
            "what_is_zone": "What is the customer zone?", "where_is_invoice": "Where is the electronic invoice?",
            "download": "Download the guide to the customer zone",
            "password_rule": "what must the password be like?", "app": "Is there an app for the phone?",
            "no_contacts": "I gave you neither phone nor e-mail, what now?", "help": "help",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("locale", sorted(WORDS))
def test_the_transcripts_are_as_they_were_read(locale: str) -> None:
    scene = Subscriber("vectra", locale)
    scene.words = WORDS[locale]
    scene.lines += [f"Vectra ({locale})", "", "> the customer, [a button]   * what happens outside   the desk"]
    for title, play in SCENES.items():
        scene.scene(title)
        play(scene)

    hold_to("vectra", locale, scene.transcript)
