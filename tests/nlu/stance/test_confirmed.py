"""What is shown to be confirmed is confirmed by a yes to all of it, of one's own, now."""

import tomllib
from pathlib import Path

import pytest
from msgspec.structs import replace

from nlu.understand import understand
from tests.kit.narrow import a
from values.expected import Expected, OptionWords
from values.locale import SHIPPED
from values.meaning import Correction, Expects, Intent, Press, Unclear

STREET, EDIT = Correction("street"), Press("confirm:edit")
SHOWN = Expected(
    Expects.confirm_data,
    "confirm",
    (
        OptionWords("confirm:yes", ("Zgadza się", "Tutto giusto", "That’s right")),
        OptionWords("confirm:edit", ("Zmień", "Cambia", "Change")),
    ),
    correctable={
        "street": Expects.street,
        "postal_code": Expects.postal_code,
        "city": Expects.city,
        "company_name": Expects.company_name,
    },
)
ALL_BUT = (
    *(("pl", "wszystko dobrze oprócz ulicy", STREET), ("pl", "oprócz ulicy wszystko gra", STREET)),
    ("pl", "wszystko się zgadza poza kodem pocztowym", Correction("postal_code")),
    *(("pl", "zgadza się, tylko miejscowość nie", Correction("city")), ("pl", "reszta dobrze", EDIT)),
    ("pl", "prawie wszystko dobrze", EDIT),
    *(("it", "tutto giusto tranne la via", STREET), ("it", "tutto ok meno la via", STREET)),
    ("it", "quasi tutto giusto", EDIT),
    ("en", "all fine except the street", STREET),
    *(("en", "everything but the name is fine", Correction("company_name")), ("en", "the rest is fine", EDIT)),
)
NOT_CONFIRMED = (
    *(("pl", "żona mówi, że dobrze"), ("pl", "jeśli nazwa jest dobra to ok"), ("pl", "zgadzało się wczoraj")),
    ("it", "secondo mia moglie i dati sono corretti"),
    *(("en", "my boss says it is correct"), ("en", "if the name is right then ok")),
)
CONFIRMED = (
    *(("pl", "się zgadza bez zastrzeżeń"), ("pl", "nie mam uwag, wszystko ok")),
    ("it", "sì tutto corretto, nessuna modifica"),
    ("en", "everything is fine, no other changes"),
)


@pytest.mark.parametrize(("locale", "text", "means"), ALL_BUT)
def test_all_but_something_opens_that(locale: str, text: str, means: Correction | Press) -> None:
    read = understand(text, SHOWN, locale=locale)
    if isinstance(means, Press):
        assert isinstance(read, Press)
        assert read.payload == means.payload
    else:
        assert read == means


@pytest.mark.parametrize(("locale", "text"), NOT_CONFIRMED)
def test_a_yes_that_is_not_the_customers_now_confirms_nothing(locale: str, text: str) -> None:
    read = understand(text, SHOWN, locale=locale)
    assert not isinstance(read, Press) or read.payload != "confirm:yes"


@pytest.mark.parametrize(("locale", "text"), CONFIRMED)
def test_a_yes_to_all_of_it_confirms(locale: str, text: str) -> None:
    read = a(Press, understand(text, SHOWN, locale=locale))
    assert read.payload == "confirm:yes"


GIVEN = {
    "street": "Długa 12/4",
    "postal_code": "80-831",
    "city": "Gdańsk",
    "company_name": "Hurtownia Bałtyk sp. z o.o.",
}
SAID = tomllib.loads(Path(__file__).with_name("shown_data.toml").read_text(encoding="utf-8"))
LEAST = 0.95


def confirms(text: str, locale: str) -> bool:
    read = understand(text, replace(SHOWN, given=GIVEN), locale=locale)
    return (isinstance(read, Press) and read.payload == "confirm:yes") or (
        isinstance(read, Intent) and read.name == "affirm"
    )


def test_plain_yeses_confirm() -> None:
    every = [(locale, text) for locale in SHIPPED for text in SAID["plain"][locale]]
    missed = [one for one in every if not confirms(one[1], one[0])]
    assert len(missed) <= len(every) * (1 - LEAST), missed


def test_a_yes_that_leaves_words_over_confirms_nothing() -> None:
    every = [(locale, text) for locale in SHIPPED for text in SAID["weak"][locale]]
    assert not [one for one in every if confirms(one[1], one[0])]


def test_a_yes_beside_other_words_is_asked_for_again() -> None:
    read = a(Unclear, understand("tak to mój salon zgadza się", replace(SHOWN, given=GIVEN), locale="pl"))
    assert read.candidates == ("confirm:yes", "confirm:edit")


@pytest.mark.parametrize("text", ["61-001 is the right zip", "Polna 3 is the right street", "Sopot is correct"])
def test_a_value_that_is_called_right_confirms_nothing(text: str) -> None:
    assert not confirms(text, "en")
