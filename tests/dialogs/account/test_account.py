"""Ways in: sign-up, log-in, a forgotten password, and every turn-off between them."""

import pytest
from msgspec.structs import replace

from dialogs.kit import Word
from dialogs.messages.account import (
    AccountCreated,
    AccountLeft,
    ChangeEmail,
    CreateAccount,
    EmailChangeStarted,
    EmailReplaced,
    LoggedIn,
    OpenPage,
    PageOpened,
    PasswordReplaced,
    PasswordSet,
    StartLinkTaken,
    StartReset,
    WayBegun,
)
from dialogs.messages.contact import EmailProven
from dialogs.messages.handoff import MailSupport
from dialogs.messages.letters import LETTER_LATE, LETTER_REASONS, LetterFailed, LetterSent, SendLetter, SendNote
from dialogs.messages.order import ResendConfirmation
from dialogs.state import ConversationState
from tests.dialogs.driver import NOW, SELLER, Driver, card_filled, known_account, known_company, known_order, signed_up
from tests.table import table
from values.consent import Consent
from values.seller import Seller


def at_the_page(seller: Seller = SELLER) -> Driver:
    return Driver(seller).press("start:buy", "account:new").write("jan@example.com")


# --- sign-up ---


def test_a_taken_e_mail_looks_like_any_other_and_its_letter_leads_to_log_in() -> None:
    free, taken = signed_up(), signed_up()

    assert (taken.said, taken.at) == (free.said, free.at)
    taken.write("512 000 999", "123456", "1234563218").press("confirm:yes")
    taken.hear(LoggedIn(known_account(), typed=taken.books.company))
    assert (taken.case.account.id, taken.heard[0]) == ("account-9", "account.logged_in")
    assert taken.at == "order.auto_renewal", "what was typed before goes to the account that has no company yet"
    assert taken.done(CreateAccount) == 1


def test_after_log_in_by_a_taken_e_mail_no_consents_are_asked_again() -> None:
    customer = Driver().press("start:sign_up").write("owner@example.com")
    customer.hear(PasswordSet("page-set_password", "c"))
    customer.hear(LoggedIn(known_account()))

    assert (customer.at, customer.done(CreateAccount)) == ("company.tax_number", 0)


def test_a_page_asked_for_again_kills_the_older_link() -> None:
    customer = at_the_page().given(OpenPage, PageOpened("page-2")).press("secure_page:again")

    assert customer.case.account.page == "page-2"
    assert customer.hear(PasswordSet("page-set_password", "c")).at == "account.secure_page"
    assert customer.hear(PasswordSet("page-2", "c")).at == "account.consents"


def test_a_password_set_twice_counts_once() -> None:
    customer = at_the_page().hear(PasswordSet("page-set_password", "c1")).hear(PasswordSet("page-set_password", "c2"))

    assert (customer.case.account.credential, customer.heard) == ("c1", [])


def test_the_e_mail_may_be_corrected_while_the_page_is_open() -> None:
    customer = at_the_page().correct("email", "maria@example.com")

    assert (customer.at, customer.email) == ("account.secure_page", "maria@example.com")
    assert customer.heard == ["kit.corrected"]


def test_a_correction_that_cannot_be_read_says_why_and_asks_for_it() -> None:
    customer = at_the_page().correct("email", "maria.example.com")

    assert (customer.heard, customer.at) == (["refused.email.missing_at"], "account.email")
    assert customer.email == "jan@example.com", "the old answer stays until the new one"
    assert customer.write("maria@example.com").at == "account.secure_page"


TICK_PRIVACY, TICK_MARKETING = "consents:toggle:privacy", "consents:toggle:marketing"


@table(
    ("presses", "given"),
    [
        ((TICK_PRIVACY, TICK_MARKETING, TICK_MARKETING, "consents:done"), ("privacy",)),
        (("consents:all",), ("privacy", "marketing")),
        ((TICK_MARKETING, "consents:required"), ("privacy",)),
    ],
)
def test_consents_are_given_one_by_one_or_by_one_button(presses: tuple[str, ...], given: tuple[str, ...]) -> None:
    customer = at_the_page().hear(PasswordSet("page-set_password", "c")).press(*presses[:-1])
    assert customer.at == "account.consents"
    customer.press(presses[-1])

    assert (customer.at, customer.case.account.consents) == ("contact.phone", given)
    assert tuple(one.id for one in customer.case.account.accepted) == given


def test_every_required_consent_that_is_missing_is_named() -> None:
    both = replace(SELLER, consents=tuple(Consent(one, "1") for one in ("privacy", "processing")))
    customer = at_the_page(both).hear(PasswordSet("page-set_password", "c")).press("consents:done")

    (told,) = [say for say in customer.reply if say.key == "account.consent_missing"]
    found = told.params
    assert found == {"consent": (Word("consent.privacy.title"), Word("consent.processing.title")), "several": True}
    assert customer.at == "account.consents", "nothing is made"


def test_back_from_the_consents_after_a_tick_leads_to_the_answer_before() -> None:
    customer = at_the_page().hear(PasswordSet("page-set_password", "c")).press("consents:toggle:privacy")

    assert customer.command("back").at == "account.email"
    assert customer.write("maria@example.com").at == "account.consents", "the password stays"


# --- the letter and its address ---


def test_a_letter_that_cannot_be_sent_offers_another_address() -> None:
    customer = signed_up().holding(SendLetter)
    customer.correct("email", "maria@example.com").answer(SendLetter, LetterFailed("recipient_refused"))

    assert customer.heard == ["account.letter_failed.recipient_refused"]
    assert "edit:email" in customer.buttons
    customer.press("edit:email")
    assert customer.at == "account.email"
    customer.write("ewa@example.com")
    assert (customer.email, customer.at) == ("ewa@example.com", "contact.phone")


def test_a_letter_to_an_address_that_was_changed_is_of_no_interest() -> None:
    customer = Driver().holding(SendLetter)
    customer.press("start:sign_up").write("jna@example.com").hear(PasswordSet("page-set_password", "c"))
    customer.press("consents:required").correct("email", "jan@example.com")
    customer.answer(SendLetter, LetterFailed("recipient_refused"))

    assert customer.dropped
    assert customer.answer(SendLetter, LetterSent()).heard == []


def test_another_account_begins_with_nothing_of_the_one_that_was_left() -> None:
    customer = card_filled().hear(AccountLeft("log_in"))
    assert (customer.heard, customer.at) == (["account.logged_out"], "account.secure_page")
    anew = replace(ConversationState(), talk=customer.case.talk, account=customer.case.account)
    assert (customer.case, customer.case.account.login) == (anew, None)


def test_an_e_mail_behind_the_account_is_changed_there() -> None:
    customer = card_filled().correct("email", "maria@example.com")

    assert (customer.done(ChangeEmail), customer.heard) == (1, ["account.email_changed"])
    assert customer.hear(EmailProven("jan@example.com", NOW)).at == "order.email_link", "the old address proves nothing"
    assert customer.hear(EmailProven("maria@example.com", NOW)).at == "order.pay", "all answers are kept"


def test_a_proven_e_mail_makes_way_when_the_new_one_is_proven() -> None:
    started = EmailChangeStarted("maria@example.com", "letter-6")
    customer = card_filled().given(ChangeEmail, started).correct("email", "maria@example.com")

    assert customer.heard == ["account.email_change_letter"]
    assert customer.email == "jan@example.com", "until then it stays"
    assert customer.at == "order.pay"

    customer.holding(SendNote).hear(EmailReplaced("maria@example.com", NOW, old="jan@example.com"))

    assert customer.heard == ["account.email_replaced"]
    assert (customer.email, customer.at) == ("maria@example.com", "order.pay")
    note = next(call for call in customer.calls if isinstance(call, SendNote))
    assert note.to == "jan@example.com", "whoever reads the old mailbox is told"


def test_a_letter_that_is_held_back_promises_nothing() -> None:
    customer = card_filled().given(ChangeEmail, EmailChangeStarted("maria@example.com", "")).holding(SendLetter)
    customer.correct("email", "maria@example.com")

    assert "account.email_change_letter" not in customer.heard
    assert customer.answer(SendLetter, LetterFailed("too_many")).heard == ["account.letter_failed.too_many"]


def late() -> Driver:
    """A buyer who is asked for the letter's code, and whose letter waits for the mail server."""
    customer = Driver().holding(SendLetter)
    customer.press("start:buy", "account:new").write("jan@example.com").hear(PasswordSet("page-set_password", "c"))
    return customer.press("consents:required").timer(LETTER_LATE)


def test_a_letter_that_waits_is_told_of_and_no_second_one_is_made() -> None:
    customer = late()
    assert customer.heard == ["account.letter_late"]
    for asked_again in (lambda: customer.want("resend_code"), lambda: customer.want("resend_code")):
        assert asked_again().heard == ["account.letter_late"]
    assert (customer.done(ResendConfirmation), customer.called(SendLetter)) == (0, 1)
    assert customer.answer(SendLetter, LetterSent()).heard == ["account.letter_left"]
    customer.want("resend_code")
    assert customer.done(ResendConfirmation) == 1


@pytest.mark.parametrize("reason", LETTER_REASONS)
def test_a_letter_that_fails_after_all_is_told_of(reason: str) -> None:
    customer = late().answer(SendLetter, LetterFailed(reason))
    assert customer.heard == [f"account.letter_failed.{reason}"]
    customer.want("resend_code")
    assert customer.done(ResendConfirmation) == 1


def lapsed(customer: Driver) -> str | None:
    """What stands in the place of the open step's question."""
    return customer.step.display.lapsed(getattr(customer.case, customer.step.dialog), customer.context(customer.case))


def test_a_step_that_awaits_a_waiting_letter_says_so() -> None:
    customer = card_filled().holding(SendLetter).correct("email", "maria@example.com").timer(LETTER_LATE)
    assert (customer.at, lapsed(customer)) == ("order.email_link", "late")
    customer.answer(SendLetter, LetterSent())
    assert (customer.at, lapsed(customer)) == ("order.email_link", None)
    assert signed_up().timer(LETTER_LATE).heard == [], "one that has left was never late"


# --- log-in ---


def test_log_in_with_an_unpaid_order_goes_on_at_its_payment_with_its_price() -> None:
    order = known_order("placed", "pending", payment_expires_at=NOW)
    customer = Driver().press("start:log_in").hear(LoggedIn(known_account(company=known_company(), orders=(order,))))

    assert (customer.at, customer.placed.payment_id) == ("payment.payment", "payment-9")
    assert customer.shown["gross"].minor == 29422  # type: ignore[union-attr]
    assert "payment_poll" in customer.timers


def test_an_account_with_unproven_contacts_is_asked_to_prove_them() -> None:
    customer = Driver().press("start:log_in")
    customer.hear(LoggedIn(known_account(status="pending", email_verified=False, phone_verified=False)))
    assert customer.at == "contact.phone"
    customer.write("512 000 999", "123456", "1234563218").press("confirm:yes")

    assert customer.at == "order.email_link"
    assert customer.press("edit:email").at == "account.email"
    customer.write("other@example.com")
    assert customer.hear(EmailProven("other@example.com", NOW)).at == "order.auto_renewal"


def test_another_way_in_after_all() -> None:
    remembered = Driver().press("start:forgot_password").write("owner@example.com").press("start:log_in")
    assert remembered.at == "account.secure_page"
    assert Driver().press("start:log_in", "start:sign_up").at == "account.email"
    assert Driver().press("start:log_in", "start:forgot_password").at == "account.reset_email"


def test_another_way_in_is_taken_whenever_it_is_asked_for() -> None:
    assert Driver().press("start:sign_up").want("log_in").at == "account.secure_page"
    assert Driver().press("start:log_in").want("sign_up").at == "account.email"
    assert at_the_page().want("forgot_password").at == "account.reset_email"
    assert at_the_page().want("sign_up").email == "jan@example.com", "asked for what is under way already"


def test_who_is_in_already_is_told_so() -> None:
    customer = signed_up().want("log_in")

    assert (customer.heard, customer.at) == (["account.logged_in"], "contact.phone")


# --- a forgotten password ---


def test_a_certified_mailbox_is_asked_whether_it_takes_ordinary_mail() -> None:
    italian = replace(SELLER, sign_up=replace(SELLER.sign_up, ordinary_mail=True))
    customer = Driver(seller=italian).press("start:sign_up").write("studio@pec.example.it")
    assert (customer.at, customer.shown) == ("account.pec_ordinary", {"email": "studio@pec.example.it"})
    customer.press("pec_ordinary:no")
    assert (customer.at, customer.heard[-1]) == ("account.email", "company.pec_only")
    assert customer.write("studio@pec.example.it").press("pec_ordinary:yes").at == "account.secure_page"
    assert Driver(seller=italian).press("start:sign_up").write("anna@example.it").at == "account.secure_page"
    assert Driver().press("start:sign_up").write("studio@pec.example.it").at == "account.secure_page"


def test_what_was_forgotten_may_be_said_on_the_log_in_page_that_is_open() -> None:
    customer = Driver().press("start:log_in")
    page = customer.case.account.page or ""
    assert customer.happen(WayBegun("another page", "forgot_password")).at == "account.secure_page"
    assert customer.happen(WayBegun(page, "forgot_password")).at == "account.reset_email"
    assert customer.happen(WayBegun(page, "forgot_password")).at == "account.reset_email"


def test_the_letter_for_a_forgotten_password_again_or_to_another_address() -> None:
    customer = Driver().press("start:forgot_password").write("owner@example.com").press("email_link:again")
    assert customer.called(SendLetter) == 2
    assert "account.sent_again" in customer.heard
    customer.press("edit:reset_email").write("other@example.com")
    assert "account.sent_again" not in customer.heard

    assert (customer.at, customer.called(SendLetter)) == ("account.email_link", 3)
    assert isinstance(customer.acts[-1], StartReset)


def test_the_letter_for_a_forgotten_password_cannot_be_sent() -> None:
    customer = Driver().given(SendLetter, LetterFailed("recipient_refused"))
    customer.press("start:forgot_password").write("owner@example.com")

    assert (customer.heard, customer.at) == (["account.letter_failed.recipient_refused"], "account.reset_email")


def test_a_password_replaced_in_the_middle_of_a_sign_up_ends_in_an_account_all_the_same() -> None:
    customer = at_the_page().hear(PasswordSet("page-set_password", "c")).hear(PasswordReplaced())

    assert customer.at == "account.consents"
    assert customer.press("consents:required").case.account.id == "account-1"


# --- start links, start again ---


def test_a_start_link_leads_to_its_entry() -> None:
    customer = Driver().command("start", "token")

    assert (customer.at, customer.said) == ("account.account", ["kit.greeting"])


def test_a_used_start_link_begins_at_the_greeting() -> None:
    customer = Driver()
    customer.outcomes[type(customer.command("start", "t").acts[0])] = lambda _a: StartLinkTaken(None)

    assert Driver(outcomes=customer.outcomes).command("start", "token").at == "account.start"


def test_starting_again_before_the_account_forgets_everything() -> None:
    customer = at_the_page().command("restart")

    assert (customer.at, customer.email) == ("account.start", None)
    assert customer.hear(PasswordSet("page-set_password", "c")).at == "account.start", "the old page opens nothing"


def test_who_waits_for_a_person_and_logs_in_is_promised_an_answer_there() -> None:
    customer = Driver().press("start:log_in").command("agent")
    assert customer.at == "handoff.agent_email"
    customer.hear(LoggedIn(known_account()))

    assert customer.called(MailSupport) == 1
    assert "handoff.promised" in customer.heard
    assert customer.at == "company.tax_number"


def test_a_letter_names_the_link_of_the_account_made() -> None:
    customer = Driver().given(CreateAccount, AccountCreated("account-5", "letter-5"))
    customer.press("start:sign_up").write("jan@example.com").hear(PasswordSet("page-set_password", "c"))
    customer.press("consents:required")

    assert SendLetter("letter-5", "jan@example.com") in customer.calls


def test_a_certified_mailbox_given_later_is_asked_about_as_the_first_one() -> None:
    customer = card_filled()
    customer.seller = replace(SELLER, sign_up=replace(SELLER.sign_up, ordinary_mail=True))
    customer.correct("email", "studio@pec.example.it")
    assert (customer.at, customer.shown) == ("account.pec_ordinary", {"email": "studio@pec.example.it"})
    assert customer.done(ChangeEmail) == 0
    customer.press("pec_ordinary:no")
    assert (customer.at, customer.heard, customer.done(ChangeEmail)) == ("order.pay", ["account.email_kept"], 0)
    assert customer.email == "jan@example.com"
    customer.correct("email", "studio@pec.example.it").press("pec_ordinary:yes")
    assert (customer.at, customer.done(ChangeEmail)) == ("order.email_link", 1)
    assert customer.prove_email().at == "order.pay"
