"""A company's name and address beside other things: taken as they are told, not where they are asked about."""

import pytest

from nlu.facts.company_facts import company_facts
from nlu.languages.shipped import KNOWN, among
from nlu.stance import not_given, withheld
from tests.table import table
from values.meaning import Expects


def told(text: str, locale: str = "pl", asked: Expects = Expects.phone) -> dict[str, str]:
    return {str(one.fact.kind): one.fact.text for one in company_facts(text, asked, among(KNOWN, locale))}


@table(
    ("locale", "text", "facts"),
    [
        ("pl", "firma to Termo Sud sp. z o.o., NIP 1112223332", {"company_name": "Termo Sud sp. z o.o."}),
        (
            "pl",
            "adres ul. Polna 9, 00-622 Warszawa",
            {"street": "ul. Polna 9", "postal_code": "00-622", "city": "Warszawa"},
        ),
        ("pl", "jest Rynek 8/2, 62-020 Swarzędz", {"street": "Rynek 8/2", "postal_code": "62-020", "city": "Swarzędz"}),
        ("pl", "kod 80-180, Borkowo", {"postal_code": "80-180", "city": "Borkowo"}),
        (
            "it",
            "la ragione sociale è Tania Kowal Fotografia e la sede è a Łódź",
            {"company_name": "Tania Kowal Fotografia", "city": "Łódź"},
        ),
        ("it", "siamo a Gdynia mica a Gdańsk", {"city": "Gdynia"}),
        ("it", "ora ul. Grunwaldzka 82 e 80-244", {"street": "ul. Grunwaldzka 82", "postal_code": "80-244"}),
        ("en", "our company is called Bursztyn Art Ltd and I pay by card", {"company_name": "Bursztyn Art Ltd"}),
        ("en", "town should say Sopot", {"city": "Sopot"}),
        ("en", "postcode's 81-704 and city Sopot, the rest I leave to you", {"postal_code": "81-704", "city": "Sopot"}),
        ("pl", "Nazwa powinna brzmieć: Pracownia Jantar sp. z o.o.", {"company_name": "Pracownia Jantar sp. z o.o."}),
        (
            "en",
            "right apart from the address: ul. Mariacka 5, 80-833, and I'll be paying by card",
            {"street": "ul. Mariacka 5", "postal_code": "80-833"},
        ),
        ("it", "la sede è a Reggio nell'Emilia", {"city": "Reggio nell'Emilia"}),
        ("it", "ragione sociale: Dell'Orto e Figli", {"company_name": "Dell'Orto e Figli"}),
        ("pl", "kod 80-832, nie, 80-833", {}),
        ("it", "via Verdi 3, anzi no, via Verdi 5", {}),
        ("en", "the town is Gdynia, no hang on, Sopot", {}),
        ("it", "nip 8123456782, citta reggio emilia", {"city": "reggio emilia"}),
        ("pl", "nip 8123456782 miasto tczew", {"city": "tczew"}),
        ("pl", "nip 8123456782, miejscowość sopot", {"city": "sopot"}),
        ("en", "vat 8123456782, city closed", {}),
        ("en", "the city on there is wrong, we're in Gdynia since june", {"city": "Gdynia"}),
        ("pl", "miasto bez zmian, telefon 512 000 111", {}),
        (
            "pl",
            "kod 80-850 a ulica ul. Rajska 2, reszta może zostać",
            {"street": "ul. Rajska 2", "postal_code": "80-850"},
        ),
        (
            "en",
            "postal code 80-831 Gdańsk, no automatic renewal",
            {"postal_code": "80-831", "city": "Gdańsk"},
        ),
        ("it", "la sede è in Via dei Mille 4", {}),
        ("it", "la sede è in Piazza della Vittoria 2", {}),
        ("it", "siamo in Germania", {}),
        ("en", "we're based in Germany", {}),
        ("en", "we are a German company", {}),
        ("en", "my company is Polish", {}),
        ("it", "il deposito sta in Via Po 3", {}),
        ("en", "we're in Gdynia since june", {"city": "Gdynia"}),
        ("en", "my city Bank said no", {}),
        ("it", "Dal contratto risulta il numero 1000-0017.", {}),
        ("pl", "czy ul. Polna 9 to dobry adres?", {}),
        ("pl", "ja to mam 512 000 111", {}),
    ],
)
def test_what_is_told(locale: str, text: str, facts: dict[str, str]) -> None:
    assert told(text, locale) == facts


@pytest.mark.parametrize("asked", [Expects.street, Expects.company_name, Expects.city, Expects.postal_code])
def test_where_one_of_them_is_asked_its_own_reader_reads(asked: Expects) -> None:
    assert told("ul. Polna 9, 00-622 Warszawa", asked=asked) == {}


STANCES = {
    "pl": ("to nie jest {}", "kolega ma {}", "mój stary numer to {}", "gdybym podał {}, to co?", "{} już nie działa"),
    "it": ("non è {}", "mia moglie ha {}", "il mio vecchio numero era {}", "{} me l'hanno disattivato"),
    "en": ("it isn't {}", "my wife has {}", "my old number was {}", "{} no longer works"),
}
VALUES = ("512 000 111", "anna@example.com", "1234563218")


@pytest.mark.parametrize("locale", [*STANCES])
@pytest.mark.parametrize("value", VALUES)
def test_no_value_under_a_stance_is_given(locale: str, value: str) -> None:
    for frame in STANCES[locale]:
        text = frame.format(value)
        assert value not in withheld(text, among(KNOWN, locale)), text
        assert not_given(text, among(KNOWN, locale)) == (value,), text
