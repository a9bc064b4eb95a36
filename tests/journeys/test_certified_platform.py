"""Certified Platform's journeys, as transcripts that a person can read: tests/journeys/transcripts/*.txt."""

import pytest

from tests.journeys.certified_scenes import SCENES, Scene, Words
from tests.journeys.teller import hold_to

WORDS = {
    "it": Words(
        buttons={
            "buy": "Compra ora", "base_only": "Solo la base", "users": "Utenti aggiuntivi · 12,00\xa0€ + IVA",
            "space": "Spazio aggiuntivo · 18,00\xa0€ + IVA", "external_users": "Utenti esterni · 30,00\xa0€ + IVA",
            "enough": "Nient’altro", "undo": "Togli l’ultimo",
            "new": "Nuovo account", "existing": "Ho un account", "required": "Solo obbligatori",
            "company": "Persona giuridica", "sole_trader": "Titolare partita IVA", "right": "Tutto giusto",
            "card": "Carta", "paypal": "PayPal", "other": "Altre modalità", "transfer": "Bonifico",
            "one_year": "1\u00a0anno", "two_years": "2\u00a0anni", "accept": "Accetto", "all_right": "Tutto giusto",
            "order": "Ordine con obbligo di pagare", "my_account": "Il mio account",
            "free_version": "Versione gratuita", "another_payment": "Altro pagamento", "sign_up": "Crea account",
            "saved_card": "Carta registrata", "methods": "Metodo di pagamento", "not_now": "Non ora",
            "forget_visa": "Togli: Visa …4242", "other_paypal": "Un altro account",
            "accept_new": "Accetto le condizioni",
            "forgot_username": "Nome utente dimenticato", "takes_pec_only": "No, un’altra",
            "as_account": "Come l’account", "none_of_both": "Non ce l’ho", "change": "Cambia",
            "add_ons": "Servizi aggiuntivi", "term": "Durata",
        },
        said={
            "hello": "Buongiorno", "forget_words": "voglio togliere la carta salvata", "dont_renew": "non rinnovare",
            "ten_gb": "10 GB", "back": "indietro", "did_it_arrive": "è arrivato il bonifico?",
            "postal_slip_words": "pago con bollettino postale", "private_person": "sono un privato",
            "company_words": "ma sono una società", "forgot_password": "ho dimenticato la password",
            "wrong_code": "il codice destinatario è M5UXCR1", "ask_admin": "Chi è l’utente admin?",
            "ask_external": "Gli utenti esterni entrano nel pannello?",
            "ask_pec": "Come abilito la PEC alla posta ordinaria?",
            "ask_sdi": "Dove trovo il Codice destinatario?", "ask_iban": "Quali sono le coordinate bancarie?",
            "ask_free": "C’è una versione gratuita?",
        },
    ),
    "pl": Words(
        buttons={
            "buy": "Kup teraz", "base_only": "Tylko podstawa", "users": "Dodatkowi użytkownicy · 12,00\xa0€ netto",
            "space": "Dodatkowe miejsce · 18,00\xa0€ netto",
            "external_users": "Użytkownicy zewnętrzni · 30,00\xa0€ netto",
            "enough": "Nic więcej", "undo": "Usuń ostatni",
            "new": "Nowe konto", "existing": "Mam konto", "required": "Tylko wymagane",
            "company": "Osoba prawna", "sole_trader": "Mam numer IVA", "right": "Zgadza się",
            "card": "Karta", "paypal": "PayPal", "other": "Inaczej", "transfer": "Przelew",
            "one_year": "1\u00a0rok", "two_years": "2\u00a0lata", "accept": "Akceptuję", "all_right": "Zgadza się",
            "order": "Zamawiam z obowiązkiem zapłaty", "my_account": "Moje konto",
            "free_version": "Wersja bezpłatna", "another_payment": "Inna płatność", "sign_up": "Utwórz konto",
            "saved_card": "Zapisana karta", "methods": "Metoda płatności", "not_now": "Nie teraz",
            "forget_visa": "Usuń: Visa …4242", "other_paypal": "Inne konto",
            "accept_new": "Akceptuję regulamin",
            "forgot_username": "Przypomnij login", "takes_pec_only": "Nie, podam inny",
            "as_account": "Jak w koncie", "none_of_both": "Nie mam", "change": "Zmień",
            "add_ons": "Dodatki", "term": "Okres",
        },
        said={
            "hello": "Dzień dobry", "forget_words": "usuń zapisaną kartę", "dont_renew": "nie odnawiaj",
            "ten_gb": "10 GB", "back": "wstecz", "did_it_arrive": "czy przelew doszedł?",
            "postal_slip_words": "zapłacę przekazem pocztowym", "private_person": "jestem osobą prywatną",
            "company_words": "ale jestem spółką", "forgot_password": "nie pamiętam hasła",
            "wrong_code": "kod codice destinatario to M5UXCR1", "ask_admin": "Kim jest użytkownik admin?",
            "ask_external": "Czy użytkownicy zewnętrzni wchodzą do panelu?",
            "ask_pec": "Jak włączyć zwykłą pocztę w PEC?",
            "ask_sdi": "Gdzie znajdę Codice destinatario?", "ask_iban": "Jakie są dane do przelewu?",
            "ask_free": "Czy jest wersja bezpłatna?",
        },
    ),
    "en": Words(
        buttons={
            "buy": "Buy now", "base_only": "Just the base", "users": "Additional users · €12.00 + VAT",
            "space": "Additional space · €18.00 + VAT", "external_users": "External users · €30.00 + VAT",
            "enough": "Nothing more", "undo": "Remove the last",
            "new": "New account", "existing": "I have one", "required": "Required only",
            "company": "Legal person", "sole_trader": "Partita IVA holder", "right": "That’s right",
            "card": "Card", "paypal": "PayPal", "other": "Other ways", "transfer": "Bank transfer",
            "one_year": "1\u00a0year", "two_years": "2\u00a0years", "accept": "I accept", "all_right": "That’s right",
            "order": "Order with obligation to pay", "my_account": "My account",
            "free_version": "Free version", "another_payment": "Another payment", "sign_up": "Create account",
            "saved_card": "Saved card", "methods": "Payment method", "not_now": "Not now",
            "forget_visa": "Remove: Visa …4242", "other_paypal": "Another account",
            "accept_new": "Accept the terms",
            "forgot_username": "Forgot user name", "takes_pec_only": "No, another",
            "as_account": "As the account", "none_of_both": "I have none", "change": "Change",
            "add_ons": "Add-ons", "term": "Term",
        },
        said={
            "hello": "Hello", "forget_words": "remove my saved card", "dont_renew": "don’t renew",
            "ten_gb": "10 GB", "back": "back", "did_it_arrive": "has the transfer arrived?",
            "postal_slip_words": "I'll pay by postal slip", "private_person": "I'm a private individual",
            "company_words": "but I'm a company", "forgot_password": "I forgot my password",
            "wrong_code": "the codice destinatario is M5UXCR1", "ask_admin": "Who is the admin user?",
            "ask_external": "Do external users enter the panel?",
            "ask_pec": "How do I let the PEC take ordinary mail?",
            "ask_sdi": "Where do I find the Codice destinatario?", "ask_iban": "What are the bank details?",
            "ask_free": "Is there a free version?",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("locale", sorted(WORDS))
def test_the_transcripts_are_as_they_were_read(locale: str) -> None:
    scene = Scene("certified_platform", locale)
    scene.words = WORDS[locale]
    scene.lines += [
        f"Certified Platform ({locale})",
        "",
        "> the customer, [a button]   * what happens outside   the desk",
    ]
    for title, play in SCENES.items():
        scene.scene(title)
        play(scene)

    hold_to("certified_platform", locale, scene.transcript)
