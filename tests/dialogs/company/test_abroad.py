"""A company of another country: its number is taken as its people write it, and its invoices go its own way."""

from msgspec.structs import replace

from dialogs.company.data import buyer, find_seat_country
from dialogs.messages.company import CompanyFound, LookUpCompany, SaveCompany
from dialogs.state import CompanyData
from tests.dialogs.driver import BURSZTYN, SELLER, Driver, contact_proven
from tests.table import table
from values.country import Country
from values.rules import CompanyRules

PARTITA_IVA, FRENCH = "12345670363", "FR44732829320"


def asked() -> Driver:
    customer = contact_proven().given(LookUpCompany, CompanyFound(BURSZTYN, "vies"))
    customer.seller = replace(SELLER, company=CompanyRules(vatin=True, sdi=True))
    return customer


@table("typed", [PARTITA_IVA, f"Partita IVA {PARTITA_IVA}", f"P. IVA: {PARTITA_IVA}", "IT12345670363"])
def test_a_partita_iva_is_taken_as_italians_write_it(typed: str) -> None:
    customer = asked().write(typed)
    assert (customer.at, customer.firm.tax_number) == ("company.confirm", "IT12345670363")
    assert customer.shown["country"].code == "IT"  # type: ignore[union-attr]


def test_an_italian_company_is_asked_for_the_codice_destinatario() -> None:
    customer = asked().write(PARTITA_IVA).press("confirm:yes")
    assert customer.at == "company.sdi_code"
    customer.write("M5UXCR1")

    assert saved(customer).delivery == "M5UXCR1"


@table(("number", "country"), [(FRENCH, "FR"), ("1234563218", "PL")])
def test_no_other_company_is_and_has_the_code_for_abroad(number: str, country: str) -> None:
    customer = asked().write(number).press("confirm:yes")

    assert (saved(customer).country, saved(customer).delivery) == (country, "XXXXXXX")
    assert customer.at == "order.auto_renewal"


def test_a_number_put_right_later_changes_country_and_delivery() -> None:
    customer = asked().write(FRENCH).press("confirm:yes")
    customer.correct("tax_number", PARTITA_IVA).press("confirm:yes").write("M5UXCR1")
    assert (saved(customer).country, saved(customer).delivery) == ("IT", "M5UXCR1")
    customer.correct("tax_number", FRENCH).press("confirm:yes")

    assert (saved(customer).country, saved(customer).delivery) == ("FR", "XXXXXXX")


def saved(customer: Driver) -> SaveCompany:
    return next(act for act in reversed(customer.acts) if isinstance(act, SaveCompany))


def test_a_polish_number_with_a_seat_abroad_keeps_its_seat_and_its_tax() -> None:
    berlin = CompanyData("Muster GmbH", "Hauptstraße 12", "10115", "Berlin", "DE")
    customer = contact_proven().given(LookUpCompany, CompanyFound(berlin, "mf")).write("1234563218")
    assert (customer.at, customer.shown["country"]) == ("company.confirm", Country("DE"))
    assert (customer.shown["abroad"], customer.shown["seated"]) == (False, True), "its number is a NIP all the same"
    customer.correct("postal_code", "D-10117")
    assert customer.firm.postal_code == "10117"
    customer.press("confirm:yes")

    assert (saved(customer).country, saved(customer).data.country) == ("DE", "DE")
    assert find_seat_country(customer.firm, customer.context(customer.case)) == "DE"
    assert buyer(customer.firm, customer.context(customer.case)).country == "PL"


def test_an_address_that_the_register_leaves_whole_is_asked_for_by_its_country() -> None:
    london = CompanyData("Muster Ltd", "1 High Street, London", "", "", "GB")
    customer = contact_proven().given(LookUpCompany, CompanyFound(london, "mf")).write("1234563218")
    assert customer.at == "company.postal_code"
    customer.write("SW1A 1AA", "London")
    assert (customer.firm.postal_code, customer.firm.country) == ("SW1A 1AA", "GB")
