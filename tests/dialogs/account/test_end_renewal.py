"""A consent to renewal without which nothing is sold: taken back in words, it ends renewal once that is confirmed."""

import pytest

from dialogs.kit import Command, Event
from dialogs.messages.zone import SetAutoRenewal
from tests.journeys.r2_scenes import Owner

ASKED = {"pl": "Wycofać zgodę?", "it": "Revoco il consenso?", "en": "Shall I withdraw it?"}
TAKEN_BACK = {
    "pl": ("cofam zgodę na automatyczne odnowienie", "wycofuję zgodę na odnawianie", "odwołuję zgodę na przedłużenie"),
    "it": ("revoco il consenso al rinnovo automatico", "ritiro il consenso al rinnovo"),
    "en": ("I withdraw my consent to automatic renewal", "I revoke the consent to renewal"),
}
YES = {"pl": ("tak", "wycofuję", "nie odnawiaj"), "it": ("sì", "revoco"), "en": ("yes", "I withdraw it")}
NO = {"pl": "nie", "it": "no", "en": "no"}


class Told(Owner):
    """An owner of two programs, with what the desk was told to set."""

    def __init__(self, locale: str = "pl", *, agreed: bool = True) -> None:
        super().__init__("r2platnik", locale)
        self.agreed = agreed
        self.set: list[bool] = []
        self.enters(agreed=agreed)

    def _perform(self, act: Command, key: str) -> Event:
        if isinstance(act, SetAutoRenewal):
            self.set.append(act.on)
        return super()._perform(act, key)

    def answered(self, *texts: str) -> str:
        self.lines.clear()
        self.write(*texts)
        return " ".join(self.transcript.split())


@pytest.mark.parametrize("locale", TAKEN_BACK)
def test_words_that_take_it_back_are_asked_about_and_a_yes_ends_the_renewal(locale: str) -> None:
    for words, yes in [(words, yes) for words in TAKEN_BACK[locale] for yes in YES[locale]][:4]:
        customer = Told(locale)
        said = customer.answered(words)
        assert ASKED[locale] in said, said
        assert "R2płatnik (R-0001)" in said, "what is paid for is named with its end"
        assert customer.set == []
        customer.write(yes)
        assert customer.set == [False], (words, yes)
        assert customer.case.own_data.ends_renewal is False


@pytest.mark.parametrize("locale", TAKEN_BACK)
def test_a_no_leaves_it(locale: str) -> None:
    customer = Told(locale)
    customer.write(TAKEN_BACK[locale][0], NO[locale])
    assert (customer.set, customer.at) == ([], "zone.zone")


def test_said_once_more_it_is_the_answer() -> None:
    customer = Told()
    customer.write("cofam zgodę na odnowienie", "cofam zgodę na odnowienie")
    assert customer.set == [False]


def test_it_stands_among_the_consents_to_choose_from() -> None:
    customer = Told()
    customer.write("cofam zgodę")
    customer.chooses("consents:withdraw:auto_renewal")
    assert (customer.set, customer.at) == ([], "own_data.end_renewal")
    customer.chooses("end_renewal:yes")
    assert customer.set == [False]


def test_it_is_taken_back_in_the_middle_of_an_order_and_the_order_goes_on() -> None:
    customer = Told()
    customer.tap("shop", "go_on", "subscription", "right")
    customer.orderer_told()
    before = customer.at
    customer.write("cofam zgodę na odnowienie", "nie")
    assert (customer.set, customer.at) == ([], before)


def test_the_tick_of_an_order_is_taken_back_where_none_was_given_before() -> None:
    customer = Told(agreed=False)
    customer.at_the_consent()
    customer.tap("agree")
    assert customer.case.order.auto_renewal is True
    assert "jest obowiązkowa" in customer.answered("cofam zgodę na automatyczne odnowienie")
    assert customer.case.order.auto_renewal is None
    assert customer.set == [], "nothing stood in the books"


@pytest.mark.parametrize(
    "text", ["nie cofam zgody na odnowienie", "czy mogę cofnąć zgodę na odnowienie?", "mąż cofnął zgodę na odnowienie"]
)
def test_what_takes_nothing_back_asks_nothing(text: str) -> None:
    customer = Told()
    assert ASKED["pl"] not in customer.answered(text)
    assert customer.set == []


def test_words_that_name_the_renewal_are_heard_at_once() -> None:
    """Letters promise that these suffice."""
    customer = Told()
    customer.write("nie odnawiaj")
    assert customer.set == [False]
