"""Customers on file: number, contact on file, password, log-in; a forgotten password; e-invoices without an order."""

from dialogs.explorer.samples import INVOICE
from dialogs.kit import Said
from dialogs.messages import account, contact, einvoice, handoff, letters, on_file
from tests.dialogs.driver import BY_NUMBER, NOW, Driver, known_account
from values.meaning import Expects, Fact, Intent


def begun() -> Driver:
    return Driver(seller=BY_NUMBER).press("start:sign_up").write("10000017")


def by_sms() -> Driver:
    return begun().press("contact_channel:sms").write("512 000 111")


def by_letter() -> Driver:
    return begun().press("contact_channel:email").write("anna.nowak@example.com")


def at_home(**more: object) -> Driver:
    return Driver(seller=BY_NUMBER).press("start:log_in").happen(account.LoggedIn(known_account(**more)))


def test_the_password_comes_only_after_the_proof() -> None:
    customer = by_sms()
    assert (customer.at, customer.done(account.OpenPage)) == ("contact.contact_code", 0)
    customer.write("123456")
    assert customer.at == "on_file.secure_page"
    customer.happen(account.PasswordSet(customer.case.on_file.page or "", "credential-1"))
    assert on_file.RegisterCustomer("10000017", "credential-1", "phone") in customer.acts
    assert customer.at == "account.secure_page"
    assert customer.case.contact.phone is None


def test_a_letter_leads_to_the_page_that_its_link_opened() -> None:
    customer = by_letter()
    assert customer.at == "contact.email_link"
    customer.happen(on_file.ProofFollowed("letter-5", "page-9", NOW))
    assert (customer.at, customer.case.on_file.page) == ("on_file.secure_page", "page-9")
    assert customer.done(account.OpenPage) == 0
    customer.happen(account.PasswordSet("page-9", "credential-1"))
    assert on_file.RegisterCustomer("10000017", "credential-1", "email") in customer.acts


def test_a_letter_sent_again_is_told_and_one_held_back_leaves_the_older_link_alive() -> None:
    customer = by_letter()
    assert "account.sent_again" not in customer.heard
    assert "account.sent_again" in customer.press("email_link:again").heard
    alive = customer.case.contact.letter
    customer.given(on_file.StartProof, on_file.ProofStarted("")).given(
        letters.SendLetter, letters.LetterFailed("too_many")
    )
    customer.press("email_link:again")
    assert "account.sent_again" not in customer.heard
    assert customer.case.contact.letter == alive


def test_an_older_letter_proves_nothing() -> None:
    customer = by_letter().happen(on_file.ProofFollowed("letter-0", "page-9", NOW))
    assert customer.at == "contact.email_link"
    assert customer.case.on_file.page is None


def test_whoever_was_quicker_is_told_when_it_comes_to_the_account() -> None:
    customer = by_sms().given(on_file.RegisterCustomer, on_file.AlreadyRegistered()).write("123456")
    customer.happen(account.PasswordSet(customer.case.on_file.page or "", "credential-1"))
    assert customer.at == "on_file.customer_number"
    assert customer.offers == ["start:log_in", "start:forgot_password"]


def test_a_number_of_a_country_that_gets_no_codes_leads_to_the_e_mail_or_a_person_at_once() -> None:
    customer = begun().press("contact_channel:sms").write("+41 79 123 45 67")
    assert (customer.at, customer.heard) == ("contact.phone", ["refused.phone.country_not_served"])
    assert customer.buttons == ["/agent", "edit:contact_channel"]


def test_another_channel_forgets_what_was_given() -> None:
    customer = by_sms().press("edit:contact_channel", "contact_channel:email")
    assert customer.at == "contact.email"
    assert (customer.case.contact.phone, customer.case.contact.code) == (None, None)


def test_another_number_forgets_what_was_proven() -> None:
    customer = by_sms().write("123456").command("restart").press("start:sign_up").write("10000025")
    assert customer.at == "contact.contact_channel"
    assert customer.case.contact.proven is None


def test_back_at_each_step_and_never_over_the_proof() -> None:
    customer = by_sms().command("back")
    assert customer.at == "contact.phone"
    assert customer.command("back").at == "contact.contact_channel"
    assert customer.command("back").at == "on_file.customer_number"
    assert customer.command("back").at == "account.start"
    proven = by_sms().write("123456").command("back")
    assert (proven.at, proven.heard) == ("on_file.secure_page", ["kit.act_done.contact.contact_code"])


def test_a_new_code_of_the_page_kills_the_old_page() -> None:
    assert by_sms().write("123456").press("secure_page:again").done(account.OpenPage) == 2


def lost(channel: str) -> Driver:
    return Driver(seller=BY_NUMBER).press("start:forgot_password").write("10000058").press(f"contact_channel:{channel}")


def test_a_lost_password_by_letter() -> None:
    customer = lost("email")
    assert customer.at == "lost_password.email_link"
    assert "account.sent_again" not in customer.heard
    assert customer.press("email_link:again").called(letters.SendLetter) == 2
    assert customer.heard.count("account.sent_again") == 1
    assert customer.happen(account.PasswordReplaced()).at == "account.secure_page"


def test_nothing_leaves_for_a_login_that_nobody_has_and_nothing_is_told() -> None:
    for channel, outcome in (("email", on_file.ResetByLetter("", "")), ("sms", on_file.ResetByCode("challenge", ""))):
        customer = Driver(seller=BY_NUMBER).given(on_file.StartResetOf, outcome)
        customer.press("start:forgot_password").write("nikt@example.com").press(f"contact_channel:{channel}")
        assert customer.at == lost(channel).at
        assert customer.calls == []


def test_a_lost_password_s_letter_that_waits_tells_nothing_of_the_account() -> None:
    customer = Driver(seller=BY_NUMBER).holding(letters.SendLetter)
    customer.press("start:forgot_password").write("10000058").press("contact_channel:email")
    assert customer.timer(letters.LETTER_LATE).at == lost("email").at
    assert customer.heard == lost("email").heard
    assert customer.answer(letters.SendLetter, letters.LetterFailed("recipient_refused")).heard == []


def test_a_page_that_ran_out_takes_a_fresh_code() -> None:
    customer = lost("sms").write("123456").press("secure_page:again")
    assert (customer.at, customer.called(contact.SendCode)) == ("lost_password.login_code", 2)


def test_the_way_may_be_changed_by_words() -> None:
    customer = begun().want("forgot_password")
    assert customer.at == "lost_password.reset_number"
    assert customer.case.on_file.number is None
    assert customer.want("log_in").at == "account.secure_page"
    assert customer.want("sign_up").at == "on_file.customer_number"


def test_home_offers_e_invoices_and_asks_to_confirm_the_address() -> None:
    customer = at_home()
    assert (customer.at, customer.offers[:2]) == ("zone.zone", ["einvoice:details", "einvoice:activate"])
    customer.press("einvoice:activate")
    assert customer.at == "einvoice.confirm"
    customer.press("confirm:edit", "edit:invoice_email").write("faktury@example.com")
    assert (customer.at, customer.shown["email"]) == ("einvoice.confirm", "faktury@example.com")
    customer.press("confirm:yes")
    assert customer.at == "zone.zone"
    assert "einvoice:activate" not in customer.offers
    assert customer.command("back").heard == ["kit.act_done.einvoice.activate"]


def test_confirming_may_be_put_off_or_taken_back() -> None:
    customer = at_home().press("einvoice:activate", "einvoice:later")
    assert customer.at == "zone.zone"
    assert customer.press("einvoice:activate").command("back").at == "zone.zone"
    assert customer.press("einvoice:details").heard == ["einvoice.details"]


def test_a_number_named_beside_a_question_is_kept_for_the_registration() -> None:
    customer = Driver(seller=BY_NUMBER)
    number = Fact(Expects.customer_number, "10000017")
    customer.hear(Said(Intent("ask_einvoice", 0.9), typed=True, facts=(number,)))
    assert (customer.at, customer.case.on_file.number) == ("account.start", "10000017")
    customer.press("start:sign_up")
    assert (customer.done(on_file.FindOnFile), customer.at) == (1, "contact.contact_channel")


def test_my_account_has_the_same_notice() -> None:
    customer = at_home().press("zone:my_account")
    assert customer.heard == ["zone.my_account_status"]
    assert customer.buttons[:2] == ["einvoice:details", "einvoice:activate"]


def test_e_invoices_wished_for_before_the_log_in_come_after_it() -> None:
    assert Driver(seller=BY_NUMBER).want("activate_einvoice").heard[-1] == "einvoice.log_in_first"


def test_where_no_invoice_was_issued_that_is_said() -> None:
    customer = at_home().press("zone:invoices")
    assert (customer.at, customer.heard) == ("zone.zone", ["zone.no_invoices"])


def test_an_invoice_is_told_to_whoever_is_logged_in_and_mailed_where_it_was_asked_for() -> None:
    customer = at_home()
    customer.happen(einvoice.InvoiceIssued(customer.case.account.id or "", INVOICE, "faktury@example.com"))
    assert customer.heard == ["einvoice.invoice_issued"]
    assert einvoice.SendInvoiceNotice("invoice-1", "faktury@example.com") in customer.calls
    stranger = at_home().happen(einvoice.InvoiceIssued("another account", INVOICE, ""))
    assert (stranger.heard, stranger.calls) == ([], [])


def test_an_account_without_email_is_called_by_its_name() -> None:
    assert "10000025" in [say.params.get("email") for say in at_home(email="", user_name="10000025").reply]


def test_a_person_asked_for_without_an_address_asks_for_one() -> None:
    customer = at_home(email="", user_name="10000025").command("agent")
    assert (customer.done(handoff.RequestHuman), customer.at) == (1, "handoff.agent_email")
