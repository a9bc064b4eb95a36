"""The straight way of a sign-up, and its forks, by what became true."""

from dialogs.messages import account, contact
from dialogs.messages.order import PlaceOrder
from tests.dialogs.driver import NOW, Driver, at_the_link, card_filled, contact_proven, ordered, paid, signed_up


def test_a_new_customer_is_taken_from_the_greeting_to_active_e_invoices() -> None:
    customer = paid().press("einvoice:activate")

    assert (customer.at, customer.books.einvoice_status) == ("zone.zone", "active")
    acts = "OpenPage CreateAccount IssueCode CheckCode CheckCodes SaveCompany PlaceOrder OpenPayment BookPayment"
    assert [type(a).__name__ for a in customer.acts] == [*acts.split(), "ActivateEInvoice"]


def test_each_step_of_the_straight_way_is_where_it_is_expected() -> None:
    customer = Driver()
    seen = [customer.at, *(customer.press(payload).at for payload in ("start:buy", "account:new"))]
    seen += [customer.write("jan@example.com").at, customer.happen(account.PasswordSet("page-set_password", "c")).at]
    seen.append(customer.press("consents:required").at)
    seen += [customer.write(text).at for text in ("512000999", "123456", "1234563218")]
    seen.append(customer.press("confirm:yes").at)
    seen.append(customer.happen(contact.EmailProven("jan@example.com", NOW)).at)
    answers = ("auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept", "pay:now")
    seen += [customer.press(payload).at for payload in answers]

    way = """
        account.start account.account account.email account.secure_page account.consents contact.phone
        contact.contact_code company.tax_number company.confirm order.email_link order.auto_renewal order.method
        order.terms order.clauses order.pay payment.payment
    """
    assert seen == way.split()


def test_until_the_address_is_proven_there_is_nothing_to_order() -> None:
    customer = at_the_link().press("auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept", "pay:now")

    assert customer.at == "order.email_link"
    assert (customer.card, customer.case.order.pay, customer.done(PlaceOrder)) == (None, None, 0)


def test_back_goes_answer_by_answer_before_any_act() -> None:
    customer = Driver().press("start:buy", "account:new").write("jan@example.com")

    assert customer.command("back").at == "account.email"
    assert customer.command("back").at == "account.account"
    assert customer.command("back").at == "account.start"
    assert customer.command("back").at == "account.start"
    assert customer.said[-1] == "kit.back_first"


def test_the_stage_says_how_far_one_is_and_nothing_where_there_is_no_way() -> None:
    customer = Driver()
    stages = [stage(customer), *(stage(customer.press(payload)) for payload in ("start:buy", "account:new"))]
    assert stages[0] == (0, 0, 0.0)
    stages += [stage(one) for one in (signed_up(), contact_proven(), card_filled(), ordered(), paid())]
    assert [n for n, _, _ in stages[1:]] == [1, 1, 1, 2, 3, 4, 5]
    assert {of for _, of, _ in stages[1:]} == {5}
    shown = [(n - 1 + share) / of for n, of, share in stages[1:]]
    assert shown == sorted(shown)
    assert stage(paid().press("einvoice:activate")) == (6, 5, 0.0), "the end"


def test_whoever_begins_anew_is_on_no_way_until_the_first_answer() -> None:
    customer = contact_proven().command("restart")
    assert (customer.at, stage(customer)) == ("account.start", (0, 0, 0.0)), "though the account stays as it is"
    assert stage(customer.press("start:buy")) == (2, 5, 0.0)


def stage(customer: Driver) -> tuple[int, int, float]:
    """The stage of the open step."""
    ctx = customer.context(customer.case)
    return customer.journey.stage(customer.step, customer.case, ctx)
