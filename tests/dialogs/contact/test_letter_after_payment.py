"""A profile whose letter waits: an order by a proven phone, and the address proven after the payment."""

from msgspec.structs import replace

from dialogs.messages.contact import CheckLetterCode, EmailProven, IssueCode
from dialogs.messages.order import PlaceOrder
from dialogs.messages.payment import PaymentNoticed
from tests.dialogs.driver import NOW, SELLER, Driver, signed_up
from values.meaning import SentCode

WAITING = replace(SELLER, sign_up=replace(SELLER.sign_up, email="after_payment"))


def at_the_card(*, active: bool = True) -> Driver:
    """Whoever proved a phone and a company; `active`: no other account has the e-mail."""
    customer = signed_up(WAITING)
    customer.read_books(replace(customer.books, taken=not active)).write("512 000 999", "123456")
    return customer.write("1234563218").press("confirm:yes")


def ordered() -> Driver:
    return at_the_card().press(*("auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept", "pay:now"))


def paid() -> Driver:
    customer = ordered()
    return customer.happen(PaymentNoticed(customer.placed.payment_id or "", 1, {}))


def told(customer: Driver) -> object:
    [receipt] = [say for say in customer.reply if say.paid]
    return dict(receipt.params)["unproven"]


def test_a_proven_phone_is_enough_for_an_order() -> None:
    customer = ordered()
    assert (customer.at, customer.done(PlaceOrder)) == ("payment.payment", 1)
    assert not customer.books.email_verified


def test_an_address_that_is_taken_stays_before_the_order() -> None:
    customer = at_the_card(active=False)
    assert (customer.at, customer.done(PlaceOrder)) == ("order.email_link", 0)


def test_only_the_text_messages_code_is_asked_for() -> None:
    customer = signed_up(WAITING)
    assert "account.created" not in customer.heard, "nor is one told of"
    customer.write("512 000 999")
    assert (customer.at, customer.shown["letter"]) == ("contact.contact_code", False)
    codes = customer.step.display.codes(customer.case.contact, customer.context(customer.case))
    assert [code.by for code in codes] == ["sms"]
    assert "edit:email" in customer.offers
    again = customer.step.options(customer.case.contact, customer.context(customer.case))
    assert [o.hidden for o in again if o.payload == "contact_code:letter"] == [True], "but it may be asked for"


def test_the_receipt_says_once_that_the_address_is_still_to_be_confirmed() -> None:
    assert told(paid()) == "jan@example.com"
    proven = ordered().prove_email()
    assert told(proven.happen(PaymentNoticed(proven.placed.payment_id or "", 1, {}))) is None


def test_the_letters_code_does_after_the_payment() -> None:
    customer = paid().given(CheckLetterCode, EmailProven("jan@example.com", NOW)).say(SentCode("654321"))
    assert "contact.email_proven" in customer.heard
    assert customer.books.email_verified


def test_the_next_order_waits_for_the_letter() -> None:
    customer = paid().press("einvoice:later")
    customer.press("start:buy", "confirm:yes")
    assert customer.at == "order.email_link"


def test_by_default_the_letter_stays_before_the_order() -> None:
    customer = signed_up().write("512 000 999", "123456", "1234563218").press("confirm:yes")
    assert (customer.at, customer.done(IssueCode)) == ("order.email_link", 1)
