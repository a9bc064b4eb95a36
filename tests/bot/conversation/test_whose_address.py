"""At a card with one answer the words change that one only where they name it; another object is told of elsewhere."""

from itertools import product

from msgspec.structs import replace

from dialogs.state import Account, ConversationState, EInvoice, LogIn
from tests.journeys.teller import Teller
from tests.table import table
from values.account_view import NO_BOOKS

SELLER, OWN, NEW = "vectra", "anna@example.com", "nowy@example.com"
AT_HOME = ConversationState(
    account=Account(entry="log_in", login=LogIn("account-1", inside=True)), einvoice=EInvoice(choice="activate")
)
OTHERS = {
    "pl": (
        *(f"{verb} e-mail {whose} na {NEW}" for verb, whose in product(("zmień", "popraw"), ("do konta", "konta"))),
        *(f"e-mail do logowania to {NEW}", f"mój mail do logowania ma być {NEW}"),
        *("zmień telefon", "zmień numer telefonu na 512 000 111", "zmień nazwisko", "popraw adres na Polna 3"),
        "zmień numer klienta",
    ),
    "it": (
        *(
            f"cambia l'email {whose} in {NEW}"
            for whose in ("dell'account", "di accesso", "per accedere", "del mio account")
        ),
        *("cambia il telefono", "correggi il cognome", "cambia l'indirizzo in Via Roma 3", "cambia il codice cliente"),
    ),
    "en": (
        *(f"change the {whose} to {NEW}" for whose in ("login email", "account e-mail", "email for my account")),
        *("change my phone", "change the phone number to 512 000 111", "change my surname", "my address is wrong"),
        "update the customer number",
    ),
}
THIS = {
    "pl": (f"zmień e-mail na {NEW}", f"e-mail do faktur to {NEW}", f"popraw adres e-mail na {NEW}"),
    "it": (f"cambia l'email in {NEW}", f"cambia l'email per le fatture in {NEW}"),
    "en": (f"change the e-mail to {NEW}", f"the invoice email is {NEW}"),
}


def at_the_card(locale: str) -> Teller:
    """Somebody who is asked to confirm the address for invoices."""
    customer = Teller(SELLER, locale)
    customer.read_books(replace(NO_BOOKS, email=OWN))
    customer.case = replace(AT_HOME, talk=replace(customer.case.talk, greeted=True))
    assert customer.at == "einvoice.confirm"
    return customer


@table("locale, text", [(locale, text) for locale, texts in OTHERS.items() for text in texts])
def test_another_object_leaves_the_address_and_a_person_is_offered(locale: str, text: str) -> None:
    customer = at_the_card(locale)
    before = customer.case
    customer.write(text)
    assert (customer.books.einvoice_email, customer.case.account) == (None, before.account)
    assert customer.at == "einvoice.confirm"
    assert "/agent" in customer.buttons.values()


@table("locale, text", [(locale, text) for locale, texts in THIS.items() for text in texts])
def test_its_own_object_is_changed_at_once(locale: str, text: str) -> None:
    customer = at_the_card(locale)
    customer.write(text)
    assert (customer.books.einvoice_email, customer.case.find_email(customer.books)) == (NEW, OWN)


@table("locale, text", [("pl", "zmień"), ("pl", "zmień e-mail"), ("it", "cambia"), ("en", "change the e-mail")])
def test_a_change_without_its_value_asks_for_the_address(locale: str, text: str) -> None:
    customer = at_the_card(locale)
    customer.write(text)
    assert customer.at == "einvoice.invoice_email"
