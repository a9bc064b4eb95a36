"""Words of a recording: what of their meaning is more, or less, than if they had been typed; answers by name."""

from msgspec.structs import replace

from bot.conversation.expectations import Expectations
from bot.conversation.inbound import Inbound, Text
from bot.conversation.understanding import ParsedMessage
from tests.bot.conversation.uttered import SHOP, STEPS, at
from tests.dialogs.driver import Driver
from tests.journeys.teller import hearing
from tests.table import table
from values.channel import Channel
from values.meaning import Answer, Correction, Intent, Press, SecretTyped


def heard(driver: Driver, words: str) -> ParsedMessage:
    ctx = driver.context(driver.case)
    return hearing(SHOP).hear_spoken(words, Inbound(Channel.REST, "s", "k", Text(words)), driver.step, ctx)


def test_what_was_said_is_shown_as_it_was_said() -> None:
    _name, driver = at("email", "pl")
    read = heard(driver, "yyy anna małpa wp kropka pl")

    assert read.said.meaning == Answer("anna@wp.pl")
    assert read.said.spoken == read.line.text == "yyy anna małpa wp kropka pl"
    assert read.line.spoken


def test_a_number_with_two_right_readings_is_none() -> None:
    _name, driver = at("tax", "pl")
    read = heard(driver, "osiemdziesiąt dwa trzydzieści sześć dziewięćdziesiąt dwa sześćdziesiąt cztery dziewięć")

    assert isinstance(read.said.meaning, Intent)
    assert read.said.facts == ()


def test_a_renewal_that_binds_is_a_press() -> None:
    _name, driver = at("method", "pl")
    driver.seller = replace(driver.seller, auto_renewal="obligatory")
    read = heard(driver, "niech się odnawia")

    assert not isinstance(read.said.meaning, Correction)
    driver.happen(read.said)
    assert driver.case.order.auto_renewal is None


def test_a_secret_is_a_secret_in_words_too() -> None:
    _name, driver = at("email", "pl")
    read = heard(driver, "yyy numer karty 4111 1111 1111 1111")

    assert isinstance(read.said.meaning, SecretTyped)
    assert read.said.spoken == ""
    assert "4111" not in (read.line.text or "")


def test_a_choice_taken_back_for_nothing_is_none() -> None:
    _name, driver = at("method", "pl")

    assert not isinstance(heard(driver, "kartą, albo nie, jednak coś innego").said.meaning, Press)


def test_a_street_without_its_number_is_asked() -> None:
    _name, driver = at("confirm", "en")
    assert heard(driver, "No, the address is out of date, I want to change it.").said.meaning == Correction("street")


@table("step", STEPS)
def test_an_answer_is_found_by_its_name_as_among_all(step: str) -> None:
    name, driver = at(step, "pl")
    heard = hearing(name)
    expected = Expectations(heard.journey, heard.renderer).at(driver.step, driver.context(driver.case))
    every = dict.fromkeys((*(s.name for s in heard.journey.steps), *(str(s.expects) for s in heard.journey.steps)))
    alone = {one: expected.correctable[one] for one in every if one in expected.correctable}

    assert alone == {one: expected.correctable[one] for one in expected.correctable}
