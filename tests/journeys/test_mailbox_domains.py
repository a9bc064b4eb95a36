"""A slip in an e-mail's domain, as people of each language answer the question about it."""

import pytest

from tests.journeys.teller import Teller

PLAYED = {
    "pl": ("fakturasmart", ("Dzień dobry",), ("Kup teraz", "Nowe konto"), "Czy chodziło o anna@gmail.com?"),
    "it": ("fakturasmart", ("Buongiorno",), ("Compra ora", "Nuovo account"), "Intendevi anna@gmail.com?"),
    "en": ("fakturasmart", ("Hello",), ("Buy now", "New account"), "Did you mean anna@gmail.com?"),
    "de": ("kontorblatt", ("Guten Tag",), ("Jetzt kaufen", "Neues Konto"), "Meinten Sie anna@gmail.com?"),
}
RIGHT = {
    "pl": ("tak", "tak, jest ok", "popraw", "gmail.com"),
    "it": ("sì", "sì, esatto", "correggi", "gmail.com"),
    "en": ("yes", "yes, I did", "correct it", "gmail.com"),
    "de": ("ja", "ja, genau", "Tippfehler", "gmail.com"),
}
AS_IT_IS = {
    "pl": ("nie", "adres jest dobry", "zostaw jak jest", "Adres jest dobry"),
    "it": ("no", "l'indirizzo è giusto", "lascia così com'è", "È giusto così"),
    "en": ("no", "the address is right", "leave it as it is", "No, it’s right"),
    "de": ("nein", "die Adresse stimmt", "so lassen", "Nein, stimmt so"),
}


def asked(locale: str, written: str = "anna@gmial.com") -> Teller:
    name, greeting, buttons, question = PLAYED[locale]
    customer = Teller(name, locale)
    customer.write(*greeting)
    customer.press(*buttons)
    if name == "kontorblatt":
        customer.write("Ich heiße Anna Schmidt")
    customer.write(written)
    assert question in customer.transcript
    return customer


@pytest.mark.parametrize("locale", PLAYED)
def test_the_question_is_answered_in_words_and_asked_once(locale: str) -> None:
    for answers, email in ((RIGHT, "anna@gmail.com"), (AS_IT_IS, "anna@gmial.com")):
        for answer in answers[locale]:
            customer = asked(locale)
            customer.write(answer)
            assert customer.case.find_email(customer.books) == email, answer
            assert customer.transcript.count(PLAYED[locale][3]) == 1, answer


@pytest.mark.parametrize("locale", PLAYED)
def test_the_buttons_are_the_address_and_that_it_is_right(locale: str) -> None:
    corrected = asked(locale)
    corrected.press("anna@gmail.com")
    kept = asked(locale)
    kept.press(AS_IT_IS[locale][3])

    assert [one.case.find_email(one.books) for one in (corrected, kept)] == ["anna@gmail.com", "anna@gmial.com"]


def test_an_address_named_ahead_is_asked_about_once_an_account_is_wanted() -> None:
    customer = Teller("fakturasmart", "en")
    customer.write("Hello, my e-mail is anna@gmial.com")
    assert PLAYED["en"][3] not in customer.transcript
    customer.press("Buy now", "New account")

    assert PLAYED["en"][3] in customer.transcript


def test_a_line_of_an_input_sheet_is_asked_about_and_the_other_lines_are_kept() -> None:
    customer = asked("en", "E-mail: anna@gmial.com\nPhone: +48 512 000 999\nTax number: 123-456-32-18")
    assert customer.case.contact.phone == "+48512000999"
    customer.write("yes")

    assert customer.case.find_email(customer.books) == "anna@gmail.com"
