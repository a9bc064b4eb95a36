"""What is shown to be confirmed is confirmed by a yes to all of it, of one's own, now."""

import pytest

from nlu.understand import understand
from values.meaning import Correction, Expected, Expects, OptionWords, Press

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
    ("pl", "wszystko dobrze oprócz ulicy", STREET),
    ("pl", "oprócz ulicy wszystko gra", STREET),
    ("pl", "wszystko się zgadza poza kodem pocztowym", Correction("postal_code")),
    ("pl", "zgadza się, tylko miejscowość nie", Correction("city")),
    ("pl", "reszta dobrze", EDIT),
    ("pl", "prawie wszystko dobrze", EDIT),
    ("it", "tutto giusto tranne la via", STREET),
    ("it", "tutto ok meno la via", STREET),
    ("it", "quasi tutto giusto", EDIT),
    ("en", "all fine except the street", STREET),
    ("en", "everything but the name is fine", Correction("company_name")),
    ("en", "the rest is fine", EDIT),
)
NOT_CONFIRMED = (
    ("pl", "żona mówi, że dobrze"),
    ("pl", "jeśli nazwa jest dobra to ok"),
    ("pl", "zgadzało się wczoraj"),
    ("it", "secondo mia moglie i dati sono corretti"),
    ("en", "my boss says it is correct"),
    ("en", "if the name is right then ok"),
)
CONFIRMED = (
    ("pl", "się zgadza bez zastrzeżeń"),
    ("pl", "nie mam uwag, wszystko ok"),
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
    read = understand(text, SHOWN, locale=locale)
    assert isinstance(read, Press)
    assert read.payload == "confirm:yes"
