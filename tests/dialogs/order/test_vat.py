"""VAT in the chat: reverse charge for companies abroad that VIES has confirmed, and what is told until it has."""

from datetime import timedelta

from msgspec.structs import replace

from dialogs.messages.account import LoggedIn, PasswordSet
from dialogs.messages.company import (
    CompanyFound,
    CompanyUnknown,
    LookUpCompany,
    LookUpCompanyLater,
    RegisterSilent,
    SaveCompany,
    SetCheck,
)
from dialogs.messages.order import OrderRefused, PlaceOrder
from dialogs.state import CompanyData
from tests.dialogs.driver import NOW, SELLER, Driver, known_account, known_company, known_order
from tests.kit.narrow import a
from tests.table import table
from values.money import Money, Vat, VatRules
from values.rules import CompanyRules

ABROAD = replace(SELLER, company=CompanyRules(vatin=True), vat=VatRules("PL5260250274", reverse_charge=True))
PORT = CompanyData("Atelier du Port SARL", "12 quai des Chartrons", "33000", "Bordeaux")
PASSWORD = PasswordSet("page-set_password", "credential-1")
NUMBER = "FR44732829320"
CHECKED = CompanyFound(PORT, "vies", NOW, "WAPI0001")
REVERSE_CHARGE = Vat(0, "reverse_charge", "FR", NUMBER, NOW, "WAPI0001")


def company_abroad(outcome: CompanyFound | CompanyUnknown | RegisterSilent = CHECKED) -> Driver:
    """A customer whose French company was looked up with this outcome; a later look-up is under way if it failed."""
    customer = Driver(ABROAD).holding(LookUpCompanyLater).given(LookUpCompany, outcome)
    customer.press("start:buy", "account:new").write("jan@example.com")
    customer.happen(PASSWORD).press("consents:required").write("512 000 999", "123456", NUMBER)
    if not isinstance(outcome, CompanyFound):
        customer.write(PORT.name, PORT.street, PORT.postal_code, PORT.city)
    return customer.prove_email().press("confirm:yes")


def company_at_home() -> Driver:
    customer = Driver(ABROAD).press("start:buy", "account:new").write("jan@example.com")
    return customer.happen(PASSWORD).press("consents:required").write("512 000 999", "123456", "1234563218")


def card_filled_in(customer: Driver) -> Driver:
    """… who has answered all that the card asks for."""
    return customer.press("auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept")


def test_vies_alone_is_asked_where_the_buyer_is_to_account_for_the_vat() -> None:
    customer = company_abroad()
    assert next(call for call in customer.calls if isinstance(call, LookUpCompany)).trade
    assert not next(call for call in company_at_home().calls if isinstance(call, LookUpCompany)).trade


def test_a_confirmed_number_is_not_charged_vat_and_the_order_says_why() -> None:
    customer = card_filled_in(company_abroad())
    assert customer.at == "order.pay"
    shown = customer.shown
    assert (shown["net"], shown["vat"], shown["gross"]) == (Money(29900, "PLN"), Money(0, "PLN"), Money(29900, "PLN"))
    assert (shown["vat_reason"], shown["vat_number"], shown["vat_checked"]) == ("reverse_charge", NUMBER, NOW)

    customer.press("pay:now")
    assert customer.case.order.tax == REVERSE_CHARGE
    saved = next(act for act in customer.acts if isinstance(act, SaveCompany))
    assert (saved.vat_checked_at, saved.vat_check_id) == (NOW, "WAPI0001")


def test_a_company_at_home_pays_the_sellers_own_rate() -> None:
    customer = card_filled_in(company_at_home().prove_email().press("confirm:yes"))
    assert (customer.at, customer.shown["vat_reason"], customer.shown["vat_percent"]) == ("order.pay", "home", 23)


def test_while_vies_hasnt_answered_nothing_is_charged_in_silence() -> None:
    customer = card_filled_in(company_abroad(RegisterSilent()))

    assert (customer.at, customer.shown["vat_reason"]) == ("order.vat_check", "unconfirmed")
    assert customer.shown["waiting"] is False
    assert customer.offers == ["vat_check:wait", "vat_check:charge"]
    assert customer.press("vat_check:charge").at == "order.pay"
    assert (customer.shown["vat_reason"], customer.shown["gross"]) == ("unconfirmed", Money(36777, "PLN"))


def test_who_waits_is_told_and_buys_without_vat() -> None:
    customer = card_filled_in(company_abroad(RegisterSilent())).press("vat_check:wait")
    assert (customer.at, customer.offers, customer.shown["waiting"]) == ("order.vat_check", ["vat_check:charge"], True)
    assert customer.called(LookUpCompanyLater) == 1, "it is being asked already"

    customer.answer(LookUpCompanyLater, CHECKED)
    assert customer.heard == ["order.vat_confirmed"]
    assert (customer.at, customer.shown["vat_reason"]) == ("order.pay", "reverse_charge")
    [check] = [act for act in customer.acts if isinstance(act, SetCheck)]
    assert replace(check, data=None) == SetCheck("company-1", "verified", NOW, "WAPI0001")


@table(
    ("before", "after", "words", "reason"),
    [
        (RegisterSilent(), CompanyFound(CompanyData("", "", "", ""), "vies", NOW), "confirmed", "reverse_charge"),
        (CompanyUnknown(), CompanyUnknown(), "refused", "unconfirmed"),
    ],
)
def test_vies_may_keep_the_name_back_and_a_number_that_it_refuses_is_charged(
    before: RegisterSilent | CompanyUnknown, after: CompanyFound | CompanyUnknown, words: str, reason: str
) -> None:
    customer = card_filled_in(company_abroad(before)).press("vat_check:wait").answer(LookUpCompanyLater, after)

    assert (customer.heard, customer.at) == ([f"order.vat_{words}"], "order.pay")
    assert (customer.shown["vat_reason"], customer.shown["vat_number"]) == (reason, NUMBER)


def test_refused_before_it_is_asked_the_card_says_it() -> None:
    customer = company_abroad(CompanyUnknown()).answer(LookUpCompanyLater, CompanyUnknown())

    assert card_filled_in(customer).at == "order.pay"
    assert customer.shown["vat_reason"] == "unconfirmed"


def test_vies_away_for_good_is_no_dead_end() -> None:
    customer = card_filled_in(company_abroad(RegisterSilent())).press("vat_check:wait")
    customer.answer(LookUpCompanyLater, RegisterSilent())

    assert customer.heard == ["order.vat_silent"]
    assert (customer.at, customer.offers) == ("order.vat_check", ["vat_check:wait", "vat_check:charge"])
    assert customer.press("vat_check:wait").called(LookUpCompanyLater) == 2
    assert customer.press("vat_check:charge").at == "order.pay"


def test_confirmed_between_press_and_order_the_new_sum_is_agreed_to_anew() -> None:
    customer = card_filled_in(company_abroad(RegisterSilent())).press("vat_check:charge")
    customer.answer(LookUpCompanyLater, CHECKED)

    assert (customer.heard, customer.at) == (["order.vat_confirmed"], "order.pay")
    customer.press("pay:now")
    placed = a(PlaceOrder, customer.acts[-2] if not isinstance(customer.acts[-1], PlaceOrder) else customer.acts[-1])
    assert placed.price.gross == Money(29900, "PLN")


def test_an_order_that_stands_isnt_changed_by_a_later_answer() -> None:
    customer = card_filled_in(company_abroad(RegisterSilent()))
    customer.press("vat_check:charge", "pay:now").answer(LookUpCompanyLater, CHECKED)

    shown = customer.want("ask_price").reply[-1].params
    assert (shown["gross"], shown["vat_reason"]) == (Money(36777, "PLN"), "unconfirmed")


def test_another_number_asks_anew() -> None:
    customer = card_filled_in(company_abroad(RegisterSilent())).press("vat_check:charge")
    assert customer.case.order.vat == "charge"
    customer.correct("tax_number", "DE136695976")
    assert customer.case.order.vat is None


def test_a_company_known_from_before_this_is_asked_after() -> None:
    """Verified when nobody kept the time of it."""
    known = replace(known_company(), country="FR", tax_number=NUMBER, source="vies")
    customer = Driver(ABROAD).holding(LookUpCompanyLater).press("start:log_in")
    customer.happen(LoggedIn(known_account(company=known)))
    customer = card_filled_in(customer.press("start:buy", "confirm:yes"))
    assert customer.at == "order.vat_check"
    assert customer.press("vat_check:wait").called(LookUpCompanyLater) == 1
    same = CompanyData(known.name, known.street, known.postal_code, known.city)
    customer.answer(LookUpCompanyLater, CompanyFound(same, "vies", NOW))
    assert customer.shown["vat_reason"] == "reverse_charge"


def test_after_log_in_a_placed_order_shows_the_vat_it_was_placed_with() -> None:
    view = known_order("placed", "pending", net=29900, vat=0, gross=29900, tax=REVERSE_CHARGE)
    customer = Driver(ABROAD).press("start:log_in")
    customer.happen(LoggedIn(known_account(company=known_company(), orders=(view,))))
    shown = customer.want("ask_price").reply[-1].params
    assert (shown["vat_reason"], shown["vat_percent"]) == ("reverse_charge", 0)


def test_the_books_that_disagree_leave_no_circle() -> None:
    customer = card_filled_in(company_abroad())
    customer.once(PlaceOrder, OrderRefused("price_changed")).press("pay:now")
    assert customer.at == "company.confirm", "what the books are to know of the company is saved anew"
    customer.press("confirm:yes")
    customer.now += timedelta(minutes=1)
    assert customer.press("pay:now").case.order.id == "order-1"
