"""A term: for how long something is bought, in months or whole years of the calendar.

Written as ISO 8601 in the store and the API ("P3M", "P1Y"), in a profile as "3 months" or "1 year", in a payload as
"3m" or "1y". Twelve months are one year: a length has one form.
"""

import calendar
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NewType
from zoneinfo import ZoneInfo

from values.patterns import regex

Term = NewType("Term", str)
"""A length of months or whole years, as ISO 8601 has it."""

MONTHS_A_YEAR = 12
MOST_MONTHS = 120
_FORM = regex(r"P?([1-9][0-9]{0,2})(?: *)(M|m|Y|y|months?|years?)")


def term_of_months(months: int) -> Term:
    """Return the term of so many months. Errors: ValueError for fewer than one, or more than ten years."""
    if not 1 <= months <= MOST_MONTHS:
        raise ValueError("a term is one month at least, and ten years at most")
    years, rest = divmod(months, MONTHS_A_YEAR)
    return Term(f"P{months}M" if rest else f"P{years}Y")


def term_of_years(years: int) -> Term:
    """Return the term of so many years. Errors: as `term_of_months`."""
    return term_of_months(years * MONTHS_A_YEAR)


A_YEAR, TWO_YEARS = term_of_years(1), term_of_years(2)


def read_term(text: str) -> Term:
    """Read a term in any of its forms. Errors: ValueError for what is none."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError("a term is written as `3 months` or `1 year`")
    count = int(found[1])
    return term_of_years(count) if found[2].lower().startswith("y") else term_of_months(count)


def months_of(term: Term) -> int:
    """Return how many months a term has."""
    count = int(term[1:-1])
    return count if term.endswith("M") else count * MONTHS_A_YEAR


def years_of(term: Term) -> int | None:
    """Return how many years a term has; None where they aren't whole."""
    return int(term[1:-1]) if term.endswith("Y") else None


def short_form(term: Term) -> str:
    """Return a term as payloads have it: "3m", "1y"."""
    return term[1:].lower()


def written_term(term: Term) -> str:
    """Return a term as a profile has it: "3 months", "1 year"."""
    count, unit = term[1:-1], "year" if term.endswith("Y") else "month"
    return f"{count} {unit}" if count == "1" else f"{count} {unit}s"


def longest(terms: Iterable[Term]) -> Term:
    """Return the longest of the terms; a year where there are none."""
    return max(terms, key=months_of, default=A_YEAR)


def term_shown(
    term: Term, times: int = 1, *, added: datetime | None = None, swaps: bool = False
) -> dict[str, int | datetime | None]:
    """Return a term, or so many of it, for the texts: whole years as `years`, else `months`, None for whole years.

    `added`: what is bought is added to a term that runs until then, or `swaps` its plan for another.
    """
    years, rest = divmod(months_of(term) * times, MONTHS_A_YEAR)
    whole = {"years": 0 if rest else years, "months": years * MONTHS_A_YEAR + rest if rest else None}
    return {**whole, "added": added, "swaps": swaps}


def share_of_year(yearly: int, term: Term) -> int:
    """Return what a term costs at so much a year, in minor units, rounded half up."""
    return (2 * yearly * months_of(term) + MONTHS_A_YEAR) // (2 * MONTHS_A_YEAR)


def end_after(start: datetime, term: Term, zone: ZoneInfo, anchor: datetime | None = None) -> datetime:
    """Return the end of a term that starts then: the same wall clock so many months on.

    Day and hour are those of `anchor`, the first start, or the month's last day where it has none: from 31 January over
    28 February to 31 March. An anchor that the start doesn't follow from is left aside.
    """
    local = start.astimezone(zone)
    first = local if anchor is None else anchor.astimezone(zone)
    day = min(first.day, _last_day(local.year, local.month))
    led = first.replace(year=local.year, month=local.month, day=day).timestamp() == start.timestamp()
    wall = first if led else local
    year, month = divmod(local.year * MONTHS_A_YEAR + local.month - 1 + months_of(term), MONTHS_A_YEAR)
    ends = wall.replace(year=year, month=month + 1, day=min(wall.day, _last_day(year, month + 1)), fold=0)
    return ends.astimezone(start.tzinfo)


def days_after(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the same wall clock so many days on."""
    return (start.astimezone(zone) + timedelta(days=days)).replace(fold=0).astimezone(start.tzinfo)


def _last_day(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]
