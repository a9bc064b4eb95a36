"""One whole number of an answer, in digits or words; ranges, bounds and fractions are asked back."""

from tests.kit.rows import all_rows
from values.kinds import kind_of
from values.kinds.number import parse_number
from values.meaning import Expects
from values.parsing import Ok, ParseRefused


@all_rows
def test_one_number_is_read(text: str, number: int) -> None:
    assert parse_number(text) == Ok(number)


@all_rows
def test_what_is_no_single_whole_number_is_refused_with_its_reason(text: str, reason: str) -> None:
    assert parse_number(text) == ParseRefused(f"number.{reason}")


def test_bounds_are_inclusive_and_named() -> None:
    assert parse_number("1", minimum=1, maximum=500) == Ok(1)
    assert parse_number("500", minimum=1, maximum=500) == Ok(500)
    assert parse_number("0", minimum=1, maximum=500) == ParseRefused("number.too_small", {"minimum": 1})
    assert parse_number("-3", minimum=1) == ParseRefused("number.too_small", {"minimum": 1})
    assert parse_number("501", minimum=1, maximum=500) == ParseRefused("number.too_big", {"maximum": 500})
    assert parse_number("9" * 5000) == ParseRefused("number.too_big", {"maximum": 99_999_999})


def test_it_is_found_by_its_form_and_may_be_given_by_an_agent() -> None:
    kind = kind_of(Expects.number)

    assert kind.form == "formed"
    assert kind.others.may_give
    assert kind.display("1200") == "1200"
