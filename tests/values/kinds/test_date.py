"""One day of an answer, however it is written or said; in doubt it is asked back."""

from datetime import date

from tests.kit.rows import all_rows
from tests.table import table
from values.day import Day
from values.kinds import kind_of
from values.kinds.date import parse_date
from values.meaning import Expects
from values.parsing import Ok, ParseRefused

TODAY = date(2026, 11, 25)  # a Wednesday


@all_rows
def test_one_day_is_read(locale: str, text: str, day: str) -> None:
    assert parse_date(text, today=TODAY, locale=locale) == Ok(day)


@all_rows
def test_what_is_no_single_day_is_refused_with_its_reason(locale: str, text: str, reason: str) -> None:
    assert parse_date(text, today=TODAY, locale=locale) == ParseRefused(f"date.{reason}")


def test_bounds_are_inclusive_and_named() -> None:
    first, last = date(2026, 12, 1), date(2026, 12, 31)

    def read(text: str) -> object:
        return parse_date(text, today=TODAY, locale="pl", minimum=first, maximum=last)

    assert read("1 grudnia") == Ok("2026-12-01")
    assert read("31 grudnia") == Ok("2026-12-31")
    assert read("30 listopada") == ParseRefused("date.too_early", {"earliest": Day("2026-12-01")})
    assert read("1 stycznia") == ParseRefused("date.too_late", {"latest": Day("2026-12-31")})


@table(
    "text",
    ["za 999 lat", "31.12.9999", "1.1.0001", "0.0.0000", "za 999 miesięcy", "9" * 5000, "3 " * 200, "maja " * 90],
)
def test_far_and_odd_days_never_raise(text: str) -> None:
    parse_date(text, today=date(8000, 1, 1), locale="pl")


def test_it_is_said_back_as_the_language_writes_it() -> None:
    shown = kind_of(Expects.date).display

    assert shown("2027-05-03") == Day("2027-05-03")
    assert shown("as_soon_as_possible") == "as_soon_as_possible"
