"""A seller that takes any number of the Union asks for it, names it and reads it as such, in each language."""

import pytest

from dialogs.state import Account, Cart, ConversationState, LogIn
from tests.bot.conversation.test_words_at_steps import PROVEN
from tests.journeys.teller import Teller
from tests.kit.rows import each_row
from tests.sellers.sellers import profile_abroad

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
