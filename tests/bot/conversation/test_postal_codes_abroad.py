"""A postal code is read by the company's country, in every country of the rules, through the whole chat."""

import pytest
from msgspec.structs import replace

from dialogs.state import Company
from tests.bot.conversation.test_numbers_of_the_union import asked
from tests.journeys.teller import Teller
from tests.sellers.sellers import profile_abroad
from values.country import RULES

TYPED = Company(lookup="not_found", source="customer", check="pending", name="Probe", street="Lipowa 12")
BESIDE = {"GB": "SW1A 1AA", "CH": "8001", "NO": "0150", "US": "10005", "CA": "K1A 0B1", "JP": "100-0001"}
"""Countries outside of the Union, where a Polish company may have its seat."""
SAID = {
    "pl": ("kod to {}", "to będzie {}"),
    "it": ("CAP: {}", "è {}, grazie"),
    "en": ("the postcode is {}, thanks", "{} Town"),
}


@pytest.fixture(scope="module")
def seller(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(profile_abroad(tmp_path_factory.mktemp("sellers") / "abroad"))


def of_country(seller: str, locale: str, country: str) -> Teller:
    """Return a customer whose company's number, or seat where it is another country, tells the country."""
    known = {"tax_number": RULES[country].example} if country in RULES else {"tax_number": "PL1234563218"}
    teller = asked(seller, locale)
    company = replace(TYPED, **known, country=None if country in RULES else country)
    teller.case = replace(teller.case, company=company)
    return teller


def example(country: str) -> str:
    return BESIDE.get(country) or RULES[country].postal_example


def variants(country: str, locale: str) -> tuple[str, ...]:
    """Ways to write the country's own example; what is taken apart there is written in one, too."""
    if locale != "pl":
        return ()
    code = example(country)
    glued = code.replace(" ", "").replace("-", "") if country in RULES else code
    return (code, code.lower(), glued, f"{country}-{code}")


@pytest.mark.parametrize("locale", sorted(SAID))
def test_every_country_of_the_rules_takes_its_own_postal_code(seller: str, locale: str) -> None:
    wrong: list[str] = []
    for country in (*RULES, *BESIDE):
        for text in (*variants(country, locale), *(form.format(example(country)) for form in SAID[locale])):
            teller = of_country(seller, locale, country)
            teller.write(text)
            if teller.firm.postal_code != example(country) or teller.at == "company.postal_code":
                wrong.append(f"{country} {text!r}: {teller.firm.postal_code} at {teller.at}")
    assert not wrong, "\n".join(wrong)


CORRECTED = {"pl": "kod pocztowy to {}", "it": "il codice postale è {}", "en": "the postal code is {}"}


@pytest.mark.parametrize("locale", sorted(CORRECTED))
def test_a_code_is_put_right_by_the_form_of_its_country(seller: str, locale: str) -> None:
    wrong: list[str] = []
    for country in (*RULES, *BESIDE):
        teller = of_country(seller, locale, country)
        teller.case = replace(teller.case, company=replace(teller.case.company, postal_code="X1 0X", city="Town"))
        teller.write(CORRECTED[locale].format(example(country)))
        if teller.firm.postal_code != example(country):
            wrong.append(f"{country}: {teller.firm.postal_code} at {teller.at}")
    assert not wrong, "\n".join(wrong)


def test_what_is_no_code_there_is_refused_with_the_form_of_the_country(seller: str) -> None:
    for country in (one for one in RULES if one != "PL"):
        teller = of_country(seller, "pl", country)
        teller.write("80-8")
        assert (teller.at, teller.firm.postal_code) == ("company.postal_code", None), country
        told = "\n".join(teller.lines)
        assert example(country) in told, country
        assert "80-831" not in told, country


def test_words_are_no_postal_code_where_its_form_is_unknown(seller: str) -> None:
    for text in ("London", "tak", "nie wiem", "12"):
        teller = of_country(seller, "pl", "GB")
        teller.write(text)
        assert teller.firm.postal_code is None, text
