"""Every country of the Union: its numbers are read by its row, nothing else is written down about it."""

import phonenumbers
from stdnum.eu import vat

from tests.kit.rows import all_rows
from tests.table import table
from values import phone, tax_number
from values.address import parse_postal_code
from values.country import RULES
from values.kinds import specimens
from values.meaning import Expects
from values.parsing import Ok, ParseRefused

COUNTRIES = sorted(RULES)


@table("country", COUNTRIES)
def test_its_example_is_right_and_read_with_and_without_letters(country: str) -> None:
    rules = RULES[country]
    kept = rules.example[2:] if rules.bare else rules.example

    assert vat.is_valid(rules.example)
    assert tax_number.parse(rules.example, country) == Ok(kept)
    assert tax_number.parse(rules.example[2:], country) == Ok(kept)
    assert tax_number.parse(rules.example, tax_number.VATIN) == Ok(rules.example)
    assert tax_number.parse(rules.example[2:], tax_number.VATIN, country) == Ok(rules.example)


@table("country", COUNTRIES)
@table("kind", [Expects.phone, Expects.tax_number, Expects.postal_code])
def test_its_specimens_are_what_they_say(country: str, kind: Expects) -> None:
    allowed = (phone.calling_code(country),)

    def read(text: str) -> object:
        if kind is Expects.phone:
            return phone.parse(text, country, allowed)
        return tax_number.parse(text, country) if kind is Expects.tax_number else parse_postal_code(text, country)

    found = specimens(kind, country)
    assert [text for text in found.valid if not isinstance(read(text), Ok)] == []
    assert [text for text in found.invalid if not isinstance(read(text), ParseRefused)] == []


@all_rows
def test_a_number_is_refused_for_what_is_wrong_with_it(typed: str, country: str, reason: ParseRefused) -> None:
    assert tax_number.parse(typed, country) == reason


@all_rows
def test_postal_codes_are_written_as_the_country_writes_them(typed: str, country: str, written: str) -> None:
    assert parse_postal_code(typed, country) == Ok(written)


def test_a_code_with_letters_is_told_its_form() -> None:
    assert parse_postal_code("1012 1", "NL") == ParseRefused("postal_code.shape", {"example": "1234 AB"})


@table(
    ("typed", "country", "e164"),
    [("0152 28817386", "DE", "+4915228817386"), ("+49 1522 8817386", "DE", "+4915228817386"),
     ("601 123 456", "CZ", "+420601123456"), ("420601123456", "CZ", "+420601123456")],
)  # fmt: skip
def test_phones_are_read_as_people_there_dial_them(typed: str, country: str, e164: str) -> None:
    assert phone.parse(typed, country, ()) == Ok(e164)


def test_a_phone_is_counted_without_the_zero_that_is_dialled_in_front() -> None:
    assert phone.parse("0152 2881", "DE", (49,)) == ParseRefused("phone.too_short", {"digits": 7, "expected": 10})
    assert phone.parse("030 901820", "DE", (49,)) == ParseRefused("phone.fixed_line")
    assert phone.parse("+48500600700", "DE", (49,)) == ParseRefused("phone.country_not_served", {"code": "+48"})


def test_every_country_is_called_by_a_code() -> None:
    assert all(phone.calling_code(country) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE for country in COUNTRIES)
