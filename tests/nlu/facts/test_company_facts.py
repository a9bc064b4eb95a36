"""A company's name and address beside other things: taken as they are told, not where they are asked about."""

import pytest

from nlu.facts.company_facts import company_facts
from nlu.languages.shipped import KNOWN, order_langs
from nlu.stance import hide_withheld, not_given
from tests.kit.rows import all_rows
from values.meaning import Expects


def told(text: str, locale: str = "pl", asked: Expects = Expects.phone) -> dict[str, str]:
    return {str(one.fact.kind): one.fact.text for one in company_facts(text, asked, order_langs(KNOWN, locale))}


@all_rows
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


@pytest.mark.parametrize("locale", [*STANCES])
@pytest.mark.parametrize("value", ["512 000 111", "anna@example.com", "1234563218"])
def test_no_value_under_a_stance_is_given(locale: str, value: str) -> None:
    for frame in STANCES[locale]:
        text = frame.format(value)
        assert value not in hide_withheld(text, order_langs(KNOWN, locale)), text
        assert not_given(text, order_langs(KNOWN, locale)) == (value,), text
