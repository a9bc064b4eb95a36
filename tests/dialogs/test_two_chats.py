"""A conversation whose copy of the account is older than the books: what is asked again, and what it then takes."""

import pytest
from msgspec.structs import replace

from dialogs.messages.company import SaveCompany
from dialogs.messages.einvoice import ActivateEInvoice, ChangeInvoiceEmail, InvoiceEmailChanged
from dialogs.messages.order import PlaceOrder
from dialogs.messages.zone import AutoRenewalSet, SetAutoRenewal
from dialogs.state import ConversationState
from dialogs.versions import dump, load
from tests.dialogs.driver import activated, known_account, known_company, paid

THEIRS, OURS = "theirs@example.com", "jan@example.com"


def test_a_company_changed_by_both_is_shown_with_what_is_changed_here_alone() -> None:
    customer = activated().press("edit:street").write("ul. Inna 5").press("edit:city").write("Sopot")
    theirs = replace(customer.books.companies[0], street="ul. Nowa 77")
    customer.read_books(replace(customer.books, company=theirs, companies=(theirs,))).press("confirm:yes")
    assert (customer.at, customer.heard) == ("company.confirm", ["company.changed_meanwhile"])
    company = customer.firm
    assert (company.street, company.city) == ("ul. Nowa 77", "Sopot")
    customer.press("confirm:yes")
    [first, second] = [act for act in customer.acts if isinstance(act, SaveCompany)][-2:]
    assert (first.seen, second.seen) != (None, None)
    assert first.seen is not None
    assert second.seen is not None
    assert (first.seen.data.street, second.seen.data.street) == ("ul. Długa 12/4", "ul. Nowa 77")
    assert customer.at == "zone.zone"


def test_an_activation_for_another_address_is_asked_again() -> None:
    customer = (
        paid().given(ActivateEInvoice, InvoiceEmailChanged(THEIRS, OURS, meanwhile=True)).press("einvoice:activate")
    )
    assert (customer.at, customer.heard) == ("einvoice.einvoice", ["einvoice.changed_meanwhile"])
    assert customer.reply[0].params == {"email": THEIRS, "here": OURS}
    customer.press("einvoice:activate")
    [_, again] = [act for act in customer.acts if isinstance(act, ActivateEInvoice)]
    assert (again.email, again.seen) == (THEIRS, THEIRS)


def test_an_address_that_is_written_again_is_meant() -> None:
    customer = activated().given(ChangeInvoiceEmail, InvoiceEmailChanged(THEIRS, "mine@example.com", meanwhile=True))
    customer.press("zone:einvoice", "edit:invoice_email").write("mine@example.com")
    assert (customer.heard, customer.books.einvoice_email) == (["einvoice.changed_meanwhile"], THEIRS)
    customer.press("edit:invoice_email").write("mine@example.com")
    assert customer.acts[-1] == ChangeInvoiceEmail("account-1", "mine@example.com", THEIRS)


def test_a_conversation_of_an_earlier_release_takes_status_and_address_from_the_books() -> None:
    customer = activated()
    of_old = {"choice": "activate", "email": OURS, "status": "active", "seen": OURS}
    customer.case = load({**dump(customer.case), "einvoice": of_old})
    customer.read_books(replace(customer.books, einvoice_status="off", einvoice_email=THEIRS)).press("zone:einvoice")
    assert (customer.reply[0].params["status"], customer.reply[0].params["email"]) == ("off", THEIRS)
    assert customer.done(ActivateEInvoice) == 1, "a consent that was given before is given for nothing new"
    customer.press("edit:invoice_email").write("mine@example.com")
    assert customer.acts[-1] == ChangeInvoiceEmail("account-1", "mine@example.com", THEIRS)


@pytest.mark.parametrize("meanwhile", [True, False])
def test_renewal_switched_off_elsewhere_is_asked_again(meanwhile: bool) -> None:
    customer = activated().given(SetAutoRenewal, AutoRenewalSet(not meanwhile, changed=True, meanwhile=meanwhile))
    customer.press("zone:renewal", "auto_renewal:yes")
    assert customer.at == ("zone.auto_renewal" if meanwhile else "zone.zone")
    assert customer.heard == ["zone.renewal_meanwhile" if meanwhile else "zone.renewal_on"]


def test_what_is_typed_stays_while_the_books_are_read() -> None:
    customer = activated().press("edit:street").write("ul. Inna 5")
    before: ConversationState = customer.case
    view = known_account(id="account-1", companies=(replace(known_company(), id="company-1"),))
    customer.read_books(view).command("repeat")
    assert customer.case.company == before.company
    customer.press("confirm:yes").read_books(view).command("repeat")
    assert customer.firm.street == "ul. Stara 1"
    assert PlaceOrder in map(type, customer.acts)
