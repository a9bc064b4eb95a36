"""All texts of one profile, filled: the right one of a choice, numbers and dates as the language writes them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale as Culture
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_decimal
from msgspec import Struct, field

from bot.texts.text import SELLER_CASES, Included, Text, TextChoice, TextPlace
from dialogs.kit import Param, Params, Word
from values.country import Country
from values.day import Day
from values.locale import ENGLISH
from values.money import Money

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


def elide_articles(text: str, locale: str) -> str:
    """Elide Italian articles before dates that begin with a vowel."""
    if locale != "it":
        return text
    return _UNELIDED.sub(lambda found: "l’" if found[1] == "i" else "L’" if found[1] else f"{found[2]}ll’", text)


def _with_hour(said: str, at: datetime, locale: str) -> str:
    return f"{said}{_BEFORE_HOUR.get(locale, ', ')}{format_time(at, 'HH:mm', locale=locale)}"


# A text may put others in place, and those others again; deeper is a circle.
DEEPEST = 8
Value = Param | tuple[Param, ...]


class MissingText(LookupError):
    """There is no text of this key, or no case for this value; the message is the key."""


class Catalogue(Struct, frozen=True):
    """Texts by language and key.

    `forms` is the form of address per language, `time_zone` where dates are read; `names` has the seller's name in
    the cases of a language.
    """

    texts: Mapping[str, Mapping[str, Text]]
    forms: Mapping[str, str]
    time_zone: str = "Europe/Warsaw"
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])

    def find(self, key: str, locale: str) -> Text:
        """Return the text as written. Errors: MissingText."""
        text = self.texts.get(locale, {}).get(key)
        if text is None:
            raise MissingText(key)
        return text

    def fill(self, key: str, params: Params, locale: str, depth: int = 0) -> str:
        """Return the text of `key` with its placeholders filled in one pass; a value is never read as a text.

        Errors: MissingText, also for a placeholder without a value.
        """
        if depth > DEEPEST:
            raise MissingText(key)
        return self._words(key, self.find(key, locale), params, locale, depth)

    def _words(self, key: str, text: Text, params: Params, locale: str, depth: int) -> str:
        while isinstance(text, TextChoice):
            text = self._chosen(key, text, params, locale)
        filled = ""
        for piece in text.pieces:
            said = self._piece(key, piece, params, locale, depth)
            ends_twice = filled.endswith(".") and said.startswith(".") and isinstance(piece, str)
            filled += said[1:] if ends_twice else said  # a value such as "sp. z o.o." ends the sentence by itself
        return elide_articles(filled, locale)

    def _piece(self, key: str, piece: str | TextPlace | Included, params: Params, locale: str, depth: int) -> str:
        match piece:
            case str():
                return piece
            case Included(other):
                return self.fill(other, params, locale, depth + 1)
            case TextPlace(name):
                if name in params:
                    return self._value(name, params[name], params, locale, depth)
                if name in SELLER_CASES:
                    return self.seller_in(SELLER_CASES[name], params, locale, depth)
                raise MissingText(f"{key}:{name}")

    def seller_in(self, case: str, params: Params, locale: str, depth: int = 0) -> str:
        """Return the seller's name in a case: the profile's form, else an apposition that leaves the name as it is."""
        return self.names.get(locale, {}).get(case) or self.fill(f"seller.{case}", params, locale, depth + 1)

    def _chosen(self, key: str, choice: TextChoice, params: Params, locale: str) -> Text:
        if choice.kind == "form":
            case = self.forms.get(locale, "")
        else:
            value = params.get(choice.param)
            case = _plural(value, locale) if choice.kind == "plural" else _case(value)
        chosen = choice.cases.get(case) or choice.cases.get("other")
        if chosen is None:
            raise MissingText(f"{key}:{choice.param}")
        return chosen

    def _value(self, name: str, value: Value, params: Params, locale: str, depth: int) -> str:
        match value:
            case None:
                return ""
            case tuple():
                said = [self._value(name, item, params, locale, depth) for item in value]
                return format_list(said, locale=locale)
            case Word(key, own):
                return self.fill(key, {**params, **dict(own)}, locale, depth + 1)
            case bool():
                return self.fill("word.yes" if value else "word.no", {}, locale, depth + 1)
            case int():
                return format_decimal(value, locale=locale)
            case Money():
                return value.format(locale)
            case Country():
                return value.said(locale)
            case Day():
                return day(value.date, locale)
            case datetime():
                return self._moment(name, value, locale)
            case str():
                return value

    def _moment(self, name: str, value: datetime, locale: str) -> str:
        """Format a date; a name ending in `_at` adds the hour, `_lately` the hour in place of the year."""
        here = value.astimezone(ZoneInfo(self.time_zone))
        if name.endswith("_lately"):
            return moment_this_year(here, locale)
        return moment(here, locale) if name.endswith("_at") else day(here, locale)


def _case(value: Value) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case Word(key=key):
            return key.rpartition(".")[2]
        case _:
            return str(value)


def _plural(value: Value, locale: str) -> str:
    return Culture.parse(locale).plural_form(value) if isinstance(value, int) else "other"
