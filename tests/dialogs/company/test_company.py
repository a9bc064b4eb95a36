"""The company: found, unknown, silent, late; each of its data changed, before the order and long after."""

from typing import Any

from msgspec.structs import fields, replace

from dialogs.company.company import dialog
from dialogs.company.data import list_edit_buttons
from dialogs.explorer.samples import MOMENT
from dialogs.kit import Context
from dialogs.messages.account import LoggedIn
from dialogs.messages.company import (
    CompanyFound,
    CompanyPicked,
    CompanySeen,
    CompanyUnknown,
    LookUpCompany,
    LookUpCompanyLater,
    RegisterSilent,
    SaveCompany,
    SetCheck,
)
from dialogs.messages.order import OrderRefused, PlaceOrder
from dialogs.state import Company, CompanyData, ConversationState
from tests.dialogs.driver import (
    BURSZTYN,
    SELLER,
    Driver,
    activated,
    card_filled,
    contact_proven,
    known_account,
    known_company,
    paid,
)
from tests.table import table
from values.account_view import answers
from values.consent import Consent
from values.meaning import Intent, Press
from values.rules import CompanyRules

MOVED = CompanyData("Pracownia Bursztyn sp. z o.o.", "ul. Nowa 1", "80-001", "Gdańsk")
TYPED = CompanyData("Bursztyn", "Długa 12", "80-831", "Gdańsk")


def looked_up(event: Any) -> Driver:
    return contact_proven().holding(LookUpCompanyLater).given(LookUpCompany, event).write("1234563218")


def typed(event: Any) -> Driver:
    return looked_up(event).write(TYPED.name, TYPED.street, TYPED.postal_code, TYPED.city)


def test_the_registers_data_are_shown_and_saved_as_they_are() -> None:
    customer = looked_up(CompanyFound(BURSZTYN, "mf"))
    assert (customer.at, customer.shown["street"]) == ("company.confirm", "ul. Długa 12/4")
    customer.press("confirm:yes")
    assert customer.acts[-1] == SaveCompany("account-1", "PL", "1234563218", BURSZTYN, "mf", "verified")
    assert customer.heard == ["company.saved"]


def test_where_ordering_confirms_only_what_a_register_has_not_said_whole_is_asked_about() -> None:
    ordering = replace(SELLER, company=replace(SELLER.company, confirm="order"))
    customer = contact_proven(ordering).write("1234563218")
    assert (customer.at, customer.done(SaveCompany)) == ("order.auto_renewal", 1)
    assert customer.press("edit:street").write("ul. Nowa 7").at == "company.confirm"
    withheld = contact_proven(ordering).given(LookUpCompany, CompanyFound(replace(BURSZTYN, street=""), "mf"))
    assert withheld.write("1234563218").write("ul. Nowa 7").at == "company.confirm"


def test_what_the_account_keeps_is_saved_with_the_company() -> None:
    """Every slot that is called as an answer of the account, without a command of its own."""
    customer = looked_up(CompanyFound(BURSZTYN, "mf"))
    given = dict.fromkeys(answers(customer.firm), "given")
    customer.case = replace(customer.case, company=replace(customer.case.company, **given))
    [saved] = [act for act in customer.press("confirm:yes").acts if isinstance(act, SaveCompany)]
    assert {name: value for name, value in answers(saved.answers).items() if value is not None} == given
    assert given, "the company dialog asks the legal form"


def test_a_number_with_a_wrong_check_digit_is_refused_before_any_register_is_asked() -> None:
    customer = contact_proven().write("1234563219")
    assert (customer.heard, customer.called(LookUpCompany)) == (["refused.tax_number.checksum"], 0)


@table("event", [CompanyUnknown(), RegisterSilent()])
def test_the_sale_never_waits_for_a_register(event: Any) -> None:
    customer = looked_up(event)
    assert customer.heard == ["company.unknown" if isinstance(event, CompanyUnknown) else "company.register_silent"]
    assert customer.at == "company.company_name"
    customer.write(TYPED.name, TYPED.street, TYPED.postal_code, TYPED.city).press("confirm:yes")

    assert customer.acts[-1] == SaveCompany("account-1", "PL", "1234563218", TYPED, "customer", "pending")
    assert customer.called(LookUpCompanyLater) == 1


def test_while_the_register_is_asked_it_is_told_when_it_takes_longer() -> None:
    customer = contact_proven().holding(LookUpCompany).write("1234563218")
    assert "slow" in customer.timers
    customer.timer("slow")
    assert customer.heard == ["company.lookup.slow"]

    customer.answer(LookUpCompany, CompanyFound(BURSZTYN, "mf"))
    assert customer.timer("slow").dropped


# --- a register's data changed by hand ---


def test_what_is_changed_by_hand_is_the_customers_and_unverified() -> None:
    customer = looked_up(CompanyFound(BURSZTYN, "gus")).correct("street", "ul. Morska 5")
    assert (customer.at, customer.shown["source"]) == ("company.confirm", "customer")
    customer.press("confirm:yes")

    moved = replace(BURSZTYN, street="ul. Morska 5")
    assert customer.acts[-1] == SaveCompany("account-1", "PL", "1234563218", moved, "customer", "pending")


def test_put_back_as_the_register_has_them_they_are_the_registers_again() -> None:
    customer = looked_up(CompanyFound(BURSZTYN, "gus")).correct("street", "ul. Morska 5").correct("city", "Sopot")
    customer.correct("street", BURSZTYN.street)
    assert customer.shown["source"] == "customer"
    customer.correct("city", BURSZTYN.city).press("confirm:yes")

    assert customer.acts[-1] == SaveCompany("account-1", "PL", "1234563218", BURSZTYN, "gus", "verified")


def test_data_saved_as_the_registers_are_the_customers_once_they_are_changed() -> None:
    customer = looked_up(CompanyFound(BURSZTYN, "mf")).press("confirm:yes").correct("city", "Sopot")
    assert (customer.shown["source"], customer.firm.check) == ("customer", "pending")


def test_what_the_register_keeps_to_itself_is_the_customers_and_the_number_stays_verified() -> None:
    customer = looked_up(CompanyFound(CompanyData("", "", "", ""), "vies"))
    customer.write(TYPED.name, TYPED.street, TYPED.postal_code, TYPED.city).press("confirm:yes")
    assert customer.acts[-1] == SaveCompany("account-1", "PL", "1234563218", TYPED, "customer", "verified")


def test_what_is_struck_off_isnt_verified_by_a_change() -> None:
    customer = looked_up(CompanyFound(BURSZTYN, "gus", struck_off="business")).correct("city", "Sopot")
    assert customer.firm.check == "not_found"


# --- a late answer ---


def test_a_late_answer_that_agrees_only_verifies() -> None:
    customer = typed(RegisterSilent()).press("confirm:yes").answer(LookUpCompanyLater, CompanyFound(TYPED, "gus"))
    assert customer.acts[-1] == SetCheck("company-1", "verified", data=TYPED)
    assert (customer.at, customer.heard) == ("order.auto_renewal", [])


def test_a_late_answer_that_differs_is_offered_where_data_are_confirmed() -> None:
    customer = typed(RegisterSilent()).press("confirm:yes", "auto_renewal:yes", "method:blik")
    customer.answer(LookUpCompanyLater, CompanyFound(MOVED, "gus"))
    assert (customer.at, customer.heard) == ("company.confirm", ["company.found_late"])
    assert (customer.shown["street"], customer.shown["offered_street"]) == ("Długa 12", "ul. Nowa 1")
    customer.press("confirm:register")

    saved = SaveCompany("account-1", "PL", "1234563218", MOVED, "gus", "verified")
    assert customer.acts[-1] == replace(saved, seen=CompanySeen(TYPED, None, None))
    assert customer.at == "order.terms"


def test_the_customer_knows_better_than_the_register() -> None:
    customer = typed(CompanyUnknown()).answer(LookUpCompanyLater, CompanyFound(MOVED, "gus")).press("confirm:yes")
    assert customer.acts[-1] == SaveCompany("account-1", "PL", "1234563218", TYPED, "customer", "pending")


def test_a_late_answer_in_the_middle_of_typing_fills_in_the_rest() -> None:
    customer = looked_up(RegisterSilent()).write(TYPED.name)
    customer.answer(LookUpCompanyLater, CompanyFound(MOVED, "mf"))
    assert customer.heard == ["company.found_meanwhile"]
    assert (customer.at, customer.firm.street) == ("company.confirm", "ul. Nowa 1")


def test_after_the_order_a_late_answer_only_sets_the_check() -> None:
    customer = typed(RegisterSilent()).press("confirm:yes")
    customer.press("auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept")
    customer.press("pay:now")
    customer.answer(LookUpCompanyLater, CompanyFound(MOVED, "mf"))

    assert customer.acts[-1] == SetCheck("company-1", "pending", data=TYPED)
    assert (customer.firm.street, customer.at) == ("Długa 12", "payment.payment")


def test_a_number_that_no_register_ever_knew_is_noted_for_the_seller() -> None:
    customer = typed(RegisterSilent()).press("confirm:yes").answer(LookUpCompanyLater, CompanyUnknown())

    assert customer.acts[-1] == SetCheck("company-1", "not_found")
    assert customer.heard == []


def test_an_answer_about_the_number_before_is_dropped() -> None:
    customer = typed(RegisterSilent()).given(LookUpCompany, CompanyFound(BURSZTYN, "mf"))
    customer.correct("tax_number", "5260250274").answer(LookUpCompanyLater, CompanyFound(MOVED, "mf"))

    assert customer.dropped
    assert customer.firm.street == "ul. Długa 12/4"


def test_an_answer_for_the_account_before_is_dropped_if_the_new_one_has_a_company() -> None:
    customer = typed(RegisterSilent()).press("confirm:yes").hear(LoggedIn(known_account(company=known_company())))
    customer.answer(LookUpCompanyLater, CompanyFound(MOVED, "mf"))

    assert customer.dropped
    assert customer.firm.street == "ul. Stara 1"


def test_a_late_answer_comes_once_and_asks_no_register_again() -> None:
    customer = typed(CompanyUnknown()).answer(LookUpCompanyLater, CompanyUnknown())

    assert (customer.called(LookUpCompanyLater), customer.heard) == (1, [])


# --- every field but the country ---

FIELDS = {
    "company_name": ("Nowa Nazwa sp. z o.o.", "name"),
    "street": ("ul. Krótka 5", "street"),
    "postal_code": ("31-017", "postal_code"),
    "city": ("Kraków", "city"),
}


@table("right", [Press("confirm:yes"), Intent("affirm", 0.9), Intent("enough", 0.9)])
def test_who_finds_nothing_to_change_after_all_says_so(right: Press | Intent) -> None:
    customer = looked_up(CompanyFound(BURSZTYN, "mf")).press("confirm:edit").say(right)

    assert customer.at not in ("company.edit", "company.confirm")
    assert customer.firm.street == BURSZTYN.street


@table("name", FIELDS)
def test_each_of_the_registers_data_is_changed_by_button(name: str) -> None:
    text, slot = FIELDS[name]
    customer = looked_up(CompanyFound(BURSZTYN, "mf")).press("confirm:edit")
    fields = [f"edit:{field}" for field in ("tax_number", *FIELDS)]
    assert customer.offers == [*fields, "confirm:yes"], "all but the country, and the way out"
    customer.press(f"edit:{name}")
    assert customer.at == f"company.{name}"
    customer.write(text)

    assert customer.at == "company.confirm"
    assert getattr(customer.firm, slot) == text


@table("name", FIELDS)
def test_each_of_the_registers_data_is_changed_in_a_sentence_at_a_later_step(name: str) -> None:
    text, slot = FIELDS[name]
    customer = card_filled().correct(name, text)

    assert (customer.at, customer.heard) == ("company.confirm", ["kit.corrected"])
    assert getattr(customer.firm, slot) == text
    assert customer.case.order.method == "blik", "what doesn't depend on it is kept"
    assert customer.press("confirm:yes").at == "order.pay", "the order is asked for anew"


def test_what_shall_be_changed_may_be_said_in_words_at_the_menu() -> None:
    customer = looked_up(CompanyFound(BURSZTYN, "mf")).press("confirm:edit").correct("city", "Kraków")

    assert (customer.at, customer.firm.city) == ("company.confirm", "Kraków")


def test_back_asks_again_for_what_the_saved_company_was_given_and_the_same_number_keeps_it() -> None:
    rules = replace(SELLER.company, statement=True)
    customer = Driver(replace(SELLER, company=rules, documents=(*SELLER.documents, Consent("statement", "1"))))
    customer.case, customer.stand_in = contact_proven().case, contact_proven().stand_in
    customer.write("1234563218").press("confirm:yes", "statement:accept")
    assert customer.at == "order.auto_renewal"
    ways = [customer.command("back").at for _ in range(3)]

    assert ways == [f"company.{step}" for step in ("statement", "confirm", "tax_number")]
    assert customer.write("1234563218").press("confirm:yes").at == "order.auto_renewal"
    assert customer.done(SaveCompany) == 2


def test_nothing_to_change_after_all() -> None:
    assert looked_up(CompanyFound(BURSZTYN, "mf")).press("confirm:edit").command("back").at == "company.confirm"


def test_another_number_is_another_company() -> None:
    customer = card_filled().given(LookUpCompany, CompanyFound(MOVED, "mf")).correct("tax_number", "5260250274")

    assert (customer.at, customer.firm.street) == ("company.confirm", "ul. Nowa 1")


def test_the_same_number_again_changes_nothing() -> None:
    customer = card_filled().correct("tax_number", "123-456-32-18")

    assert (customer.heard, customer.called(LookUpCompany)) == (["kit.chosen_before"], 1)


def test_data_are_wrong_but_which() -> None:
    customer = card_filled().want("wrong_register_data")

    assert customer.at == "order.pay"
    assert "edit:street" in customer.buttons


# --- after the purchase ---


@table("name", FIELDS)
def test_each_of_the_data_is_changed_from_the_zone_and_back_to_the_zone(name: str) -> None:
    text, slot = FIELDS[name]
    customer = activated().press("zone:my_data")
    assert {f"edit:{field}" for field in ("tax_number", *FIELDS, "invoice_email")} <= set(customer.buttons)
    customer.press(f"edit:{name}").write(text)
    assert customer.at == "company.confirm"
    customer.press("confirm:yes")
    assert customer.at == "zone.zone"
    assert getattr(customer.firm, slot) == text
    assert (customer.done(SaveCompany), customer.done(PlaceOrder)) == (2, 1)


def test_another_company_from_the_zone() -> None:
    customer = activated().given(LookUpCompany, CompanyFound(MOVED, "mf"))
    customer.press("zone:my_data", "edit:tax_number").write("5260250274").press("confirm:yes")
    assert (customer.at, customer.firm.tax_number) == ("zone.zone", "5260250274")


@table("way", ["confirm:keep", "/cancel"])
def test_a_change_from_the_zone_is_given_up(way: str) -> None:
    customer = activated().press("edit:street").write("ul. Krótka 5").press(way)

    assert (customer.at, customer.firm.street) == ("zone.zone", "ul. Długa 12/4")
    assert customer.done(SaveCompany) == 1


def test_another_company_that_no_register_answers_for_is_given_up() -> None:
    customer = activated().given(LookUpCompany, RegisterSilent()).press("edit:tax_number").write("5260250274")
    assert customer.at == "company.company_name"
    customer.command("cancel")

    assert (customer.at, customer.firm.tax_number) == ("zone.zone", "1234563218")


@table("way", ["confirm:keep", "/cancel"])
def test_a_register_answers_too_late_about_another_company_that_was_given_up(way: str) -> None:
    customer = activated().holding(LookUpCompanyLater).given(LookUpCompany, RegisterSilent()).press("edit:tax_number")
    customer.write("5260250274", TYPED.name, TYPED.street, TYPED.postal_code, TYPED.city).press(way)
    customer.answer(LookUpCompanyLater, CompanyFound(MOVED, "gus"))

    assert customer.dropped
    assert (customer.at, customer.firm.street) == ("zone.zone", "ul. Długa 12/4")


def test_the_check_of_a_saved_company_goes_on_after_a_change_that_was_given_up() -> None:
    customer = typed(RegisterSilent()).press("confirm:yes", "edit:street").write("ul. Krótka 5").press("confirm:keep")
    customer.answer(LookUpCompanyLater, CompanyFound(TYPED, "gus"))

    assert customer.acts[-1] == SetCheck("company-1", "verified", data=TYPED)


def test_the_desks_books_know_of_no_confirmation() -> None:
    customer = card_filled().once(PlaceOrder, OrderRefused("company_unconfirmed"))
    customer.press("pay:now")
    assert (customer.heard, customer.at) == (["order.refused.company_unconfirmed"], "company.confirm")

    assert customer.press("confirm:yes", "pay:now").at == "payment.payment"


def test_a_paid_customer_at_the_e_invoice_may_still_change_the_street() -> None:
    assert paid().correct("street", "ul. Krótka 5").press("confirm:yes").at == "einvoice.einvoice"


def test_each_answer_that_may_be_changed_later_has_a_button_in_the_zone() -> None:
    asked: dict[str, Any] = {rule.name: True for rule in fields(CompanyRules) if rule.default is False}
    rules = CompanyRules(**asked)
    firm = ConversationState(company=Company(tax_number="", country="IT"))  # one without a number, in Italy
    ctx = Context(firm, MOMENT, "rest", replace(SELLER, company=rules))
    offered = {option.payload.removeprefix("edit:") for option in list_edit_buttons(ctx)}
    assert offered == {s.name for s in dialog.steps if s.answer.revise == "anew"}, "edits in dialogs/company/data.py"


def test_any_of_several_companies_is_edited_in_the_zone() -> None:
    rules = CompanyRules(products=("nexo", "gt"), statement=True, several=True)
    customer = Driver(replace(SELLER, dialogs=("account", "contact", "company"), company=rules))
    customer.case, customer.stand_in = activated().case, activated().stand_in
    first = replace(known_company(), id="company-1", tax_number="9876543210", name="Pierwsza")
    customer.read_books(replace(customer.books, company=first, companies=(first,)))
    customer.hear(CompanyPicked(first.id))
    assert customer.at == "zone.zone"
    customer.press("zone:my_data", "edit:street").write("ul. Nowa 7").press("confirm:yes")

    saved = next(act for act in reversed(customer.acts) if isinstance(act, SaveCompany))
    assert (saved.tax_number, saved.data.street) == ("9876543210", "ul. Nowa 7")
    assert customer.at == "zone.zone"
