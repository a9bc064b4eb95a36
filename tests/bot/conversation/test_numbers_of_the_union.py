"""A seller that takes any number of the Union asks for it, names it and reads it as such, in each language.

So with postal codes, in every country of the rules. A nationality of a firm or a person isn't a language wish."""

import pytest
from msgspec.structs import replace

from dialogs.state import Account, Cart, Company, ConversationState, LogIn
from tests.bot.conversation.test_words_at_steps import PROVEN
from tests.journeys.teller import Teller
from tests.kit.rows import each_row
from tests.sellers.sellers import profile_abroad
from values.country import RULES

MADE = Account(entry="buy", has_one="new", login=LogIn("a"), consents=())


@pytest.fixture(scope="module")
def seller(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(profile_abroad(tmp_path_factory.mktemp("sellers") / "abroad"))


def asked(seller: str, locale: str) -> Teller:
    teller = Teller(seller, locale)
    teller.read_books(PROVEN)
    teller.case = ConversationState(talk=teller.case.talk, account=MADE, cart=Cart(closed="none"))
    return teller


@each_row
def test_it_is_asked_for_and_shown_by_its_name(seller: str, locale: str, question: str, label: str) -> None:
    teller = asked(seller, locale)
    teller.write("12345670364")
    assert any(question in line for line in teller.lines)
    teller.write("Partita IVA 12345670363")

    assert teller.at == "company.confirm"
    assert any(label in line for line in teller.lines)


@each_row
def test_who_says_to_have_one_is_asked_for_it_in_the_same_language(seller: str, locale: str, text: str) -> None:
    teller = asked(seller, locale)
    teller.write(text)

    assert (teller.at, teller.case.talk.locale) == ("company.tax_number", locale)
    assert "/lang it" not in teller.buttons.values()


def test_a_number_in_a_sentence_is_that_of_the_country_whose_name_it_has(seller: str) -> None:
    teller = asked(seller, "it")
    teller.write("la nostra partita IVA è 12345670363, telefono 48512000999")

    assert teller.firm.tax_number == "IT12345670363"


def test_a_street_that_sounds_like_a_call_is_a_street() -> None:
    teller = asked("kontorblatt", "de")
    teller.write("Hallo")
    teller.chooses("tax_number:none", "country:de")
    teller.write("Anna Schmidt", "Ring 1")

    assert teller.firm.street == "Ring 1"


# --- a postal code is read by the company's country, through the whole chat ---

TYPED = Company(lookup="not_found", source="customer", check="pending", name="Probe", street="Lipowa 12")
BESIDE = {"GB": "SW1A 1AA", "CH": "8001", "NO": "0150", "US": "10005", "CA": "K1A 0B1", "JP": "100-0001"}
"""Countries outside of the Union, where a Polish company may have its seat."""
SAID = {
    "pl": ("kod to {}", "to będzie {}"),
    "it": ("CAP: {}", "è {}, grazie"),
    "en": ("the postcode is {}, thanks", "{} Town"),
}


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


FROM_ABROAD = {
    "pl": (
        "firma jest włoska",
        "jesteśmy firmą niemiecką",
        "to włoska spółka z oddziałem w Warszawie",
        "a jeśli firma jest angielska?",
        "jestem z włoskiej firmy",
        "mamy niemieckie przedsiębiorstwo",
        "włoska firma, bez polskiego NIP-u można?",
        "nasza spółka jest niemiecka",
    ),
    "it": (
        "ma è italiana!",
        "ma la mia ditta è italiana",
        "siamo tedeschi",
        "la nostra azienda è inglese",
        "la società non è polacca",
        "guarda che siamo italiani",
        "è una ditta tedesca",
        "impresa italiana, si può?",
    ),
    "en": (
        "it's an Italian company",
        "but we're Italian",
        "Italian company, can I sign up without a Polish NIP?",
        "our business is German",
        "the company isn't Polish",
        "we're not Polish",
        "I run an Italian business",
        "a German company, does that matter?",
    ),
}
LANGUAGE = {
    "pl": (
        ("po angielsku proszę", "en"),
        ("włoski", "it"),
        ("wolę po włosku", "it"),
        ("możemy pisać po angielsku?", "en"),
    ),
    "it": (
        ("in inglese", "en"),
        ("preferisco parlare in inglese", "en"),
        ("polacco, per favore", "pl"),
        ("inglese", "en"),
    ),
    "en": (("Italian please", "it"), ("can we talk in Polish?", "pl"), ("switch to Italian", "it"), ("Polish", "pl")),
}


@pytest.fixture(scope="module")
def sellers(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    return "fakturasmart", str(profile_abroad(tmp_path_factory.mktemp("sellers") / "abroad"))


@pytest.mark.parametrize("locale", sorted(FROM_ABROAD))
def test_a_firm_from_abroad_is_no_language_wish(sellers: tuple[str, ...], locale: str) -> None:
    wrong: list[str] = []
    for seller in sellers:
        for text in FROM_ABROAD[locale]:
            teller = asked(seller, locale)
            teller.write(text)
            if teller.case.talk.locale != locale or "/lang it" in teller.buttons.values():
                wrong.append(text)
            assert teller.at == "company.tax_number", text
    assert not wrong


@pytest.mark.parametrize("locale", sorted(LANGUAGE))
def test_a_language_that_is_asked_for_is_spoken(locale: str) -> None:
    wrong: list[str] = []
    for text, wanted in LANGUAGE[locale]:
        teller = asked("fakturasmart", locale)
        teller.write(text)
        if teller.case.talk.locale != wanted:
            wrong.append(text)
    assert not wrong
