"""Days: written in digits, with the month's name, by the weekday, or from today."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from values.day import Day
from values.expected import Expected
from values.kinds import date_words
from values.kinds.kind import GIVEN, AnswerInput, AnswerKind
from values.kinds.said_numbers import ENGLISH, said_numbers
from values.kinds.samples import fix_samples
from values.meaning import Expects
from values.parsing import Ok, Parsed, ParseRefused, fold_digits, unaccent
from values.patterns import regex

_LONGEST = 400
_CENTURY, _NEAR_YEARS, _FAR_YEARS = 100, 10, 40
_TIME = regex(r"\b(?:o|at|alle|all'|ore|um|godz\w*)\s*[0-9]{1,2}(?:[:.][0-9]{2})?\b|\b[0-9]{1,2}:[0-9]{2}\b")
_A_YEAR = regex(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_OF_YEAR = regex(r"\s*(?:roku?|r)\b\.?")
_MONTHS_A_YEAR = 12
_YEARS_BETWEEN_LEAP_DAYS = 8  # at most: around the turn of most centuries
_YEAR = r"(?P<year>(?:19|20) ?[0-9]{2}|['’][0-9]{2}|[0-9]{2}(?=\s*(?:r\b|[.,;!?)]|$)))(?![0-9])"
_BEHIND = r"(?:st|nd|rd|th|[°ºªa]|-?(?:go|ego|szego|szy|ci|ty))?\.?"
_ISO = regex(
    r"(?<![0-9./-])(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})(?![0-9])"
)
_FULL = regex(
    r"(?<![0-9./-])(?P<day>[0-9]{1,2})(?P<mark>\s?[./-]\s?|\s)(?P<month>[0-9]{1,2})(?P=mark)"
    r"(?P<year>[0-9]{4}|(?<!\s)['’]?[0-9]{2})(?![0-9])"
)
_SHORT = regex(r"(?<![0-9.,/-])(?P<day>[0-9]{1,2})(?P<mark>[./])(?P<month>[0-9]{1,2})(?![0-9]|[.,/-][0-9])")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_ROMAN_MONTH = regex(
    rf"(?<![0-9./-])(?P<day>[0-9]{{1,2}})(?P<mark>[. ])(?P<month>{'|'.join(_ROMAN)})(?P=mark)"
    r"(?P<year>(?:19|20)[0-9]{2})(?![0-9])"
)
"""Polish writes months in Roman digits, too: 3 V 2027."""
_COMPACT = regex(r"(?<![0-9])(?:(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>(?:19|20)[0-9]{2}))(?![0-9])")
_DAY_FIRST = regex(
    rf"(?<![0-9])(?P<day>[0-9]{{1,2}}){_BEHIND}[\s./-]*(?:of\s+|di\s+)?\b(?P<month>{date_words.MONTHS})\b\.?(?:[\s,./-]*{_YEAR})?"
)
_MONTH_FIRST = regex(
    rf"\b(?P<month>{date_words.ENGLISH_MONTHS})\b\.?\s*(?:the\s+)?(?P<day>[0-9]{{1,2}}){_BEHIND}(?![0-9])(?:[\s,]*{_YEAR})?"
)
_A_MONTH = regex(rf"\b(?:{date_words.MONTHS})\b")
_ALSO_BEFORE = regex(
    r"[0-9]{1,2}(?:st|nd|rd|th|\.)?\s*(?:[-–—/,]|\b(?:do|a|al|all|to|till|bis|i|e|ed|and|und|lub|albo|o|or|oder)\b)\s*"
    r"(?:il |l'|the |dem )?$"
)
"""Another day of the same month stands in front: "3-5 May"."""


_SOME_DAY = date(2026, 1, 1)
_RELATIVE = (
    date_words.AHEAD,
    *date_words.AGO,
    *(pattern for pattern, _ in (*date_words.FROM_TODAY, *date_words.WEEKDAYS)),
)


class _NamedDay(Struct, frozen=True):
    """A day as it is written. `year` is None where it isn't; `either`: day and month may be meant the other way."""

    day: int
    month: int
    year: int | None
    start: int
    end: int
    either: bool = False


def parse_date(
    text: str, *, today: date, locale: str, minimum: date | None = None, maximum: date | None = None
) -> Parsed[str]:
    """Read the one day of an answer as YYYY-MM-DD, between `minimum` and `maximum` inclusive.

    A day without its year is the next one from `today`, a weekday the next one after it. The day stands before the
    month; in English, where many write it the other way, two small numbers are asked back. Reasons: `date.none`,
    `.impossible`, `.several`, `.which` (two days fit), `.too_early` (with `earliest`), `.too_late` (with `latest`).
    """
    said = _in_digits(unaccent(fold_digits(text[:_LONGEST])))
    named = _named(said, today, english=locale == ENGLISH)
    rest = _TIME.sub(lambda time: " " * len(time[0]), _without(said, named))
    told = [*_from_today(rest, today), *_weekdays(rest, today)]
    if not named and not told:
        return ParseRefused("date.none")
    if any(_ALSO_BEFORE.search(said[: one.start]) for one in named):
        return ParseRefused("date.several")
    days = [_completed(one, today) for one in named]
    if None in days:
        return ParseRefused("date.impossible")
    if any(one.either for one in named) or date_words.ANOTHER_WEEKS.search(rest) or _is_turned(rest, named):
        return ParseRefused("date.which")
    read = {day for day in days if day is not None}
    if len(read) == 1 and any(day not in read for day in _near(rest, read, told, today)):
        return ParseRefused("date.which")
    only = read or set(told)
    return _within(next(iter(only)), minimum, maximum) if len(only) == 1 else ParseRefused("date.several")


def beside_the_day(text: str) -> str:
    """Return the words of a text that name no day, unaccented."""
    said = _in_digits(unaccent(fold_digits(text[:_LONGEST])))
    rest = _without(said, _named(said, _SOME_DAY, english=True))
    for pattern in _RELATIVE:
        rest = pattern.sub(" ", rest)
    return rest


def names_a_month(text: str) -> bool:
    """Return whether a text has the name of a month, with a day or without."""
    return _A_MONTH.search(unaccent(text[:_LONGEST])) is not None


def _in_digits(said: str) -> str:
    """Return an unaccented text with its number words, cardinal and ordinal, as digits."""
    parts, at = list[str](), 0
    for number in said_numbers(said, date_words.ordinals()):
        if number.worded:
            parts += (said[at : number.start], str(number.value))
            at = number.end
    return "".join((*parts, said[at:]))


def _named(said: str, today: date, *, english: bool) -> list[_NamedDay]:
    found: list[_NamedDay] = []
    taken = said
    for pattern in (_ISO, _DAY_FIRST, _MONTH_FIRST, _ROMAN_MONTH, _FULL, _COMPACT, _SHORT):
        for match in pattern.finditer(taken):
            day = _read(match, pattern, today, english=english)
            if day is not None:
                found.append(day)
        taken = _without(said, found)
    return found


def _read(match: re.Match[str], pattern: re.Pattern[str], today: date, *, english: bool) -> _NamedDay | None:
    """Return the day that digits, or digits and a month's name, write; None for a mere number such as "3.50"."""
    day, written = int(match["day"]), match["month"]
    month = int(written) if written.isdecimal() else _month(written)
    written_year = match["year"] if pattern is not _SHORT else None
    year = _year(written_year, today) if written_year else None
    either = bool(written_year) and year is None
    if english and pattern in (_FULL, _SHORT) and "." not in match["mark"]:
        if day <= _MONTHS_A_YEAR < month:
            day, month = month, day
        either = either or (day <= _MONTHS_A_YEAR and month <= _MONTHS_A_YEAR and day != month)
    if pattern in (_SHORT, _COMPACT) and not _exists(day, month, year):
        return None
    return _NamedDay(day, month, year, match.start(), match.end(), either)


def _month(written: str) -> int:
    return _ROMAN.index(written) + 1 if written in _ROMAN else date_words.month_of(written)


def _year(written: str, today: date) -> int | None:
    """Return the year of four digits, or of two: a near one to come, else a past one; None where it may be either."""
    digits = "".join(sign for sign in written if sign.isdecimal())
    if len(digits) > 2:
        return int(digits)
    ahead = (int(digits) - today.year) % _CENTURY
    if _NEAR_YEARS < ahead < _FAR_YEARS:
        return None
    return today.year + ahead - (0 if ahead <= _NEAR_YEARS else _CENTURY)


def _exists(day: int, month: int, year: int | None) -> bool:
    known = 2000 if year is None else year  # a leap year
    return 1 <= month <= _MONTHS_A_YEAR and 1 <= known <= date.max.year and 1 <= day <= monthrange(known, month)[1]


def _without(said: str, named: list[_NamedDay]) -> str:
    """Blank out the days that were read; places stay."""
    for one in named:
        said = said[: one.start] + " " * (one.end - one.start) + said[one.end :]
    return said


def _is_turned(rest: str, named: list[_NamedDay]) -> bool:
    """Return whether something beside a day makes another of it, or names another month. Nothing of it is left over."""
    spans = [(one.start, one.end + _length(_OF_YEAR, rest, one.end) * (one.year is not None)) for one in named]
    spans += [match.span() for pattern in _RELATIVE for match in pattern.finditer(rest)]
    beside = "".join(" " if any(a <= i < b for a, b in spans) else sign for i, sign in enumerate(rest))
    dated = any(one.year is None for one in named) and _A_YEAR.search(beside) is not None
    return (
        dated
        or date_words.OTHER_MONTH.search(beside) is not None
        or any(
            date_words.TURNED_BEFORE.search(rest[:start]) is not None
            or date_words.TURNED_BEHIND.match(rest, end) is not None
            for start, end in spans
        )
    )


def _length(pattern: re.Pattern[str], text: str, at: int) -> int:
    return 0 if (match := pattern.match(text, at)) is None else match.end() - at


def _completed(one: _NamedDay, today: date) -> date | None:
    """Return a day with its year, if need be the next one; None where there is none."""
    if not _exists(one.day, one.month, one.year):
        return None
    if one.year is not None:
        return date(one.year, one.month, one.day)
    years = range(today.year, today.year + _YEARS_BETWEEN_LEAP_DAYS + 1)
    days = (date(year, one.month, one.day) for year in years if _exists(one.day, one.month, year))
    return next((day for day in days if day >= today), None)


def _from_today(said: str, today: date) -> Iterator[date]:
    for pattern, days in date_words.FROM_TODAY:
        if pattern.search(said) is not None:
            yield today + timedelta(days=days)
    for pattern, sign in ((date_words.AHEAD, 1), *((pattern, -1) for pattern in date_words.AGO)):
        for match in pattern.finditer(said):
            count = int(match["count"]) if (match["count"] or "").isdecimal() else 1
            if match["count"] or date_words.ONE_UNIT.search(match[0]) is not None:
                yield _ahead(today, sign * count, match)


def _ahead(today: date, count: int, match: re.Match[str]) -> date:
    if match["days"] or match["weeks"]:
        return today + timedelta(days=count * (1 if match["days"] else 7))
    months = today.month - 1 + count * (1 if match["months"] else _MONTHS_A_YEAR)
    year, month = max(date.min.year, today.year + months // _MONTHS_A_YEAR), months % _MONTHS_A_YEAR + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def _weekdays(said: str, today: date) -> Iterator[date]:
    for pattern, weekday in date_words.WEEKDAYS:
        if pattern.search(said) is not None:
            yield today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _near(said: str, read: set[date], told: list[date], today: date) -> Iterator[date]:
    """Yield the days that are told beside a written one: a weekday is its own week's."""
    (day,) = read
    weekdays = set(_weekdays(said, today))
    yield from (one for one in told if one not in weekdays)
    yield from (day + timedelta(days=(one.weekday() - day.weekday())) for one in weekdays)


def _within(day: date, minimum: date | None, maximum: date | None) -> Parsed[str]:
    if minimum is not None and day < minimum:
        return ParseRefused("date.too_early", {"earliest": Day(minimum.isoformat())})
    if maximum is not None and day > maximum:
        return ParseRefused("date.too_late", {"latest": Day(maximum.isoformat())})
    return Ok(day.isoformat())


def _shown(answer: str) -> Day | str:
    """Return a day to be said in the customer's language; another answer, such as a button's, as it is."""
    try:
        return Day(date.fromisoformat(answer).isoformat())
    except ValueError:
        return answer


def _read_at(text: str, _at: Expected, locale: str) -> Parsed[str]:
    """Tell whether a text is a day; which one the step itself reads, which knows today and its bounds."""
    return parse_date(text, today=_SOME_DAY, locale=locale)


_FEW_WORDS = 6


DATE = AnswerKind(
    Expects.date,
    "formed",
    read=_read_at,
    samples=fix_samples(
        ("2027-05-03", "31.12.2027", "3 maja", "il tre maggio", "the third of May", "jutro"),
        ("30.02.2027", "3 maja albo 4 maja", "3-5 maja"),
        ("anna@example.com", "512 000 111"),
    ),
    display=_shown,
    found_by="day",
    input=AnswerInput(picker="date"),
    is_alone=lambda text, _at: len(text.split()) <= _FEW_WORDS,
    counts=True,
    others=GIVEN,
)
