"""Office hours, quiet hours and the time zones of countries."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Nobody plans further ahead than this; a profile without any open day in it has no office hours.
LONGEST_CLOSED = 60


class Span(Struct, frozen=True):
    """A time of day until just before another."""

    begins: time
    ends: time


class OfficeHours(Struct, frozen=True):
    """Open spans from Monday to Sunday, None for a closed day. Without any, the desk is always open."""

    week: tuple[Span | None, ...] = ()
    holidays: frozenset[date] = frozenset()

    def open_at(self, moment: datetime, zone: str) -> bool:
        if not self.week:
            return True
        here = moment.astimezone(ZoneInfo(zone))
        span = self._of(here.date())
        return span is not None and span.begins <= here.time() < span.ends

    def opens_after(self, moment: datetime, zone: str) -> datetime | None:
        """When somebody is there again: that very moment if it is now; None if no day in sight is an open one."""
        if self.open_at(moment, zone):
            return moment
        here = moment.astimezone(ZoneInfo(zone))
        for days in range(LONGEST_CLOSED):
            day = here.date() + timedelta(days=days)
            span = self._of(day)
            # The zone's own rules say which moment of the world that is, also on the nights when its clock is changed.
            begins = None if span is None else datetime.combine(day, span.begins, ZoneInfo(zone))
            if begins is not None and begins > here:
                return begins
        return None

    def _of(self, day: date) -> Span | None:
        return None if day in self.holidays else self.week[day.weekday()]


ALWAYS = OfficeHours()


class QuietHours(Struct, frozen=True):
    """Quiet hours from one full hour to another on the seller's wall clock, over midnight or within a day.

    The same hour twice: no quiet hours.
    """

    start: int = 22
    end: int = 7

    def awake(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return the moment itself, or the end of the quiet hours that it lies in."""
        here = moment.astimezone(zone)
        over_midnight = self.start > self.end
        late, early = here.hour >= self.start, here.hour < self.end
        if not (late or early if over_midnight else late and early):
            return moment
        day = here.date() + timedelta(days=1) if over_midnight and late else here.date()
        return datetime.combine(day, time(self.end), zone).astimezone(moment.tzinfo)


NIGHT = QuietHours()
"""From ten in the evening to seven in the morning."""


@cache
def _zones() -> Mapping[str, str]:
    return tomllib.loads(Path(__file__).with_name("time_zones.toml").read_text("utf-8"))


def zone_of(country: str | None, otherwise: str) -> ZoneInfo:
    """Return the zone of a country by its ISO 3166 code; the zone named `otherwise` where none is known."""
    return ZoneInfo(_zones().get(country or "", otherwise))
