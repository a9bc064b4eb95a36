"""Was it helpful? Asked beside the open step, which stays; once of the same; never where a person has the talk."""

from msgspec.structs import replace

from dialogs.explorer.samples import MOMENT
from dialogs.messages.einvoice import ActivateEInvoice, EInvoiceRefused
from dialogs.messages.feedback import KeepFeedback, KeepReason
from dialogs.messages.renewal import RenewalCharged
from dialogs.state import Handoff
from tests.dialogs.driver import Driver, activated, card_filled, ordered, paid, signed_up
from tests.kit.narrow import present
from values.meaning import Faq, Remark


def asked_something(customer: Driver, entry: str = "pay") -> Driver:
    return customer.say(Faq(entry, 0.9))


def beginning() -> Driver:
    return Driver().press("start:buy", "account:new")


def test_an_answer_asks_beside_the_open_step_once() -> None:
    customer = beginning()
    before = customer.at
    asked_something(customer)
    assert (customer.at, customer.asked) == (before, True)
    assert {"helpful:yes", "helpful:no"} <= set(customer.buttons)
    assert "helpful:yes" not in asked_something(customer).buttons, "the same answer isn't asked of again"
    assert "helpful:yes" in asked_something(customer, "another").buttons
    assert customer.at == before


def test_a_yes_is_kept_and_thanked_and_the_step_is_asked_again() -> None:
    customer = beginning()
    before = customer.at
    asked_something(customer).press("helpful:yes")
    assert customer.acts == [KeepFeedback("faq:pay", helpful=True)]
    assert (customer.heard, customer.asked, customer.at) == (["feedback.thanks"], True, before)
    customer.press("helpful:no")
    assert (customer.done(KeepFeedback), customer.heard) == (1, ["kit.not_now"])


def test_a_no_asks_why_by_itself_and_takes_the_next_words() -> None:
    customer = beginning()
    before = customer.at
    asked_something(customer).press("helpful:no")
    assert not customer.asked, "one question a message"
    assert customer.case.talk.remark
    customer.say(Remark("too short"))
    assert customer.acts[-1] == KeepReason("feedback-1", "too short")
    assert "/agent" in customer.buttons
    assert (customer.at, customer.asked, customer.case.talk.remark) == (before, True, False)


def test_whoever_answers_the_open_step_instead_goes_on() -> None:
    customer = asked_something(beginning()).press("helpful:no").write("anna@example.com")
    assert customer.email == "anna@example.com"
    assert not customer.case.talk.remark
    before = customer.at
    assert customer.press("helpful:skip").heard == ["feedback.no_reason"]
    assert (customer.at, customer.done(KeepReason)) == (before, 0)


def test_a_remark_that_nobody_awaits_changes_nothing() -> None:
    assert beginning().say(Remark("…")).acts == []


def test_an_open_correction_is_not_disturbed() -> None:
    customer = signed_up().press("edit:email")
    revising = present(customer.case.talk.revising)
    assert asked_something(customer).press("helpful:yes").case.talk.revising == revising


def test_never_where_a_person_has_the_conversation() -> None:
    customer = beginning()
    customer.case = replace(customer.case, handoff=Handoff(mode="agent"))
    assert "helpful:yes" not in asked_something(customer).buttons


def test_the_end_of_the_way_asks_and_giving_up_does_not() -> None:
    there = activated()
    assert there.at == "zone.zone"
    assert "feedback.end" in there.heard
    there.press("helpful:no").say(Remark("slow"))
    assert there.acts[-2:] == [KeepFeedback("end:einvoice", helpful=False), KeepReason("feedback-1", "slow")]
    assert "feedback.end" not in card_filled().command("cancel").said


def test_start_again_keeps_what_was_asked_of() -> None:
    customer = asked_something(beginning()).command("restart")
    assert customer.case.feedback.asked == ("faq:pay",)
    assert customer.press("helpful:yes").done(KeepFeedback) == 0


def test_a_renewal_that_was_charged_while_nobody_was_there_is_no_way_that_ended() -> None:
    customer = ordered()
    waiting = customer.placed.payment_id or ""
    money = (36777, "PLN", MOMENT)
    taken = RenewalCharged("standard", "account-1", customer.case.order.id or "", "FS/1", waiting, "Visa …4242", *money)
    before = customer.at
    customer.hear(taken)
    assert (before, customer.at) == ("payment.payment", "einvoice.einvoice")
    assert "feedback.end" not in customer.press("einvoice:later").said


def test_a_refused_activation_offers_a_person_and_asks_nothing() -> None:
    customer = paid().given(ActivateEInvoice, EInvoiceRefused("no_company")).press("einvoice:activate")
    assert customer.at == "zone.zone"
    assert "feedback.end" not in customer.said
    assert "helpful:yes" not in customer.buttons
