"""Recordings: said who hears, heard, read, said back; nothing that binds counts by voice."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from dialogs.kit import Said, TimerDue
from dialogs.messages.account import PasswordSet
from dialogs.messages.voice import DropNote, GiveVoiceConsent, NoteUnheard, Transcribe
from dialogs.voice import SLOW, UNHEARD
from tests.dialogs.driver import SELLER, Driver, card_filled, signed_up
from values.consent import VOICE, Consent, fingerprint
from values.meaning import Answer, Consenting, Correction, Fact, Intent, Meaning, Press, SentCode, UnheardNote

NOTE = UnheardNote("note-1")


def listening(driver: Driver | None = None) -> Driver:
    """A customer who knows who hears, and whose recording is being heard."""
    return (driver or Driver()).holding(Transcribe).happen(Said(NOTE)).press("voice:listen")


def heard(driver: Driver, meaning: Meaning, words: str, *facts: Fact) -> Driver:
    """The turn of the result: the words, as they were understood."""
    talk = replace(driver.case.talk, awaiting={})
    driver.case = replace(driver.case, talk=talk, voice=replace(driver.case.voice, note=None, since=None))
    return driver.happen(Said(meaning, spoken=words, typed=True, facts=facts))


def test_before_the_first_recording_it_is_said_who_hears_it() -> None:
    driver = Driver().happen(Said(NOTE))

    assert (driver.said[-1], driver.calls) == ("voice.information", [])
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


def way_back(driver: Driver) -> str:
    """The button beneath what was heard."""
    (option,) = next(say.options for say in driver.reply if say.key == "voice.heard")
    return option.payload


PHONE = "pięćset dwanaście zero zero zero dziewięćset dziewięćdziesiąt dziewięć"


@pytest.mark.parametrize("yes", [Press("said_back:yes"), Intent("affirm", 1.0)])
def test_a_number_counts_after_it_was_said_back(yes: Meaning) -> None:
    driver = heard(signed_up(), Answer("512 000 999"), PHONE)
    assert driver.case.contact.phone is None
    assert (driver.said[-1], driver.at) == ("voice.heard", "voice.said_back")

    driver.say(yes)

    assert driver.case.contact.phone == "+48512000999"


@pytest.mark.parametrize("no", [Press("said_back:no"), Intent("deny", 1.0)])
def test_a_number_that_was_misheard_is_said_again(no: Meaning) -> None:
    driver = heard(signed_up(), Answer("512 000 999"), PHONE).say(no)

    assert driver.case.contact.phone is None
    assert "voice.said_back.declined" in driver.said
    assert driver.at == "contact.phone"


def test_a_number_that_is_typed_takes_the_place_of_the_one_said_back() -> None:
    driver = heard(signed_up(), Answer("512 000 999"), PHONE)

    driver.happen(Said(Intent("inform", 0.9), typed=True, facts=(Fact("phone", "512 000 111"),)))

    assert (driver.case.contact.phone, driver.case.voice.values) == ("+48512000111", ())


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


def test_a_spoken_change_is_said_back_too() -> None:
    driver = signed_up().write("512 000 999")

    heard(driver, Correction("phone", "512000111"), "mój numer to jednak 512 000 111")
    assert driver.case.contact.phone == "+48512000999"

    driver.press("said_back:yes")
    assert driver.case.contact.phone == "+48512000111"


def test_a_spoken_change_of_what_nobody_asked_for_changes_nothing() -> None:
    driver = heard(signed_up(), Correction("customer_number", "123456"), "zmień numer klienta na 123456")

    assert "kit.for_a_person" in driver.said
    assert driver.case.voice.values == ()


def test_what_was_misheard_is_said_again_or_answered_anew() -> None:
    plain = heard(listening(signed_up()), Intent("ask_price", 0.9), "ile to kosztuje")
    assert way_back(plain) == "voice:not_so"
    assert "voice.not_so" in plain.press("voice:not_so").said

    named = heard(Driver().press("start:buy"), Press("account:new"), "nie mam konta")
    assert way_back(named) == "edit:account"
    assert named.press("edit:account").at == "account.account"


def test_a_recording_is_waited_for_twenty_seconds() -> None:
    driver = listening()
    driver.now += timedelta(seconds=21)

    assert driver.happen(TimerDue(UNHEARD)).case.voice.since is None


def test_all_values_of_one_recording_are_said_back_at_once() -> None:
    also = Fact("tax_number", "1234563218")

    driver = heard(signed_up(), Answer("512 000 999"), "mój numer to … a NIP …", also)
    assert driver.at == "voice.said_back"
    assert [value.shown for value in driver.case.voice.values] == ["+48 512 000 999", "123-456-32-18"]

    driver.press("said_back:yes")
    assert (driver.case.contact.phone, driver.case.company.tax_number) == ("+48512000999", "1234563218")


# --- a seller who asks for a consent ---

ASKING = replace(SELLER, documents=(*SELLER.documents, Consent(VOICE, "1", words=(("pl", "Zgadzam się."),))))


def test_a_seller_may_ask_for_a_consent_first() -> None:
    driver = Driver(ASKING).holding(Transcribe).happen(Said(NOTE))
    assert (driver.said[-1], driver.calls) == ("voice.consent", [])

    driver.press("voice:listen")

    given = next(act for act in driver.acts if isinstance(act, GiveVoiceConsent))
    assert given.account_id is None
    assert given.accepted.words == fingerprint("Zgadzam się.")
    assert driver.calls[-1] == Transcribe("note-1", "")
    heard(driver, Intent("greet", 1.0), "dzień dobry").happen(Said(UnheardNote("note-2")))
    assert driver.calls[-1] == Transcribe("note-2", "")


def test_words_that_changed_meanwhile_are_agreed_to_anew() -> None:
    driver = Driver(ASKING).holding(Transcribe).happen(Said(NOTE))

    driver.seller = replace(SELLER, documents=(Consent(VOICE, "2", words=(("pl", "Zgadzam się na więcej."),)),))
    driver.press("voice:listen")

    assert (driver.calls, driver.said.count("voice.consent")) == ([], 2)


def test_a_consent_taken_back_ends_the_hearing() -> None:
    driver = Driver(ASKING)
    driver.hold = {Transcribe}
    driver.happen(Said(NOTE)).press("voice:listen")
    heard(driver, Consenting(refused=(VOICE,)), "wycofuję zgodę").say(Consenting(refused=(VOICE,)))

    assert "voice.consent_ended" in driver.said
    assert driver.happen(Said(UnheardNote("note-2"))).said[-1] == "voice.consent"
    assert driver.calls == [Transcribe("note-1", "")]


def test_what_was_agreed_to_before_the_account_is_put_on_its_record() -> None:
    driver = Driver(ASKING).happen(Said(NOTE)).press("voice:listen")

    driver.press("start:buy", "account:new").write("jan@example.com")
    driver.happen(PasswordSet("page-set_password", "credential-1")).press("consents:required")

    given = [act.account_id for act in driver.acts if isinstance(act, GiveVoiceConsent)]
    assert given == [None, driver.case.account.id]
    driver.press("zone:home")
    assert driver.done(GiveVoiceConsent) == 2, "once it is there, nothing is left to be put there"


@pytest.mark.parametrize(
    ("agreed_to", "stands"), [("Zgadzam się.", True), ("Zgadzam się na mniej.", False), (None, False)]
)
def test_the_accounts_own_word_counts_wherever_it_was_said(agreed_to: str | None, stands: bool) -> None:
    driver = signed_up(ASKING)
    words = () if agreed_to is None else (Consent(VOICE, "1", words=(("pl", agreed_to),)),)
    given = tuple(one.accepted("pl", driver.now, "button") for one in words)
    driver.read_books(replace(driver.books, consents_given=given))
    driver.holding(Transcribe).happen(Said(NOTE))

    assert (Transcribe("note-1", "") in driver.calls) == stands
    assert ("voice.consent" in driver.said) != stands


def test_who_hears_is_said_anew_when_it_is_somebody_else() -> None:
    driver = listening()
    heard(driver, Intent("greet", 1.0), "dzień dobry")

    driver.seller = replace(SELLER, voice=replace(SELLER.voice, words=(("pl", "Teraz słucha kto inny."),)))

    assert driver.happen(Said(UnheardNote("note-2"))).said[-1] == "voice.information"
