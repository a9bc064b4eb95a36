"""An address whose domain looks like a slip is asked about once; any other address is asked nothing about."""

import pytest
from msgspec.structs import replace

from dialogs.messages.account import ChangeEmail
from dialogs.versions import dump, load
from tests.dialogs.driver import SELLER, Driver, card_filled

SLIP, MEANT = "anna@gmial.com", "anna@gmail.com"


def asked() -> Driver:
    return Driver().press("start:sign_up").write(SLIP)


def test_a_slip_is_asked_about_with_the_address_that_was_likely_meant() -> None:
    customer = asked()

    assert (customer.at, customer.shown) == ("account.domain", {"email": MEANT, "given": SLIP})
    assert customer.offers == ["domain:corrected", "domain:as_it_is", "edit:email"]
    assert customer.press("domain:corrected").at == "account.secure_page"
    assert customer.email == MEANT


def test_the_address_stays_where_it_is_right_and_another_typed_is_the_answer() -> None:
    for customer, email in (
        (asked().press("domain:as_it_is"), SLIP),
        (asked().correct("email", "anna@example.com"), "anna@example.com"),
    ):
        assert (customer.at, customer.email) == ("account.secure_page", email)


def test_yes_and_no_are_answers() -> None:
    assert asked().want("affirm").email == MEANT
    assert asked().want("deny").email == SLIP


def test_the_same_address_is_not_asked_about_again() -> None:
    customer = asked().press("domain:as_it_is").correct("email", "ewa@example.com").correct("email", SLIP)

    assert (customer.at, customer.email) == ("account.secure_page", SLIP)
    assert customer.correct("email", "anna@gmai.com").at == "account.domain", "another one is"


def test_the_same_address_said_again_is_right_as_it_is() -> None:
    customer = asked().correct("email", SLIP)

    assert (customer.at, customer.email) == ("account.secure_page", SLIP)
    assert customer.heard == [], "it says nothing of a step that is over"
    changed = card_filled().correct("email", SLIP).correct("email", SLIP)
    assert (changed.at, changed.done(ChangeEmail), changed.email) == ("order.email_link", 1, SLIP)


def test_back_leads_to_the_address() -> None:
    assert asked().command("back").at == "account.email"
    assert asked().press("domain:as_it_is").command("back").at == "account.email"


def test_a_right_address_is_asked_nothing() -> None:
    assert Driver().press("start:sign_up").write(MEANT).at == "account.secure_page"


@pytest.mark.parametrize(("answer", "email"), [("corrected", MEANT), ("as_it_is", SLIP)])
def test_an_account_made_already_changes_to_the_address_that_is_right(answer: str, email: str) -> None:
    customer = card_filled().correct("email", SLIP)
    assert (customer.at, customer.shown) == ("account.domain", {"email": MEANT, "given": SLIP})
    assert customer.done(ChangeEmail) == 0
    assert customer.press(f"domain:{answer}").at == "order.email_link"
    assert (customer.done(ChangeEmail), customer.email) == (1, email)


def test_a_certified_mailbox_given_instead_is_asked_about_as_ever() -> None:
    italian = replace(SELLER, sign_up=replace(SELLER.sign_up, ordinary_mail=True))
    customer = Driver(italian).press("start:sign_up").write(SLIP).correct("email", "studio@pec.example.it")

    assert customer.at == "account.pec_ordinary"


def test_the_answer_is_stored_with_the_conversation() -> None:
    case = asked().press("domain:as_it_is").case

    assert load(dump(case)) == case
