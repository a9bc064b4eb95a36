"""Short numbers typed as answers: the two digits of a log-in page, and how many of something."""

from tests.table import table
from values.codes import parse_pair, parse_quantity
from values.parsing import Ok, ParseRefused


@table(
    ("typed", "read"),
    [
        ("47", Ok("47")),
        ("4 7", Ok("47")),
        ("it's 47", Ok("47")),
        ("٤٧", Ok("47")),
        ("forty-seven", ParseRefused("log_in_digits.no_digits")),
        ("", ParseRefused("log_in_digits.no_digits")),
        ("4", ParseRefused("log_in_digits.not_two")),
        ("474", ParseRefused("log_in_digits.not_two")),
    ],
)
def test_the_two_digits_of_a_log_in_page(typed: str, read: object) -> None:
    assert parse_pair(typed) == read


@table(
    ("typed", "read"),
    [
        ("2", Ok(2)),
        ("five: 5 of them", Ok(5)),
        ("9", Ok(9)),
        ("007", Ok(7)),
        ("some", ParseRefused("quantity.no_digits")),
        ("1.5", ParseRefused("quantity.fraction")),
        ("1,5", ParseRefused("quantity.fraction")),
        ("2 or 3", ParseRefused("quantity.several")),
        ("1", ParseRefused("quantity.too_small", {"minimum": 2})),
        ("10", ParseRefused("quantity.too_big", {"maximum": 9})),
        ("1" * 13, ParseRefused("quantity.too_big", {"maximum": 9})),
    ],
)
def test_how_many_is_one_whole_number_between_both_ends(typed: str, read: object) -> None:
    assert parse_quantity(typed, 2, 9) == read


def test_how_many_is_one_to_999_unless_told() -> None:
    assert [parse_quantity(typed) for typed in ("1", "999")] == [Ok(1), Ok(999)]
    assert parse_quantity("0") == ParseRefused("quantity.too_small", {"minimum": 1})
    assert parse_quantity("1000") == ParseRefused("quantity.too_big", {"maximum": 999})
