"""Every specimen is taken or refused by the parser of its kind, as its sort says."""

from collections.abc import Callable

import pytest

from values import (
    address_text,
    code,
    country,
    customer_number,
    discount_code,
    email,
    person_name,
    phone,
    postal_code,
    quantity,
    sdi_code,
    tax_number,
)
from values.expects import Expects
from values.parsed import Ok, Parsed, ParseRefused
from values.specimens import GARBAGE, TOO_LONG, specimens

Parser = Callable[[str], Parsed[str] | Parsed[int]]
CASES: list[tuple[Expects, str, Parser]] = [
    (Expects.email, "PL", email.parse),
    (Expects.phone, "PL", lambda t: phone.parse(t, "PL")),
    (Expects.phone, "IT", lambda t: phone.parse(t, "IT")),
    (Expects.tax_number, "PL", lambda t: tax_number.parse(t, "PL")),
    (Expects.tax_number, "IT", lambda t: tax_number.parse(t, "IT")),
    (Expects.tax_number, "EU", lambda t: tax_number.parse(t, "EU")),
    (Expects.postal_code, "PL", lambda t: postal_code.parse(t, "PL")),
    (Expects.postal_code, "IT", lambda t: postal_code.parse(t, "IT")),
    (Expects.contact_code, "PL", code.parse),
    (Expects.customer_number, "PL", customer_number.parse),
    (Expects.company_name, "PL", address_text.parse_company_name),
    (Expects.street, "PL", address_text.parse_street),
    (Expects.city, "PL", address_text.parse_city),
    (Expects.country, "PL", country.parse),
    (Expects.person_name, "PL", person_name.parse),
    (Expects.sdi_code, "IT", sdi_code.parse),
    (Expects.discount_code, "PL", discount_code.parse),
    (Expects.quantity, "PL", quantity.parse),
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
