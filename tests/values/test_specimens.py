"""Every specimen is taken or refused by the parser of its kind, as its sort says."""

from collections.abc import Callable
from datetime import date

import pytest

from values import country, email, phone, sdi_code, tax_number
from values.address import parse_city, parse_company_name, parse_person_name, parse_postal_code, parse_street
from values.codes import parse_code, parse_customer_number, parse_quantity
from values.kinds import specimens
from values.kinds.date import parse_date
from values.kinds.number import parse_number
from values.kinds.samples import GARBAGE, TOO_LONG
from values.meaning import Expects
from values.offer import parse_discount_code
from values.parsing import Ok, Parsed, ParseRefused

Parser = Callable[[str], Parsed[str] | Parsed[int]]
CASES: list[tuple[Expects, str, Parser]] = [
    (Expects.email, "PL", email.parse),
    (Expects.phone, "PL", lambda t: phone.parse(t, "PL")),
    (Expects.phone, "IT", lambda t: phone.parse(t, "IT")),
    (Expects.tax_number, "PL", lambda t: tax_number.parse(t, "PL")),
    (Expects.tax_number, "IT", lambda t: tax_number.parse(t, "IT")),
    (Expects.tax_number, "EU", lambda t: tax_number.parse(t, "EU")),
    (Expects.postal_code, "PL", lambda t: parse_postal_code(t, "PL")),
    (Expects.postal_code, "IT", lambda t: parse_postal_code(t, "IT")),
    (Expects.contact_code, "PL", parse_code),
    (Expects.customer_number, "PL", parse_customer_number),
    (Expects.company_name, "PL", parse_company_name),
    (Expects.street, "PL", parse_street),
    (Expects.city, "PL", parse_city),
    (Expects.country, "PL", country.parse),
    (Expects.person_name, "PL", parse_person_name),
    (Expects.sdi_code, "IT", sdi_code.parse),
    (Expects.discount_code, "PL", parse_discount_code),
    (Expects.quantity, "PL", parse_quantity),
    (Expects.number, "PL", parse_number),
    (Expects.date, "PL", lambda t: parse_date(t, today=date(2026, 11, 25), locale="pl")),
]
IDS = [f"{kind}-{region}" for kind, region, _ in CASES]


@pytest.mark.parametrize(("kind", "region", "parse"), CASES, ids=IDS)
def test_each_sort_of_specimen_is_judged_as_named(kind: Expects, region: str, parse: Parser) -> None:
    found = specimens(kind, region)
    assert found.valid
    for text in found.valid:
        assert isinstance(parse(text), Ok), text
    for text in (*found.invalid, *found.foreign):
        outcome = parse(text)
        assert isinstance(outcome, ParseRefused), (text, outcome)
        assert outcome.reason.startswith((kind.value, "code.", "email."))


@pytest.mark.parametrize(("kind", "region", "parse"), CASES, ids=IDS)
def test_garbage_never_raises_and_a_normal_form_is_stable(kind: Expects, region: str, parse: Parser) -> None:
    for text in (*GARBAGE, TOO_LONG, "1" * 100_000, "@" * 9000, "+" * 500):
        parse(text)
    for text in specimens(kind, region).valid:
        first = parse(text)
        assert isinstance(first, Ok)
        assert parse(str(first.value)) == first
