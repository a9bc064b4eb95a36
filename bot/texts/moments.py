"""Days and hours as a language writes them, in chat, letters and pages alike."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_skeleton, format_time

from values.locale import ENGLISH

# The desk's English is Europe's: 24 November 2026, not November 24, 2026.
_CULTURES: Mapping[str, str] = {str(ENGLISH): "en_GB"}
_BEFORE_HOUR = {"it": ", ore "}
# Italian elides an article before the days that begin with a vowel: al 24 novembre, but all’8 and all’11 novembre.
_MONTHS = "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre"
_UNELIDED = re.compile(rf"\b(?:([Ii])l|([AaDd]a|[Aa]|[Dd]e)l) (?=(?:8|11) (?:{_MONTHS})\b)")


def day(at: date, locale: str) -> str:
    """Format a day with its year: 24 listopada 2026."""
    return _written(at.date() if isinstance(at, datetime) else at, locale)


@lru_cache(maxsize=1024)
def _written(at: date, locale: str) -> str:
    """Return a day as it is written; a customer's is shown again and again."""
    return format_date(at, "long", locale=_CULTURES.get(locale, locale))


def moment(at: datetime, locale: str) -> str:
    """Format a day with its year and the hour, 0 to 24."""
    return _with_hour(day(at, locale), at, locale)


def moment_this_year(at: datetime, locale: str) -> str:
    """Format a day without its year and the hour."""
    return _with_hour(format_skeleton("MMMMd", at, locale=_CULTURES.get(locale, locale)), at, locale)


def elided(text: str, locale: str) -> str:
    """Elide Italian articles before dates that begin with a vowel."""
    if locale != "it":
        return text
    return _UNELIDED.sub(lambda found: "l’" if found[1] == "i" else "L’" if found[1] else f"{found[2]}ll’", text)


def _with_hour(said: str, at: datetime, locale: str) -> str:
    return f"{said}{_BEFORE_HOUR.get(locale, ', ')}{format_time(at, 'HH:mm', locale=locale)}"
