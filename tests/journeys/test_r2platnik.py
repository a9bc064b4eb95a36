"""R2płatnik's journeys, as transcripts that a person can read: tests/journeys/transcripts/r2platnik.txt."""

import pytest

from tests.journeys.r2_scenes import SCENES, Owner
from tests.journeys.scenes import Words
from tests.journeys.teller import hold_to

WORDS = {
    "pl": Words(
        buttons={
            "log_in": "Zaloguj się", "forgot": "Nie pamiętasz hasła?", "renew_now": "Zamów abonament",
            "go_on": "Dalej z koszykiem", "subscription": "Abonament", "right": "Zgadza się", "agree": "Zgadzam się",
            "blik": "BLIK", "card": "Karta", "order": "Zamawiam z obowiązkiem zapłaty", "shop": "Pomoc – eSklep",
            "my_account": "Moje konto", "program_1": "R2płatnik", "program_2": "R2faktury",
            "report": "Zgłoś błąd", "data_right": "Dane są dobre", "later": "Później", "my_data": "Moje dane",
            "additional": "Dane dodatkowe firmy", "save": "Zmień dane firmy", "withdraw": "Wycofaj zgodę",
            "change": "Zmień", "street": "Ulica i numer",
            "reminders_on": "Włącz przypomnienia",
        },
        said={
            "hello": "Dzień dobry", "dont_renew": "nie odnawiaj", "stop": "stop", "no_reminders": "nie przypominaj mi",
            "later": "nie teraz", "extension_words": "rozszerzenie", "no": "nie",
            "street_moved": "Zmieniła się ulica, teraz jest ul. Nowa 1/2.", "wrong_tax_number": "ten NIP jest zły",
            "change_tax_number": "zmień NIP na 9876543210",
            "help": "pomoc",
            "why_consent": "Dlaczego zgoda na odnowienie jest obowiązkowa?", "back": "wstecz",
            "where_is_the_shop": "Zamknąłem komunikat o abonamencie, co teraz?",
            "what_is_extension": "Co to jest rozszerzenie?",
            "other_question": "Czy program obsługuje gospodarstwa rolne?",
        },
    ),
    "it": Words(
        buttons={
            "log_in": "Accedi", "forgot": "Password dimenticata?", "renew_now": "Ordina abbonamento",
            "go_on": "Avanti", "subscription": "Abbonamento", "right": "Tutto giusto", "agree": "Acconsento",
            "blik": "BLIK", "card": "Carta", "order": "Ordine con obbligo di pagare", "shop": "Aiuto – eShop",
            "my_account": "Il mio account", "program_1": "R2płatnik", "program_2": "R2faktury",
            "report": "Segnala errore", "data_right": "Dati giusti", "later": "Più tardi", "my_data": "I miei dati",
            "additional": "Dati aggiuntivi", "save": "Modifica dati", "withdraw": "Revoca il consenso",
            "change": "Cambia", "street": "Via e numero",
            "reminders_on": "Riattiva promemoria",
        },
        said={
            "hello": "Buongiorno", "dont_renew": "non rinnovare",
            "stop": "basta", "no_reminders": "non ricordarmelo più",
            "later": "non ora", "extension_words": "estensione", "no": "no",
            "street_moved": "La via è cambiata, adesso è ul. Nowa 1/2.", "wrong_tax_number": "il NIP è sbagliato",
            "change_tax_number": "cambia il NIP in 9876543210",
            "help": "aiuto", "why_consent": "Perché il consenso al rinnovo è obbligatorio?", "back": "indietro",
            "where_is_the_shop": "Ho chiuso il messaggio sull’abbonamento, e adesso?",
            "what_is_extension": "Che cos’è l’estensione?",
            "other_question": "Il programma gestisce le aziende agricole?",
        },
    ),
    "en": Words(
        buttons={
            "log_in": "Log in", "forgot": "Forgot your password?", "renew_now": "Order subscription",
            "go_on": "Continue", "subscription": "Subscription", "right": "That’s right", "agree": "I agree",
            "blik": "BLIK", "card": "Card", "order": "Order with obligation to pay", "shop": "Help – eShop",
            "my_account": "My account", "program_1": "R2płatnik", "program_2": "R2faktury",
            "report": "Report a mistake", "data_right": "Data are right", "later": "Later", "my_data": "My details",
            "additional": "Additional details", "save": "Change details", "withdraw": "Withdraw consent",
            "change": "Change", "street": "Street and number",
            "reminders_on": "Reminders on",
        },
        said={
            "hello": "Hello", "dont_renew": "don’t renew", "stop": "stop", "no_reminders": "stop reminding me",
            "later": "not now", "extension_words": "an extension", "no": "no",
            "street_moved": "The street has changed, it is ul. Nowa 1/2 now.", "wrong_tax_number": "the NIP is wrong",
            "change_tax_number": "change the NIP to 9876543210",
            "help": "help", "why_consent": "Why is the consent to renewal obligatory?", "back": "back",
            "where_is_the_shop": "I closed the message about the subscription, what now?",
            "what_is_extension": "What is an extension?", "other_question": "Does the program cover farms?",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("locale", sorted(WORDS))
def test_the_transcripts_are_as_they_were_read(locale: str) -> None:
    scene = Owner("r2platnik", locale)
    scene.words = WORDS[locale]
    scene.lines += [f"R2płatnik ({locale})", "", "> the customer, [a button]   * what happens outside   the desk"]
    for title, play in SCENES.items():
        scene.scene(title)
        play(scene)

    hold_to("r2platnik", locale, scene.transcript)
