"""The customer zone: its pages, what is changed there, and that its buttons stay good."""

from msgspec.structs import replace

from dialogs.explorer.samples import INVOICE, MOMENT
from dialogs.messages.einvoice import InvoiceIssued, SendInvoiceAgain, SendInvoiceNotice
from dialogs.messages.letters import SendNote
from dialogs.messages.payment import SetDefaultMethod
from dialogs.messages.zone import AutoRenewalSet, ChangeNotMade, EndContract, QuoteChange, SetAutoRenewal
from dialogs.order.in_books import is_renewing
from tests.dialogs.driver import NOW, SELLER, Driver, activated, contact_proven, known_company, paid
from tests.kit.narrow import present
from tests.table import table
from values.meaning import Press
from values.money import Money
from values.renewal import Owned
from values.rules import NOTE_ENDING


@table(("page", "words"), [("einvoice", "einvoice.status"), ("my_data", "zone.company_data")])
def test_a_page_is_told_and_the_zone_stays(page: str, words: str) -> None:
    customer = activated().press(f"zone:{page}")

    assert (customer.heard, customer.at) == ([words], "zone.zone")


def test_the_account_is_told_on_a_card_and_the_zone_stays() -> None:
    customer = activated().press("zone:my_account")

    card = present(customer.reply[0].card)
    assert (card.kind, card.params["number"], card.params["email"]) == ("zone", "FS/2026/000001", "jan@example.com")
    assert (customer.heard, customer.at) == ([], "zone.zone")


def test_renewal_isnt_switched_behind_the_companys_data_where_it_is_a_switch_of_its_own() -> None:
    customer = activated().press("my_data:additional")
    assert (customer.heard, customer.at) == (["kit.not_now"], "zone.zone")
    customer.press("confirm:yes")
    assert customer.at == "zone.zone"
    assert not any(isinstance(act, SetAutoRenewal) for act in customer.acts)


@table(("value", "words"), [("no", "zone.renewal_off"), ("yes", "zone.renewal_on")])
def test_auto_renewal_is_switched(value: str, words: str) -> None:
    customer = activated().press("zone:renewal")
    assert customer.at == "zone.auto_renewal"
    customer.press(f"auto_renewal:{value}")

    assert customer.acts[-1] == SetAutoRenewal("account-1", value == "yes", seen=True)
    assert (customer.heard, customer.at) == ([words], "zone.zone")
    assert is_renewing(customer.case.order, customer.context(customer.case)) is (value == "yes")


def test_to_write_that_nothing_is_to_be_renewed_is_enough() -> None:
    """As announcements and receipts say."""
    customer = activated().want("renewal_off")

    assert customer.acts[-1] == SetAutoRenewal("account-1", on=False, seen=True)
    assert (customer.heard, customer.at) == (["zone.renewal_off"], "zone.zone")
    assert customer.want("renewal_off").at == "zone.auto_renewal"


def test_the_other_button_of_an_answered_message_still_acts() -> None:
    customer = activated().press("zone:renewal", "auto_renewal:no", "auto_renewal:yes")

    assert customer.acts[-1] == SetAutoRenewal("account-1", on=True)
    assert customer.heard == ["zone.renewal_on"]


def test_the_button_that_changes_an_answer_under_the_order_opens_its_page() -> None:
    assert activated().press("edit:auto_renewal").at == "zone.auto_renewal"


def test_without_a_subscription_nothing_is_switched() -> None:
    customer = activated().given(SetAutoRenewal, AutoRenewalSet(False, changed=False))
    customer.press("zone:renewal", "auto_renewal:no")

    assert customer.heard == ["zone.no_subscription"]


@table(("first", "second", "renews"), [("here", "here", True), ("other", "here", False), ("other", "other", True)])
def test_only_what_was_switched_renews(first: str, second: str, *, renews: bool) -> None:
    customer = activated()
    orders = {"here": customer.case.order.id, "other": None}
    plan = Owned("subscription-1", "plan", None, MOMENT, auto_renewal=True, order_id=orders[first])
    basic = Owned("subscription-2", "basic", None, MOMENT, order_id=orders[second])  # its money went back: it stays off
    customer.read_books(replace(customer.books, owned=(plan, basic))).press("zone:renewal")

    assert customer.shown["now"] == "mixed"
    assert is_renewing(customer.case.order, customer.context(customer.case)) is renews


def test_invoices_have_a_row_from_the_first_one_on_and_are_told_by_their_kind() -> None:
    customer = activated()
    assert "zone:invoices" not in customer.buttons
    customer.press("zone:invoices")
    assert (customer.heard, customer.at) == (["zone.no_invoices"], "zone.zone")

    customer.happen(InvoiceIssued("account-1", INVOICE, None))
    customer.press("zone:home")
    assert "zone:invoices" in customer.buttons
    correction = replace(INVOICE, id="invoice-2", gross=Money(-8990, "PLN"), due=None)
    customer.happen(InvoiceIssued("account-1", correction, None)).press("zone:invoices")
    assert customer.at == "zone.invoice"
    shown = [customer.press(f"invoice:{one.id}").reply[0].params for one in (correction, INVOICE)]
    assert [(params["kind"], params["to_pay"]) for params in shown] == [("correction", False), ("invoice", True)]


def test_invoices_asked_for_at_another_step_are_told_there() -> None:
    customer = paid()
    customer.read_books(replace(customer.books, invoices=(INVOICE,)))
    at = customer.at
    assert customer.press("zone:invoices").heard[:1] == ["zone.invoice_opened"]
    assert customer.at == at
    assert "own_data.log_in_first" in Driver().press("zone:invoices").heard


def test_an_invoice_is_sent_again_by_its_button_and_in_words() -> None:
    customer = paid()
    assert customer.want("resend_invoice").heard[:1] == ["zone.no_invoice"]
    customer.read_books(replace(customer.books, invoices=(INVOICE,)))
    at = customer.at
    for act in (lambda: customer.want("resend_invoice"), lambda: customer.press(f"zone:resend_invoice:{INVOICE.id}")):
        assert act().heard[:1] == ["zone.invoice_again"]
        assert (customer.reply[0].params["to"], customer.at) == ("a•••@example.com", at)
    assert [call for call in customer.calls if isinstance(call, SendInvoiceNotice)] == [
        SendInvoiceNotice(INVOICE.id, "anna@example.com")
    ] * 2
    held = InvoiceIssued("account-1", INVOICE, "anna@example.com", "too_many")
    customer.given(SendInvoiceAgain, held).want("resend_invoice")
    assert (len(customer.calls), customer.reply[0].params["again"]) == (len(customer.calls), "too_many")


def test_the_default_method_is_changed() -> None:
    customer = activated().press("zone:methods", "method:card")

    assert customer.acts[-1] == SetDefaultMethod("account-1", "card")
    assert (customer.heard, customer.at) == (["zone.method_saved"], "zone.zone")


@table("page", ["renewal", "methods", "my_account", "settings", "payments", "my_data"])
def test_home_again_by_button_by_word_and_by_command(page: str) -> None:
    for go in (lambda c: c.command("back"), lambda c: c.want("back"), lambda c: c.press("zone:home")):
        customer = go(activated().press(f"zone:{page}"))
        assert (customer.at, customer.case.zone.page) == ("zone.zone", None)


EVERY = (
    *("my_account", "einvoice", "my_data", "renewal", "methods", "payments", "settings", "contacts", "consents"),
    *("password", "export", "erase", "log_out", "home"),
)


@table("begin", ["einvoice:activate", "einvoice:later"])
@table("page", ["home", "my_account", "settings", "payments"])
def test_no_more_buttons_than_are_taken_in_at_a_glance(begin: str, page: str) -> None:
    customer = paid().press(begin).press(f"zone:{page}")

    over = ("zone:home", "zone:end", "start:buy")
    options = customer.step.options(customer.case.zone, customer.context(customer.case))
    assert 0 < len([option.payload for option in options if not option.hidden and option.payload not in over]) <= 5
    assert {f"zone:{name}" for name in EVERY} <= set(customer.offers), "all of them are taken"


def test_at_home_back_is_still_the_journey_s() -> None:
    assert activated().command("back").heard == ["kit.act_done.einvoice.activate"]


def test_from_page_to_page_by_the_buttons_of_the_first_message() -> None:
    customer = activated().press("zone:renewal").say(Press("zone:methods"), stale=True)

    assert customer.at == "zone.method"
    assert customer.say(Press("zone:my_account"), stale=True).at == "zone.zone"


@table(
    ("intent", "at"),
    [(intent, "zone.zone") for intent in ("correct_data", "ask_price")]
    + [("renewal_on", "zone.auto_renewal"), ("choose_payment_method", "zone.method")],
)
def test_the_zone_understands_words(intent: str, at: str) -> None:
    assert activated().want(intent).at == at


def test_whoever_leaves_is_asked_once_and_told_by_letter_too() -> None:
    customer = activated().want("cancel_subscription")
    assert (customer.at, customer.done(EndContract)) == ("own_data.end", 0)
    assert customer.press("zone:home").heard == ["own_data.contract_stays"]
    customer.want("cancel_subscription").press("end:term_end")
    assert (customer.heard, customer.done(EndContract)) == (["zone.contract_ends"], 1)
    assert [job.note for job in customer.calls if isinstance(job, SendNote)][-1] == NOTE_ENDING
    assert customer.press("zone:end").heard == ["own_data.ends_anyway"]


def test_the_zone_reminds_of_nothing() -> None:
    assert "silence" not in activated().timers
    assert activated().timer("silence").dropped


def test_without_a_free_version_what_there_is_costs_what_it_costs() -> None:
    customer = paid().want("free_version")
    assert customer.heard == ["zone.no_free_version"]
    assert customer.reply[0].params["prices"] is not None
    assert Driver().want("free_version").heard[-1] == "zone.no_free_version"
    free = replace(SELLER, free_version="free")
    assert Driver(seller=free).want("free_version").heard[-1] == "zone.free_version_where"


def test_who_is_not_logged_in_is_told_so_instead_of_being_shown_an_empty_cart() -> None:
    assert Driver().want("renewal_off").heard[-1:] == ["own_data.log_in_first"]


def test_what_is_bought_already_is_not_renewed_where_another_order_is_begun() -> None:
    customer = contact_proven()
    running = Owned("subscription-1", "standard", None, MOMENT, auto_renewal=True)
    customer.read_books(replace(customer.books, owned=(running,)))
    at = customer.at

    assert customer.want("renewal_off").heard == ["order.running_renews"]
    customer.press("zone:renewal_off")
    assert customer.acts[-1] == SetAutoRenewal("account-1", on=False, seen=True)
    assert (customer.heard[:1], customer.at) == (["zone.renewal_off"], at)


def test_of_several_plans_that_run_it_is_asked_which_is_to_change() -> None:
    customer = activated()
    customer.seller = replace(SELLER, plans=(*SELLER.plans, replace(SELLER.plans[0], id="pro", net=99900)))
    firms = (replace(known_company(), id=f"company-{n}", name=f"Firma {n}") for n in (1, 2))
    terms = (Owned(f"term-{n}", "standard", None, MOMENT, starts_at=NOW, company_id=f"company-{n}") for n in (1, 2))
    customer.read_books(replace(customer.books, owned=tuple(terms), companies=tuple(firms)))
    customer.press("zone:change")
    offered = customer.journey.offered(customer.step, customer.context(customer.case))
    assert [option.params.get("company") for option in offered] == ["Firma 1", "Firma 2", None]
    customer.press("change_which:2")
    assert (customer.at, customer.buttons) == ("zone.change_to", ["change_to:pro", "zone:home"])
    customer.given(QuoteChange, ChangeNotMade("waits")).press("change_to:pro")
    assert customer.acts[-1] == QuoteChange("account-1", "term-2", None, "pro")
    assert (customer.heard[:1], customer.at) == (["zone.change_refused.waits"], "zone.zone")
