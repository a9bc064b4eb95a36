"""The phone proven by a code: every refusal, and every way around it."""

from datetime import timedelta

from msgspec.structs import replace

from dialogs.explorer.outcomes import LIMITS
from dialogs.journey import ALL
from dialogs.kit import AwaitedCode, Said
from dialogs.kit.options import PACE
from dialogs.messages.account import CreateAccount, LoggedIn, PasswordSet
from dialogs.messages.contact import (
    CheckCode,
    CheckCodes,
    CheckLetterCode,
    CodeDead,
    CodeIssued,
    CodeLimited,
    CodeNotSent,
    CodeRight,
    CodesChecked,
    CodeSent,
    CodeWrong,
    EmailProven,
    IssueCode,
    KeepPhone,
    SendCode,
    TakeVouched,
)
from dialogs.messages.order import ResendConfirmation
from dialogs.state import Orderer, PhoneCode
from tests.dialogs import driver
from tests.kit.narrow import present
from tests.kit.rows import all_rows
from tests.table import table
from values.meaning import Answer, Expects, Fact, Intent, SentCode
from values.parsing import Ok
from values.rules import CODE_LIFETIME


def code_awaited() -> driver.Driver:
    return driver.signed_up().write("512 000 999")


def test_the_number_is_checked_before_anything_is_sent() -> None:
    customer = driver.signed_up().write("512 000 99")

    assert (customer.heard, customer.done(IssueCode)) == (["refused.phone.too_short"], 0)


VOUCHING = replace(driver.SELLER, sign_up=replace(driver.SELLER.sign_up, own_contact=True))
OWN = "+48512000999"


def shares(customer: driver.Driver, number: str, *, says: str | None = None) -> driver.Driver:
    """Shares the own number; `says`: another one in the same words, which nobody vouches for."""
    return customer.hear(Said(Answer(says or number), facts=(Fact(Expects.phone, says or number),), vouched=number))


def test_a_number_that_the_messenger_vouches_for_needs_no_code() -> None:
    customer = shares(driver.signed_up(VOUCHING), OWN)
    assert (customer.heard, customer.at) == (["contact.phone_vouched"], "company.tax_number")
    assert (customer.acts[-1], customer.done(IssueCode)) == (TakeVouched("account-1", OWN), 0)
    assert customer.books.phone == OWN
    late = shares(driver.signed_up(VOUCHING).write("512 000 999").press("edit:phone"), OWN)
    assert (late.at, late.case.contact.code) == ("company.tax_number", None), "a code on its way is for nothing"
    abroad = shares(driver.signed_up(VOUCHING), SWISS)
    assert (abroad.at, abroad.books.phone) == ("company.tax_number", SWISS)


def test_only_that_very_number_given_just_then_does_without_one() -> None:
    for customer in (
        shares(driver.signed_up(), OWN),
        shares(driver.signed_up(VOUCHING), OWN, says="+48512000321"),
        driver.signed_up(VOUCHING).write(OWN),
        driver.signed_up(VOUCHING).hear(Said(Answer(OWN), facts=(Fact(Expects.phone, OWN),))),
    ):
        assert customer.at == "contact.contact_code"
        assert (customer.done(TakeVouched), customer.books.phone_verified) == (0, False)
    early = driver.Driver(VOUCHING).press("start:buy")
    early.hear(Said(Intent("inform", 1.0), facts=(Fact(Expects.phone, OWN),), vouched=OWN))
    early.press("account:new").write("jan@example.com").happen(PasswordSet("page-set_password", "credential-1"))
    assert early.press("consents:required").at == "contact.contact_code", "there was no account to prove it for"
    assert early.done(TakeVouched) == 0


SWISS = "+41791234567"


def swiss() -> driver.Driver:
    return driver.signed_up().write("+41 79 123 45 67")


def test_where_no_codes_go_the_e_mail_proves_the_contact() -> None:
    customer = swiss()

    assert (customer.heard, customer.at) == (["contact.not_texted"], "contact.email_proof")
    assert customer.acts[-1] == KeepPhone("account-1", SWISS)
    assert "/agent" in customer.buttons, "a person is offered the first time"
    assert (customer.done(IssueCode), customer.reply[0].params["instead"]) == (0, "proof")
    customer.press("email_proof:again")
    assert customer.done(ResendConfirmation) == 1
    assert customer.prove_email().at == "company.tax_number"


def test_an_e_mail_proven_before_is_enough() -> None:
    customer = driver.signed_up().prove_email().write("+41 22 345 67 89")
    assert (customer.at, customer.reply[0].params["instead"]) == ("company.tax_number", "known")


def test_another_number_may_be_given_after_all() -> None:
    customer = swiss().press("edit:phone").write("512 000 999")
    assert customer.at == "contact.contact_code"
    assert customer.write("123456").books.phone == "+48512000999"


def test_a_proven_number_makes_way_for_none_that_gets_no_codes() -> None:
    customer = driver.paid().press("einvoice:later", "edit:phone").write("+41 79 123 45 67")
    assert customer.heard == ["contact.not_texted", "contact.number_stays"]
    assert (customer.books.phone, customer.done(KeepPhone)) == ("+48512000999", 0)


def test_the_second_time_it_is_known() -> None:
    customer = driver.Driver().press("start:log_in")
    customer.hear(LoggedIn(driver.known_account(phone=SWISS, phone_verified=False)))
    assert (customer.books.phone, customer.books.phone_verified) == (SWISS, False)
    assert customer.at == "company.tax_number", "it isn't asked again"
    customer = driver.Driver().press("start:log_in")
    customer.hear(LoggedIn(driver.known_account(phone="+48512000999", phone_verified=False)))
    assert customer.at == "contact.phone", "one that gets codes is to be proven"


def test_whoever_orders_may_be_called_in_any_country() -> None:
    customer = driver.Driver()
    step = next(step for step in ALL["orderer"].steps if step.name == "phone")
    assert step.parse is not None
    assert step.parse("+41 22 345 67 89", Orderer(), customer.context(customer.case)) == Ok("+41223456789")


@table("reason", ["expired", "exhausted"])
def test_a_dead_code_is_replaced_at_once(reason: str) -> None:
    customer = code_awaited().given(CheckCode, CodeDead(reason)).given(IssueCode, CodeIssued("challenge-2"))
    customer.write("123456")

    assert customer.heard == [f"contact.code_{reason}", "contact.code_new"]
    assert customer.case.contact.code == PhoneCode("challenge-2", driver.NOW, customer.case.contact.phone)
    assert SendCode("challenge-2", "+48512000999") in customer.calls
    assert customer.at == "contact.contact_code"


def test_a_dead_code_that_cannot_be_replaced_yet_can_be_asked_for_later() -> None:
    customer = code_awaited().given(CheckCode, CodeDead("exhausted")).given(IssueCode, CodeLimited("cool_down", 40))
    customer.write("123456")

    assert customer.heard == ["contact.code_exhausted", "contact.limited.cool_down"]
    assert customer.at == "contact.contact_code"
    assert "contact_code:again" in customer.offers


def test_a_number_that_was_just_sent_a_code_elsewhere_is_kept_until_it_may_have_its_own() -> None:
    customer = driver.signed_up().given(IssueCode, CodeLimited("cool_down", 40)).write("512 000 999")

    assert customer.heard == ["contact.limited.cool_down"]
    assert (customer.at, customer.case.contact.phone) == ("contact.contact_code", "+48512000999")
    assert customer.called(SendCode) == 0
    customer.given(CheckCode, CodeDead("expired")).given(IssueCode, CodeLimited("cool_down", 30)).write("123456")
    assert customer.heard == ["contact.code_expired", "contact.limited.cool_down"]
    customer.given(IssueCode, CodeIssued("challenge-2")).press("contact_code:again")
    assert SendCode("challenge-2", "+48512000999") in customer.calls
    assert customer.at == "contact.contact_code"


def test_too_many_wrong_codes_today_ask_for_another_number_or_a_person() -> None:
    customer = code_awaited().given(CheckCode, CodeDead("too_many_today")).write("123456")

    assert (customer.heard, customer.at) == (["contact.code_blocked"], "contact.phone")
    assert "/agent" in customer.buttons


def test_the_code_is_sent_again() -> None:
    customer = code_awaited().press("contact_code:again")
    assert customer.called(SendCode) == 2

    assert customer.want("resend_code").called(SendCode) == 3
    assert customer.case.talk.answered[-1] == "contact.phone", "asking again is no answer"


@table("reason", LIMITS)
def test_a_limit_leaves_the_code_on_its_way_good(reason: str) -> None:
    customer = code_awaited().given(IssueCode, CodeLimited(reason, 90)).press("contact_code:again")

    assert customer.heard == [f"contact.limited.{reason}"]
    assert customer.reply[0].params == {"seconds": 90, "minutes": 2}
    assert customer.write("123456").at == "company.tax_number"


def test_a_limit_before_any_code_asks_for_another_number() -> None:
    customer = driver.signed_up().given(IssueCode, CodeLimited("prefix", 3600)).write("512 000 999")

    assert customer.at == "contact.phone"
    assert "/agent" in customer.buttons
    assert customer.called(SendCode) == 0


@table("reason", ["number_refused", "unavailable"])
def test_a_message_that_does_not_leave_asks_for_the_number_again(reason: str) -> None:
    customer = driver.signed_up().given(SendCode, CodeNotSent(reason)).write("512 000 999")

    assert customer.heard == [f"contact.not_sent.{reason}"]
    assert customer.at == "contact.phone"


def test_while_the_message_is_leaving_words_are_told_to_wait() -> None:
    customer = driver.signed_up().holding(SendCode).write("512 000 999").write("123456")
    assert (customer.heard, customer.case.talk.misses) == (["kit.working"], 0)

    customer.answer(SendCode, CodeSent(driver.NOW))
    assert customer.at == "contact.contact_code"
    assert customer.asked


def test_another_number_before_the_code() -> None:
    customer = code_awaited().press("edit:phone").write("512 000 888")

    assert (customer.case.contact.phone, customer.done(IssueCode)) == ("+48512000888", 2)
    assert customer.at == "contact.contact_code"


def test_the_result_for_the_number_before_counts_for_nothing() -> None:
    customer = driver.signed_up().holding(SendCode).write("512 000 999").correct("phone", "512 000 888")
    customer.answer(SendCode, CodeNotSent("number_refused"))

    assert customer.dropped
    assert customer.answer(SendCode, CodeSent(driver.NOW)).at == "contact.contact_code"


def test_a_code_that_proved_the_number_cannot_be_given_anew() -> None:
    customer = driver.contact_proven().press("contact_code:again")
    assert customer.heard == ["kit.not_now"]

    assert customer.correct("contact_code", "654321").heard == ["kit.act_done.contact.contact_code"]
    assert customer.done(CheckCode) == 1


# --- another number once one is proven ---


def test_a_changed_number_is_not_proven_by_the_old_code() -> None:
    customer = driver.contact_proven().correct("phone", "512 000 888")

    assert (customer.at, customer.books.phone) == ("contact.contact_code", "+48512000999")
    assert customer.write("123456").books.phone == "+48512000888"
    assert customer.at == "company.tax_number"


def test_the_proven_number_may_be_kept_after_all() -> None:
    customer = driver.contact_proven().correct("phone", "512 000 888").press("contact_code:keep")

    assert (customer.at, customer.case.contact.phone) == ("company.tax_number", None)


@table("move", ["cancel", "restart"])
def test_a_proven_number_outlives_a_change_given_up(move: str) -> None:
    customer = driver.contact_proven().correct("phone", "512 000 888").command(move)

    assert (customer.case.contact.phone, customer.books.phone) == (None, "+48512000999")


def test_a_changed_number_that_gets_no_code_leaves_the_proven_one() -> None:
    customer = driver.contact_proven().given(SendCode, CodeNotSent("number_refused")).correct("phone", "512 000 888")

    assert customer.heard == ["kit.corrected", "contact.not_sent.number_refused", "contact.number_stays"]
    assert customer.at == "company.tax_number"


def test_the_number_may_be_changed_while_the_payment_is_awaited() -> None:
    customer = driver.ordered().correct("phone", "512 000 888").write("123456")

    assert (customer.at, customer.case.order.id) == ("payment.payment", "order-1")


# --- back, and which contact ---


def test_back_stops_at_the_proven_contact_and_offers_another() -> None:
    customer = driver.phone_proven().command("back")

    assert customer.heard == ["kit.act_done.contact.contact_code"]
    assert {"edit:phone", "edit:email"} <= set(customer.buttons)
    assert customer.press("edit:phone").at == "contact.phone"


def test_back_stops_at_the_account_and_offers_its_e_mail() -> None:
    customer = driver.signed_up().command("back")

    assert (customer.heard, customer.buttons) == (["kit.act_done.account.create"], ["edit:email"])
    assert customer.done(CreateAccount) == 1


def test_a_contact_is_wrong_but_which() -> None:
    customer = driver.contact_proven().want("change_contact")

    assert (customer.heard, customer.buttons) == (["contact.which_to_change"], ["edit:email", "edit:phone"])


def test_at_the_code_a_wrong_contact_is_the_phone() -> None:
    assert code_awaited().want("change_contact").at == "contact.phone"


# --- the e-mail's link ---


def test_the_link_may_be_followed_any_time_before_the_order() -> None:
    customer = code_awaited().hear(EmailProven("jan@example.com", driver.NOW))
    assert (customer.heard, customer.at) == (["contact.email_proven"], "contact.contact_code")

    customer.write("123456", "1234563218").press("confirm:yes", "auto_renewal:no", "method:card")
    assert customer.press("terms:accept", "clauses:accept", "pay:now").at == "payment.payment"


def test_a_link_followed_twice_is_said_once() -> None:
    customer = (
        driver.phone_proven()
        .hear(EmailProven("jan@example.com", driver.NOW))
        .hear(EmailProven("jan@example.com", driver.NOW))
    )

    assert customer.heard == []


def test_another_conversations_address_proves_nothing_here() -> None:
    assert not driver.phone_proven().hear(EmailProven("somebody@example.com", driver.NOW)).books.email_verified


def test_the_letter_again_at_any_step() -> None:
    assert driver.phone_proven().want("resend_code").done(ResendConfirmation) == 1
    assert driver.at_the_link().press("email_link:again").done(ResendConfirmation) == 1
    assert driver.paid().want("resend_code").done(ResendConfirmation) == 0, "nothing is left to be proven"


def test_who_waits_at_the_link_may_change_the_address() -> None:
    customer = driver.at_the_link().press("edit:email").write("maria@example.com")

    assert (customer.at, customer.shown["email"]) == ("order.email_link", "maria@example.com")


def test_tries_are_the_services_affair_and_days_may_pass() -> None:
    customer = code_awaited().given(CheckCode, CodeWrong(1)).write("000000")
    customer.now += timedelta(days=3)

    assert customer.given(CheckCode, CodeRight("+48512000999")).write("123456").at == "company.tax_number"


@all_rows
def test_codes_are_tried_for_what_they_may_be_meant_for(
    typed: str, sms: tuple[str, ...], letter: tuple[str, ...]
) -> None:
    checked = code_awaited().write(typed).acts
    assert [(act.sms, act.letter) for act in checked if isinstance(act, CheckCodes)] == [(sms, letter)]


def test_the_letters_code_alone_proves_the_address_and_the_other_is_asked_again() -> None:
    customer = code_awaited().write("654321")
    assert (customer.heard, customer.at) == (["contact.email_proven"], "contact.contact_code")


def test_wrong_codes_are_told_apart() -> None:
    customer = code_awaited().given(CheckCodes, CodesChecked(CodeWrong(4), CodeWrong(4))).write("111111 222222")
    assert customer.heard == ["contact.letter_code.wrong", "contact.code_by_sms_wrong"]
    customer.given(CheckCodes, CodesChecked(CodeRight("+48512000999"), CodeDead("expired"))).write("123456 222222")
    assert customer.heard == ["contact.letter_code.expired", "account.letter_again", "contact.phone_proven"]
    assert customer.done(ResendConfirmation) == 1


def test_without_a_letter_on_its_way_two_codes_are_one_too_many() -> None:
    asked = code_awaited()
    assert asked.shown["letter"] is True
    proven = asked.prove_email()
    assert proven.shown["letter"] is False
    assert proven.write("123456 654321").heard == ["refused.code.several"]
    late = code_awaited()
    late.now += CODE_LIFETIME
    assert late.shown["letter"] is False


def test_a_code_of_an_earlier_release_is_not_checked_for_a_number_that_nobody_knows() -> None:
    customer = code_awaited()
    sent = present(customer.case.contact.code)
    assert sent.phone == customer.case.contact.phone
    customer.case = replace(customer.case, contact=replace(customer.case.contact, code=replace(sent, phone=None)))
    customer.command("back").say(SentCode("123456"))
    assert (customer.at, customer.done(CheckCode), customer.done(CheckLetterCode)) == ("contact.phone", 0, 1)


def awaited(customer: driver.Driver) -> list[AwaitedCode]:
    """The codes that may be typed where the customer is."""
    return list(customer.step.display.codes(customer.case.contact, customer.context(customer.case)))


def test_a_code_that_fits_neither_is_not_called_the_text_messages() -> None:
    customer = code_awaited().given(CheckCodes, CodesChecked(CodeWrong(4), None, either=True)).write("111111")
    assert customer.heard == ["contact.code_wrong"]


def test_both_codes_have_a_field_until_each_is_proven() -> None:
    customer = code_awaited()
    assert [(one.by, one.proven) for one in awaited(customer)] == [("sms", False), ("letter", False)]
    customer.write("654321")
    assert [(one.by, one.proven) for one in awaited(customer)] == [("sms", False), ("letter", True)]
    late = code_awaited()
    late.now += CODE_LIFETIME
    assert [one.by for one in awaited(late)] == ["sms"], "the letter's code is over, and its link isn't typed"


def test_another_number_later_asks_for_its_own_code_alone() -> None:
    customer = code_awaited().write("123456 654321").correct("phone", "512 000 111")
    assert customer.at == "contact.contact_code"
    assert [one.by for one in awaited(customer)] == ["sms"]


def test_another_code_is_to_be_had_when_the_limits_allow_it() -> None:
    soon, later = driver.NOW + timedelta(seconds=60), driver.NOW + timedelta(seconds=600)
    customer = code_awaited().given(IssueCode, CodeIssued("challenge-2", soon)).press("contact_code:again")
    assert awaited(customer)[0].again_at == soon
    customer.given(IssueCode, CodeLimited("number", 600)).press("contact_code:again")
    assert awaited(customer)[0].again_at == later


def test_another_letter_is_given_time_to_arrive() -> None:
    assert awaited(code_awaited())[1].again_at == driver.NOW + PACE
