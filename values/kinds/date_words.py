"""Words for days in Polish, Italian, English and German, unaccented: months, weekdays, "tomorrow", ordinals.

One table of all languages: customers mix them, and next to the number of a day no word means two months.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from values.kinds.said_numbers import GERMAN, number_words
from values.patterns import regex

_WORDS: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("date_words.toml").read_text(encoding="utf-8"))
_DAYS = _WORDS["days"]


def words_of(table: str, name: str) -> str:
    """Return the words of a list of `words.toml` as one pattern."""
    return "|".join(_WORDS[table][name])


_MONTHS: list[str] = _DAYS["months"]
_WEEKDAYS: list[str] = _DAYS["weekdays"]
ENGLISH_MONTHS = words_of("days", "english_months")
"""Months in front of a day are an English custom."""
MONTHS = "|".join(_MONTHS)
_COUNT = r"(?:(?P<count>[0-9]{1,3}|an?|una?|eine[mnrs]?)\s+)?"
_EACH = "|".join(f"(?P<{unit}>{'|'.join(words)})" for unit, words in _DAYS["units"].items())
ONE_UNIT = regex(words_of("days", "one_unit"))
"""Units that are one where no number stands before them."""
AHEAD = regex(rf"\b(?:za|tra|fra|in)\s+{_COUNT}(?:{_EACH})\b")
"""So many days, weeks, months or years from today."""
AGO = (regex(rf"\b{_COUNT}(?:{_EACH})\s+(?:temu|fa|ago)\b"), regex(rf"\bvor\s+{_COUNT}(?:{_EACH})\b"))
"""So many before today."""
_OTHER_WEEK = f"(?:{words_of('days', 'other_week')})"
ANOTHER_WEEKS = regex(rf"\b{_OTHER_WEEK} (?:{'|'.join(_WEEKDAYS)})\b|\b(?:{'|'.join(_WEEKDAYS)}) {_OTHER_WEEK}\b")
"""The coming one to some, the one after it to others."""
_PAST, _EVERY, _BOUND, _FEW = (words_of("days", name) for name in ("past", "every", "bound", "few"))
_PERIODS, _NOT, _FEAST = (words_of("days", name) for name in ("periods", "no", "feast"))
_NTH = r"(?:\s+(?:other|alternate|altr[oaie]|[0-9]{1,2}(?:nd|rd|th|\.)?))?"
_SMALL = (
    r"(?:(?:w|we|na|od|do|o|dnia|dniem|dniu|niz|on|at|the|of|from|than|in|il|lo|la|di|da|del|dal|al|i|che|am|ab|den|dem"
    r"|der)\s+|[dl]'|(?:del|dal|al)l'|d'|-)*"
)
_FOR = ("na", "for", "per", "fur")  # "for two years from 5 May" is a term beside a day
_NO_TERM = "".join(rf"(?<!\b{word} )(?<!\b{word} [0-9] )" for word in _FOR)
TURNED_BEFORE = regex(
    rf"\b(?:{_PAST})(?:\s+[^\W\d_]+){{0,2}}\s+$|\b(?:{_NOT}|(?:{_EVERY}){_NTH}|{_FEAST}|{_BOUND}|{_FEW})\s+{_SMALL}$"
    rf"|{_NO_TERM}\b(?:{_PERIODS})(?:\s+\w+)?\s+{_SMALL}$"
    rf"|(?:\b(?:{words_of('days', 'beside')})|[0-9](?:st|nd|rd|th|\.|°)?)(?:\s+[^\W\d_]+)?\s+{_SMALL}$"
)
"""Before a day these make another of it: "last", "not", "every", "before", "a week from", "the second"."""
TURNED_BEHIND = regex(
    rf"(?:\s+[\w']+){{0,2}}?\s+(?:{_PAST}|{_BOUND}|{words_of('days', 'half_or_working')})\b"
    rf"|\s+(?:{_FEAST}|wielkanocn\w*|but|after|before|dopo|prima|nach|vor)\b|\s+(?:{_NOT})\s*(?:$|[,;.!])"
    r"|\s+(?:po|przed)\s+(?!poludni|obied|prac|polnoc|godz|[0-9])"
    rf"|(?:\s+(?!(?:{'|'.join(_FOR)}|auf)\b)[^\W\d_]+'?){{0,2}}?\s*(?:\b|(?<='))(?:{_PERIODS})\b|\s+a\s+[0-9]"
    r"|\s*(?:do|a|al|to|till|bis|i|e|ed|and|und|lub|albo|o|or|oder|[-,/+])\s*(?:the |il |dem )?[0-9]{1,2}(?![0-9:.])"
    r"(?!\s*\w)|\s+[0-9]{1,2}(?![0-9:.]|\s*(?:am|pm|h|uhr|r)\b)"
)
"""Behind a day these make another of it: "last year", "or two", "after next", "and a half"."""
OTHER_MONTH = regex(
    rf"\b(?:(?=\w{{4}})(?!maja)(?:{MONTHS})|(?:of|in|di|w|we|im)\s+(?:may|maj[au]?|mai|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec))\b"
)
"""A month that is named without a day: "the last Monday of March"."""
_GERMAN_ORDINALS = {"ein": "erst", "drei": "dritt", "sieben": "siebt", "acht": "acht"}
_NUMBERS = (*range(1, 20), 20, 30)


def _compiled(patterns: Iterator[tuple[str, int]]) -> tuple[tuple[re.Pattern[str], int], ...]:
    return tuple((regex(rf"\b(?:{words})\b"), number) for words, number in patterns)


WEEKDAYS = _compiled((words, day) for day, words in enumerate(_WEEKDAYS))
"""Words of a weekday with its number, Monday's is 0."""
FROM_TODAY = _compiled(("|".join(words), int(days)) for days, words in _DAYS["from_today"].items())
"""Words with how many days they are from today."""
_MONTH_NUMBERS = _compiled((words, month) for month, words in enumerate(_MONTHS, start=1))


def month_of(word: str) -> int:
    """Return the month, 1 to 12, that a word matched by `MONTHS` stands for."""
    return next(number for pattern, number in _MONTH_NUMBERS if pattern.fullmatch(word) is not None)


@cache
def ordinals() -> Mapping[str, int]:
    """Return the ordinals by which days and years are said, with their numbers."""
    found = {
        f"{stem}{ending}": number
        for stem, number in zip(_DAYS["polish_ordinals"], _NUMBERS, strict=True)
        for ending in "y i a e ie ego iego ej iej ym im ych ich ymi imi".split()
    }
    found |= dict(zip(_DAYS["english_ordinals"], _NUMBERS, strict=True))
    found |= {"primo": 1}
    below = number_words(GERMAN).digits
    for word, digits in below.items():
        number = int(digits)
        if 0 < number < 32:
            stem = _GERMAN_ORDINALS.get(word, f"{word}{'t' if number < 20 else 'st'}")
            found |= {f"{stem}{ending}": number for ending in ("e", "en", "er", "em", "es")}
    return found
