"""A company without a tax number: where the profile takes that, it says so and types its data; elsewhere it can't."""

from msgspec.structs import replace

from dialogs.kit import Corrected
from dialogs.messages.company import CompanyFound, LookUpCompany, LookUpCompanyLater, RegisterSilent, SaveCompany
from dialogs.messages.handoff import AgentTook
from dialogs.order.costs import tax_of
from dialogs.state import CompanyData
from tests.dialogs.driver import BURSZTYN, SELLER, Driver, contact_proven
from values.money import VatRules
from values.rules import CompanyRules

OPTIONAL = replace(SELLER, company=CompanyRules(number_optional=True))
TYPED = CompanyData("Anna Nowak", "Długa 12", "80-831", "Gdańsk")


def asked() -> Driver:
    """A customer whose tax number is asked for, of a seller who can do without."""
    customer = contact_proven()
    customer.seller = OPTIONAL
    return customer


def typed() -> Driver:
    return asked().press("tax_number:none", "country:pl").write(TYPED.name, TYPED.street, TYPED.postal_code, TYPED.city)


def test_who_has_no_number_types_the_data_and_no_register_is_asked() -> None:
    customer = asked()
    assert customer.offers == ["tax_number:none"]
    customer.press("tax_number:none")
    assert (customer.at, customer.heard) == ("company.country", ["company.no_number"])
    customer.press("country:pl")
    customer.write(TYPED.name, TYPED.street, TYPED.postal_code, TYPED.city)
    assert (customer.at, customer.shown["tax_number"]) == ("company.confirm", None)
    customer.press("confirm:yes")

    assert customer.acts[-1] == SaveCompany("account-1", "PL", "", TYPED, "customer", "not_found")
    assert customer.called(LookUpCompany) == customer.called(LookUpCompanyLater) == 0
    assert tax_of(customer.case.order, customer.context(customer.case)).percent == SELLER.vat_percent


def test_a_firm_abroad_without_a_number_is_taxed_by_its_country() -> None:
    customer = asked()
    customer.seller = replace(OPTIONAL, vat=VatRules(rates=(("AT", 20),)))
    customer.press("tax_number:none").write("Austria", "Anna Gruber", "Ring 1", "1010", "Wien").press("confirm:yes")

    assert customer.acts[-1] == SaveCompany(
        "account-1", "AT", "", CompanyData("Anna Gruber", "Ring 1", "1010", "Wien"), "customer", "not_found"
    )
    taxed = tax_of(customer.case.order, customer.context(customer.case))
    assert (taxed.percent, taxed.reason, taxed.country) == (20, "destination", "AT")


def test_a_country_without_a_rate_is_told_and_a_person_offered() -> None:
    customer = asked().press("tax_number:none").write("Niemcy")
    assert (customer.at, customer.heard) == ("company.country", ["company.no_rate"])
    assert [option.payload for option in customer.reply[-1].options] == ["/agent"]
    customer.write("Polska")

    assert (customer.at, customer.firm.country) == ("company.company_name", "PL")


def test_the_country_is_put_right_where_the_data_are_shown() -> None:
    customer = typed()
    customer.seller = replace(OPTIONAL, vat=VatRules(rates=(("DE", 19),)))
    customer.press("edit:country").write("Niemcy")
    assert (customer.at, customer.firm.postal_code) == ("company.postal_code", None)
    customer.write("10115").press("confirm:yes")

    assert [act.country for act in customer.acts if isinstance(act, SaveCompany)] == ["DE"]


def test_where_the_seller_demands_a_number_there_is_no_way_past_it() -> None:
    customer = contact_proven()
    assert customer.offers == []
    customer.press("tax_number:none")

    assert customer.at == "company.tax_number"


def test_a_number_found_after_all_is_looked_up_and_one_given_may_be_taken_back() -> None:
    customer = typed().given(LookUpCompany, CompanyFound(BURSZTYN, "mf"))
    customer.press("edit:tax_number").write("1234563218")
    assert (customer.at, customer.firm.name) == ("company.confirm", BURSZTYN.name)
    customer.press("edit:tax_number", "tax_number:none").write("Polska")

    assert (customer.at, customer.firm.source) == ("company.company_name", "customer")


def test_the_registers_late_answer_about_a_number_taken_back_changes_nothing() -> None:
    customer = asked().holding(LookUpCompanyLater).given(LookUpCompany, RegisterSilent()).write("1234563218")
    customer.press("edit:tax_number", "tax_number:none")
    before = customer.case
    customer.hear(CompanyFound(BURSZTYN, "mf"))

    assert customer.case.company == before.company


def test_a_person_at_the_desk_may_say_so_in_the_customers_stead() -> None:
    customer = asked().hear(AgentTook("agent-1", "Anna"))
    customer.hear(Corrected("company.tax_number", "none"))
    assert customer.firm.tax_number == ""

    strict = contact_proven().hear(AgentTook("agent-1", "Anna"))
    strict.hear(Corrected("company.tax_number", "none"))
    assert strict.heard == ["refused.tax_number.no_digits"]
