"""The people's list: valid numbers, and the README shows everybody."""

from pathlib import Path

import pytest
from stdnum.eu import vat
from stdnum.pl import nip, regon

import sandbox
from sandbox.people import PeopleCompany, load_people
from tests.kit.narrow import present

PEOPLE = load_people()
README = Path(sandbox.__file__).with_name("README.md").read_text("utf-8")


@pytest.mark.parametrize("company", PEOPLE.companies, ids=lambda company: company.shows)
def test_every_number_checks(company: PeopleCompany) -> None:
    assert vat.is_valid(company.country + company.vat_digits)
    assert not company.nip or nip.is_valid(company.nip)
    assert not company.regon or regon.is_valid(company.regon)


def test_the_readme_shows_everybody() -> None:
    shown = [company.nip or company.partita_iva or company.vat_number for company in PEOPLE.companies]
    shown += [value for person in PEOPLE.customers for value in (person.customer_number, person.phone, person.email)]
    shown += [program.serial for person in PEOPLE.customers for program in person.programs]
    shown += [discount.code for discount in PEOPLE.discounts]
    shown += [refused.phone or refused.email for refused in PEOPLE.refused]
    assert [value for value in shown if value not in README] == []


def test_companies_are_found_by_each_of_their_numbers() -> None:
    amber = present(PEOPLE.company_by_nip("1234563218"))
    assert PEOPLE.company_by_regon("123456785") is PEOPLE.company_by_regon("12345678512347") is amber
    assert PEOPLE.company_by_krs("123456") is PEOPLE.company_by_vat("PL", "1234563218") is amber
    assert PEOPLE.company_by_nip("") is PEOPLE.company_by_regon("") is PEOPLE.company_by_vat("IT", "") is None
    assert PEOPLE.company_by_krs("") is None
