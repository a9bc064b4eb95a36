"""A firm's name and a street are taken as they are written: no way to pay, year or code is read out of them."""

from msgspec.structs import replace

from dialogs.state import Company
from tests.bot.conversation.test_whole_addresses import asked
from tests.journeys.teller import Teller
from tests.kit.rows import all_rows
from tests.table import table


def at(locale: str, name: str | None) -> Teller:
    teller = asked("fakturasmart", locale, Company(tax_number="8123456782"))
    teller.case = replace(teller.case, company=replace(teller.case.company, name=name))
    return teller


@all_rows
def test_a_name_made_of_ways_to_pay_years_or_codes_is_the_name(locale: str, name: str) -> None:
    teller = at(locale, None)
    teller.write(name)

    assert (teller.at, teller.case.company.name) == ("company.street", name)
    assert (teller.case.order.method, teller.case.order.years, teller.case.order.discount) == (None, None, None)


@table("street", ["ul. PayPala 3", "ul. START20 4", "ul. 2 Lat 3"])
def test_so_is_a_street(street: str) -> None:
    teller = at("pl", "Firma")
    teller.write(street)

    assert (teller.at, teller.case.company.street) == ("company.postal_code", street)
    assert (teller.case.order.method, teller.case.order.discount) == (None, None)


@table(("locale", "text"), [("pl", "zapłacę BLIKIEM"), ("pl", "kod START20"), ("en", "code START20")])
def test_a_wish_about_the_order_is_no_name(locale: str, text: str) -> None:
    teller = at(locale, None)
    teller.write(text)

    assert (teller.at, teller.case.company.name) == ("company.company_name", None)


def test_neither_is_a_call_for_a_person_written_large() -> None:
    teller = at("pl", None)
    teller.write("CHCĘ ROZMAWIAĆ Z KONSULTANTEM")

    assert teller.case.company.name is None
