"""A company of another country: its number is taken as its people write it, and its invoices go its own way."""

from msgspec.structs import replace

from dialogs.messages.company import CompanyFound, LookUpCompany, SaveCompany
from tests.dialogs.driver import BURSZTYN, SELLER, Driver, contact_proven
from tests.table import table
from values.rules import CompanyRules

UNION = replace(SELLER, company=CompanyRules(vatin=True, sdi=True))
PARTITA_IVA, FRENCH = "12345670363", "FR44732829320"


def asked() -> Driver:
    customer = contact_proven().given(LookUpCompany, CompanyFound(BURSZTYN, "vies"))
    customer.seller = UNION
    return customer


@table("typed", [PARTITA_IVA, f"Partita IVA {PARTITA_IVA}", f"P. IVA: {PARTITA_IVA}", "IT12345670363"])
def test_a_partita_iva_is_taken_as_italians_write_it(typed: str) -> None:
    customer = asked().write(typed)
    assert (customer.at, customer.case.company.tax_number) == ("company.confirm", "IT12345670363")
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
