"""Recordings: said who hears, heard, read, said back; nothing that binds counts by voice."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from dialogs.kit import Said, TimerDue
from dialogs.messages.voice import DropNote, NoteUnheard, Transcribe
from dialogs.voice import SLOW, UNHEARD
from tests.dialogs.driver import Driver, card_filled, signed_up
from values.meaning import Answer, Correction, Fact, Meaning, Press, SentCode, UnheardNote

NOTE = UnheardNote("note-1")


def listening(driver: Driver | None = None) -> Driver:
    """A customer who knows who hears, and whose recording is being heard."""
    driver = driver or Driver()
    driver.hold = {Transcribe}
    return driver.happen(Said(NOTE)).press("voice:listen")


def heard(driver: Driver, meaning: Meaning, words: str, *facts: Fact) -> Driver:
    """The turn of the result: the words, as they were understood."""
    talk = replace(driver.case.talk, awaiting={})
    driver.case = replace(driver.case, talk=talk, voice=replace(driver.case.voice, note=None, since=None))
    return driver.happen(Said(meaning, spoken=words, typed=True, facts=facts))


def test_before_the_first_recording_it_is_said_who_hears_it() -> None:
    driver = Driver().happen(Said(NOTE))

    assert driver.said[-1] == "voice.information"
    assert driver.calls == []
    listened = listening()
    assert listened.calls[-1] == Transcribe("note-1", "")
    assert set(listened.timers) >= {SLOW, UNHEARD}

    again = heard(listened, Answer("Anna"), "Anna").happen(Said(UnheardNote("note-2")))
    assert again.calls[-1] == Transcribe("note-2", "")
    assert again.said.count("voice.information") == 1


def test_what_is_slow_is_told_and_at_last_counts_as_unheard() -> None:
    driver = listening().happen(TimerDue(SLOW))
    assert driver.said[-1] == "voice.slow"

    driver.happen(TimerDue(UNHEARD))

    assert "voice.unheard" in driver.said
    assert driver.acts[-1] == DropNote("note-1")
    assert driver.case.talk.awaiting == {}


@pytest.mark.parametrize("press", ["start:buy", "/help"])
def test_a_button_does_not_wait_and_leaves_the_recording_unheard(press: str) -> None:
    driver = listening().press(press)

    assert "voice.left" in driver.said
    assert driver.case.voice.note is None
    assert driver.case.talk.awaiting == {}


def test_a_recording_that_nobody_could_hear_says_how_to_go_on() -> None:
    driver = listening().happen(NoteUnheard("silence"))

    assert "voice.unheard" in driver.said
    assert driver.case.voice.since is None


def test_a_number_counts_after_it_was_said_back() -> None:
    driver = heard(signed_up(), Answer("512 000 999"), "pięćset dwanaście zero zero zero dziewięć dziewięć dziewięć")
    assert driver.case.contact.phone is None
    assert driver.said[-2:] == ["voice.heard", "voice.said_back"]

    driver.press("voice:right")

    assert driver.case.contact.phone == "+48512000999"


def test_a_number_that_was_misheard_is_said_again() -> None:
    driver = heard(signed_up(), Answer("512 000 999"), "…").press("voice:again")

    assert driver.case.contact.phone is None
    assert "voice.say_again" in driver.said


@pytest.mark.parametrize("meaning", [Press("terms:accept"), Press("pay:now")])
def test_nothing_that_binds_is_given_by_voice(meaning: Meaning) -> None:
    driver = card_filled()
    before = driver.case.order

    heard(driver, meaning, "zamawiam i płacę")

    assert driver.case.order == before
    assert "voice.press" in driver.said


@pytest.mark.parametrize("meaning", [Answer("123456"), SentCode("123456")])
def test_a_code_is_never_spoken(meaning: Meaning) -> None:
    driver = signed_up().write("512 000 999")
    assert driver.at == "contact.contact_code"

    heard(driver, meaning, "jeden dwa trzy cztery pięć sześć")

    assert driver.at == "contact.contact_code"
    assert "voice.type_code" in driver.said


def test_a_changed_number_is_typed() -> None:
    driver = signed_up().write("512 000 999")

    heard(driver, Correction("phone", "512000111"), "mój numer to jednak 512 000 111")

    assert driver.case.contact.phone == "+48512000999"
    assert "voice.type_change" in driver.said


def test_a_recording_is_waited_for_twenty_seconds() -> None:
    driver = listening()
    driver.now += timedelta(seconds=21)

    assert driver.happen(TimerDue(UNHEARD)).case.voice.since is None


def test_what_is_named_besides_is_asked_for_later() -> None:
    also = Fact("tax_number", "1234563218")

    driver = heard(signed_up(), Answer("512 000 999"), "mój numer to … a NIP …", also)

    assert "voice.one_by_one" in driver.said
    assert driver.case.company.tax_number is None
    assert driver.press("voice:right").said[-1] != "kit.corrected"
