"""Moments, waits and amounts in the console's templates, and the queue's rows."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_timezone
from msgspec import Struct

from bot.conversation.recent import Recent
from bot.usecases.agents.masking import find_guest_digits
from bot.usecases.agents.queue_view import QueueRow
from bot.web.pages import Pages
from values.incoming_text import visible
from values.money import Money
from values.rules import erasure_due


def moment(written: str) -> datetime | None:
    """Return a moment of our own links; None for anything else."""
    with suppress(ValueError):
        found = datetime.fromisoformat(written)
        return found if found.tzinfo is not None else None
    return None


_UNITS = (86_400, 3600, 60, 1)
_LONG = 5 * 86_400
_NEARLY = 0.85
"""Of a unit, from which on Babel tells it in that unit."""


class ConsoleWords(Struct, frozen=True):
    """In one agent's language, at one moment."""

    pages: Pages
    locale: str
    now: datetime

    @property
    def today(self) -> date:
        """The day in the seller's time zone."""
        return self.now.astimezone(get_timezone(self.pages.site.time_zone)).date()

    def hour(self, at: datetime) -> str:
        """Hour and minute in the seller's time zone; with the day if it is another one."""
        here = at.astimezone(get_timezone(self.pages.site.time_zone))
        if here.date() != self.today:
            return self.pages.moment(at, self.locale)
        return format_time(here, "HH:mm", locale=self.locale)

    def wait(self, since: datetime) -> str:
        """Return how long ago that was, in one unit."""
        return _wait(_rounded(max(0, int((self.now - since).total_seconds()))), self.locale)

    def lasting(self, span: timedelta | float | None) -> str:
        """Return a span (or seconds) in one unit; a dash for none."""
        if span is None:
            return "–"
        return format_timedelta(span if isinstance(span, timedelta) else timedelta(seconds=span), locale=self.locale)

    def money(self, minor: int, currency: str) -> str:
        """Return an amount of minor units as the language writes it."""
        return Money(minor, currency).format(self.locale)

    def day(self, written: str | None) -> str:
        """Return the day of a moment in RFC 3339; empty for none."""
        if written is None:
            return ""
        here = datetime.fromisoformat(written).astimezone(get_timezone(self.pages.site.time_zone))
        return format_date(here, "medium", locale=self.locale)

    def month(self, begin: date) -> str:
        """Return a month with its year."""
        return format_skeleton("yMMMM", begin, locale=self.locale)

    def language(self, code: str) -> str:
        """Return what a language is called."""
        return Locale.parse(code).get_display_name(self.locale) or code

    def due_day(self, asked_at: datetime) -> str:
        """Return the day by which a request for deletion is to be answered."""
        return self.day(erasure_due(asked_at).isoformat())

    def called(self, name: str | None) -> str:
        """Return what a customer goes by: a masked number isn't anybody's name."""
        if not name:
            return self.pages.words(self.locale)("desk.nameless")
        digits = find_guest_digits(name)
        return self.pages.words(self.locale)("desk.guest", digits=digits) if digits else visible(name)

    def seen(self, text: str) -> str:
        """Return a stranger's text, with what would hide or turn it shown as marks."""
        return visible(text)


def _rounded(seconds: int) -> int:
    """As it is told, if it isn't rare: so a queue of hundreds needs a few words, and those once."""
    if seconds > _LONG:
        return seconds
    unit = _unit(seconds)
    whole = round(seconds / unit) * unit
    # 50½ minutes are told as 51, and 51 by themselves as an hour.
    return whole if _unit(whole) == unit else seconds


def _unit(seconds: int) -> int:
    return next((unit for unit in _UNITS if seconds >= unit * _NEARLY), 1)


@lru_cache(maxsize=2048)
def _wait(seconds: int, locale: str) -> str:
    return format_timedelta(timedelta(seconds=seconds), locale=locale, format="short")


MOST_HELD = 5000


class QueueRows:
    """One process's. `drawn` is for the templates."""

    def __init__(self, most: int = MOST_HELD) -> None:
        self._held: Recent[tuple[str, str, str, bool], tuple[QueueRow, str, str]] = Recent(most)

    def drawn(self, told: ConsoleWords, row: QueueRow, open: str) -> str:
        """Return one row's markup, with strangers' words escaped; `open` is the conversation beside the queue."""
        time = told.wait(row.since) if row.whose in ("waiting", "second") else told.hour(row.since)
        key = (row.id, row.whose, told.locale, row.id == open)
        held = self._held.get(key)
        if held is None or held[:2] != (row, time):
            html = told.pages.text(
                "desk/parts/row.html", told.locale, told=told, row=row, here=row.id == open, time=time
            )
            held = (row, time, html)
            self._held.set(key, held)
        return held[2]
