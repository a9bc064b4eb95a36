"""FakturaSmart's journeys, as transcripts that a person can read: tests/journeys/transcripts/*.txt."""

import pytest

from tests.journeys.scenes import SCENES, Scene, Words
from tests.journeys.teller import hold_to

WORDS = {
    "pl": Words(
        buttons={
            "buy": "Kup teraz", "new": "Nowe konto", "required": "Tylko wymagane", "news": "Nowości e-mailem",
            "right": "Zgadza się", "renew": "Tak, odnawiaj", "blik": "BLIK", "accept": "Akceptuję",
            "confirm": "Potwierdzam", "all_right": "Zgadza się", "order": "Zamawiam z obowiązkiem zapłaty",
            "activate": "Włącz e-faktury", "my_account": "Moje konto", "register": "Weź z rejestru",
            "check": "Sprawdź płatność",
            "again": "Spróbuj jeszcze raz", "card": "Karta", "have_code": "Mam kod rabatowy",
            "no_code_then": "Bez kodu", "change": "Zmień", "street": "Ulica i numer", "no_renewal": "Nie odnawiaj",
            "paypal": "PayPal", "rather_here": "Wolę tutaj", "send_again": "Wyślij ponownie", "new_code": "Nowy kod",
            "other_language": "English", "later": "Później", "renewal": "Odnawianie",
            "methods": "Metoda płatności", "payments": "Płatności",
            "my_data": "Moje dane", "einvoice": "E-faktury", "tax_number": "Inny NIP",
        },
        said={
            "hello": "Dzień dobry", "no_code": "kod nie przyszedł", "hurry": "i co z tym?",
            "buy_words": "chcę kupić",
            "wrong_email": "pomyłka, mój e-mail to anna@example.com",
            "wrong_tax_number": "zły NIP, powinno być 111-222-33-32", "back": "wstecz",
            "price": "Ile to kosztuje?", "ksef": "Czy wysyłacie faktury do KSeF?",
            "must_consent": "Czy muszę zaznaczyć te zgody?", "help": "pomoc", "where": "gdzie jestem?",
            "weather": "jaka będzie jutro pogoda?", "thanks": "dziękuję", "restart": "od nowa", "cancel": "anuluj",
            "did_it_arrive": "czy pieniądze doszły?", "human": "chcę rozmawiać z człowiekiem",
            "forgot": "nie pamiętam hasła", "change_language": "zmień język",
            "activation_status": "status aktywacji",
        },
    ),
    "it": Words(
        buttons={
            "buy": "Compra ora", "new": "Nuovo account", "required": "Solo obbligatori", "news": "Novità per e-mail",
            "right": "Tutto giusto", "renew": "Sì, rinnova", "blik": "BLIK", "accept": "Accetto",
            "confirm": "Confermo", "all_right": "Tutto giusto", "order": "Ordine con obbligo di pagare",
            "activate": "Attiva e-fatture", "my_account": "Il mio account", "register": "Dati del registro",
            "check": "Controlla il pagamento",
            "again": "Riprova", "card": "Carta", "have_code": "Codice sconto", "no_code_then": "Senza codice",
            "change": "Cambia", "street": "Via e numero", "no_renewal": "Non rinnovare", "paypal": "PayPal",
            "rather_here": "Meglio qui",
            "send_again": "Invia di nuovo", "new_code": "Nuovo codice", "other_language": "Polski",
            "later": "Più tardi", "renewal": "Rinnovo", "methods": "Metodo di pagamento", "payments": "Pagamenti",
            "my_data": "I miei dati",
            "einvoice": "Fatture elettroniche", "tax_number": "Altro NIP",
        },
        said={
            "hello": "Buongiorno", "no_code": "il codice non è arrivato", "hurry": "allora?",
            "buy_words": "vorrei comprare",
            "wrong_email": "ho sbagliato, la mia e-mail è anna@example.com",
            "wrong_tax_number": "il NIP è sbagliato, è 111-222-33-32", "back": "indietro",
            "price": "Quanto costa?", "ksef": "Inviate le fatture al KSeF?",
            "must_consent": "Devo spuntare questi consensi?", "help": "aiuto", "where": "dove sono?",
            "weather": "che tempo fa domani?", "thanks": "grazie", "restart": "ricomincia", "cancel": "annulla",
            "did_it_arrive": "sono arrivati i soldi?", "human": "vorrei parlare con una persona",
            "forgot": "ho dimenticato la password", "change_language": "cambia lingua",
            "activation_status": "stato dell’attivazione",
        },
    ),
    "en": Words(
        buttons={
            "buy": "Buy now", "new": "New account", "required": "Required only", "news": "News by e-mail",
            "right": "That’s right", "renew": "Yes, renew", "blik": "BLIK", "accept": "I accept",
            "confirm": "I confirm", "all_right": "That’s right", "order": "Order with obligation to pay",
            "activate": "Turn on e-invoices", "my_account": "My account", "register": "Use register’s",
            "check": "Check payment",
            "again": "Try again", "card": "Card", "have_code": "Discount code", "no_code_then": "No code",
            "change": "Change", "street": "Street and number", "no_renewal": "Don’t renew", "paypal": "PayPal",
            "rather_here": "Answer here",
            "send_again": "Send again", "new_code": "New code", "other_language": "Italiano", "later": "Later",
            "renewal": "Renewal", "methods": "Payment method", "payments": "Payments",
            "my_data": "My details", "einvoice": "E-invoices",
            "tax_number": "Another NIP",
        },
        said={
            "hello": "Hello", "no_code": "I got no code", "hurry": "well?",
            "buy_words": "I'd like to buy",
            "wrong_email": "wrong, my e-mail is anna@example.com",
            "wrong_tax_number": "the NIP is wrong, it should be 111-222-33-32", "back": "back",
            "price": "How much is it?", "ksef": "Do you send invoices to KSeF?",
            "must_consent": "Must I tick these consents?", "help": "help", "where": "where are we?",
            "weather": "what will the weather be tomorrow?", "thanks": "thank you", "restart": "start again",
            "cancel": "cancel", "did_it_arrive": "has the money arrived?", "human": "I want to talk to a person",
            "forgot": "I forgot my password", "change_language": "change the language",
            "activation_status": "activation status",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("locale", sorted(WORDS))
def test_the_transcripts_are_as_they_were_read(locale: str) -> None:
    scene = Scene("fakturasmart", locale)
    scene.words = WORDS[locale]
    scene.lines += [f"FakturaSmart ({locale})", "", "> the customer, [a button]   * what happens outside   the desk"]
    for title, play in SCENES.items():
        scene.scene(title)
        play(scene)

    hold_to("fakturasmart", locale, scene.transcript)
