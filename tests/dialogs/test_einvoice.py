"""E-invoices: pressed, put off, refused, sent elsewhere; switched by the seller."""

from dialogs.messages.account import LoggedIn
from dialogs.messages.einvoice import (
    ActivateEInvoice,
    ChangeInvoiceEmail,
    EInvoiceRefused,
    EInvoiceSwitched,
    InvoiceEmailChanged,
)
from dialogs.messages.letters import SendNote
from tests.dialogs import driver
from tests.table import table
from values.rules import NOTE_INVOICE_EMAIL

#: The consent as the button gives it.
EINVOICE = driver.SELLER.document("einvoice").accepted("pl", driver.NOW, "button")
#: The straight way is at its end: whether it helped is asked once.
END = "feedback.end"


def test_pressing_the_button_activates_for_the_accounts_e_mail() -> None:
    customer = driver.paid().press("einvoice:activate")

    assert customer.acts[-1] == ActivateEInvoice("account-1", "jan@example.com", (EINVOICE,))
    assert (customer.heard, customer.at) == (["einvoice.active", END], "zone.zone")


def test_details_are_told_and_the_question_stays() -> None:
    customer = driver.paid().press("einvoice:details")

    assert (customer.heard, customer.at) == (["einvoice.details"], "einvoice.einvoice")


def test_put_off_and_activated_from_the_zone() -> None:
    customer = driver.paid().press("einvoice:later")
    assert (customer.heard, customer.at) == (["einvoice.put_off", END], "zone.zone")
    assert "einvoice:activate" in customer.offers
    customer.press("einvoice:activate")

    assert (customer.books.einvoice_status, customer.at) == ("active", "zone.zone")
    assert "einvoice:activate" not in customer.offers


def test_activated_from_the_zone_by_words() -> None:
    customer = driver.paid().press("einvoice:later").want("activate_einvoice")
    assert customer.books.einvoice_status == "off", "what is only likely meant binds nobody"
    assert customer.press("einvoice:activate").books.einvoice_status == "active"


def test_where_the_seller_confirms_it_is_requested_first() -> None:
    customer = driver.paid().given(ActivateEInvoice, EInvoiceSwitched("requested", "jan@example.com"))
    customer.press("einvoice:activate")
    assert (customer.heard, customer.at) == (["einvoice.requested", END], "zone.zone")

    customer.hear(EInvoiceSwitched("active", "jan@example.com"))
    assert customer.heard == ["einvoice.active"]
    assert customer.decide(EInvoiceSwitched("requested", "jan@example.com")).says == (), "they are active since"


def test_switched_off_by_the_seller_it_may_be_activated_again() -> None:
    customer = driver.activated().hear(EInvoiceSwitched("off", "jan@example.com"))

    assert customer.heard == ["einvoice.off"]
    assert customer.press("einvoice:activate").books.einvoice_status == "active"


@table("reason", ["no_company", "not_paid"])
def test_refused_it_is_a_persons_affair_and_may_be_tried_again(reason: str) -> None:
    customer = driver.paid().given(ActivateEInvoice, EInvoiceRefused(reason)).press("einvoice:activate")

    assert customer.heard == [f"einvoice.refused.{reason}"]
    assert {"/agent", "einvoice:activate"} <= set(customer.buttons)
    assert customer.at == "zone.zone"


def test_another_address_before_the_activation_is_saved() -> None:
    customer = driver.paid().press("edit:invoice_email")
    assert customer.at == "einvoice.invoice_email"
    customer.write("faktury@example.com")
    assert customer.acts[-1] == ChangeInvoiceEmail("account-1", "faktury@example.com")
    assert (customer.heard, customer.at) == (["einvoice.email_noted"], "einvoice.einvoice")
    assert customer.books.einvoice_status == "off", "the address alone switches nothing on"

    saved = "faktury@example.com"
    assert customer.press("einvoice:activate").acts[-1] == ActivateEInvoice("account-1", saved, (EINVOICE,), saved)


def test_another_address_from_the_zone_is_told_to_the_service() -> None:
    customer = driver.activated().press("zone:einvoice", "edit:invoice_email").write("faktury@example.com")

    assert customer.acts[-1] == ChangeInvoiceEmail("account-1", "faktury@example.com", "jan@example.com")
    assert customer.heard == ["einvoice.email_changed"]
    assert customer.reply[0].params["login"] == "jan@example.com", "which of the two e-mails it is is said"
    assert "edit:email" in customer.buttons, "the other one is a press away"
    assert (customer.at, customer.books.einvoice_email) == ("zone.zone", "faktury@example.com")


def test_the_address_that_invoices_went_to_is_told_of_another() -> None:
    customer = driver.activated().given(ChangeInvoiceEmail, InvoiceEmailChanged("new@example.com", "jan@example.com"))
    customer.press("zone:einvoice", "edit:invoice_email").write("new@example.com")

    assert customer.calls[-1] == SendNote(NOTE_INVOICE_EMAIL, "account-1", "jan@example.com", at=customer.now)


def test_another_address_that_cannot_be_read_leaves_the_old() -> None:
    customer = driver.activated().press("edit:invoice_email").write("faktury.example.com")
    assert customer.heard == ["refused.email.missing_at"]

    assert customer.command("back").at == "zone.zone"
    assert customer.books.einvoice_email == "jan@example.com"


def test_before_the_purchase_it_is_told_when_it_comes() -> None:
    assert driver.contact_proven().want("activate_einvoice").heard == ["einvoice.comes_later"]


def test_an_account_with_a_paid_order_is_asked_after_log_in() -> None:
    customer = driver.Driver().press("start:log_in")
    customer.hear(
        LoggedIn(driver.known_account(company=driver.known_company(), orders=(driver.known_order("paid", "paid"),)))
    )

    assert customer.at == "einvoice.einvoice"


def test_back_stops_at_active_e_invoices_and_offers_their_address() -> None:
    customer = driver.activated().command("back")

    assert customer.heard == ["kit.act_done.einvoice.activate"]
    assert "edit:invoice_email" in customer.buttons
