"""A nationality of a firm or a person isn't a language wish; a language that is asked for is."""

import pytest

from tests.bot.conversation.test_numbers_of_the_union import asked
from tests.sellers.sellers import profile_abroad

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
