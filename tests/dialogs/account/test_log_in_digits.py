"""Two digits of a log-in page that doesn't hold the chat: one answer, five minutes, nothing of the account before."""

from datetime import timedelta

import pytest

from dialogs.account.digits import EXPIRY
from dialogs.messages.account import CheckLogInDigits, DigitsRefused, EndHeldLogIn, HeldLogInEnded, LoggedIn, LogInHeld
from dialogs.messages.handoff import AgentTook
from tests.dialogs.driver import NOW, Driver, known_account
from values.meaning import Expects

UNTIL = NOW + timedelta(minutes=5)


def held() -> Driver:
    customer = Driver().press("start:log_in")
    page = customer.case.account.page or ""
    customer.given(CheckLogInDigits, LoggedIn(known_account())).given(EndHeldLogIn, HeldLogInEnded(True))
    return customer.hear(LogInHeld(page, "held-1", UNTIL))


def test_the_digits_are_asked_and_nothing_of_the_account_is_known_before() -> None:
    customer = held()

    assert (customer.at, customer.step.expects) == ("log_in.log_in_digits", Expects.login_code)
    assert customer.timers[EXPIRY] == UNTIL
    assert (customer.case.account.id, customer.email, customer.heard) == (None, None, [])
    assert customer.write("47").case.account.id == "account-9"
    assert EXPIRY not in customer.timers
    assert customer.heard[0] == "account.logged_in"


@pytest.mark.parametrize("words", ["abc", "nie wiem", "7", "147", "47 albo 48", "hasło to 4711"])
def test_what_is_no_two_digits_is_no_answer(words: str) -> None:
    customer = held().write(words)

    assert (customer.at, customer.done(CheckLogInDigits)) == ("log_in.log_in_digits", 0)
    assert customer.write("47").case.account.id == "account-9", "the one try is left"


@pytest.mark.parametrize("words", ["47", "4 7", "4-7.", "to 47", "４７"])
def test_two_digits_are_read_in_any_form(words: str) -> None:

    assert [act.typed for act in held().write(words).acts if isinstance(act, CheckLogInDigits)] == ["47"]


def test_wrong_digits_end_the_log_in_and_a_fresh_page_is_offered() -> None:
    customer = held().given(CheckLogInDigits, DigitsRefused("wrong")).write("48")

    assert (customer.heard[0], customer.at) == ("log_in.digits_wrong", "account.secure_page")
    assert customer.case.account.id is None
    assert EXPIRY not in customer.timers
    customer.write("47")
    assert customer.done(CheckLogInDigits) == 1, "there was one answer"


def test_after_five_minutes_nobody_is_logged_in() -> None:
    customer = held().timer(EXPIRY)

    assert (customer.heard[0], customer.at) == ("log_in.digits_over", "account.secure_page")
    assert customer.done(EndHeldLogIn) == 1


@pytest.mark.parametrize("leave", ["back", "cancel", "restart"])
def test_who_leaves_the_digits_leaves_the_log_in(leave: str) -> None:
    customer = held().command(leave)

    assert customer.at != "log_in.log_in_digits"
    assert customer.case.log_in.held is None
    if EXPIRY in customer.timers:
        customer.timer(EXPIRY)
    assert customer.done(EndHeldLogIn) == 1, "it is ended, so that its owner is told"


def test_a_person_who_has_the_talk_leaves_digits_alone_to_the_log_in() -> None:
    customer = held().hear(AgentTook("agent-1", "Anna")).write("jest nas 47")
    assert customer.done(CheckLogInDigits) == 0, "to a person words with digits may be anything"

    assert customer.write("47").case.account.id == "account-9", "the person may have asked for it"
    assert customer.case.muted


def test_of_two_pages_the_newer_ones_digits_count() -> None:
    customer = held()
    customer.hear(LogInHeld("page-2", "held-2", UNTIL + timedelta(minutes=1)))

    assert customer.timers[EXPIRY] == UNTIL + timedelta(minutes=1)
    assert [act.held for act in customer.write("47").acts if isinstance(act, CheckLogInDigits)] == ["held-2"]


def test_a_log_in_on_the_chats_own_page_meanwhile_ends_the_question() -> None:
    customer = held().hear(LoggedIn(known_account()))

    assert customer.case.log_in.held is None
    assert EXPIRY not in customer.timers
