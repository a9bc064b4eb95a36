"""When people are at the desk: hours of each day of the week in the seller's time zone, and days on which nobody is."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Nobody plans further ahead than this; a profile without any open day in it has no office hours.
LONGEST_CLOSED = 60


@dataclass(frozen=True, slots=True)
class Span:
    """From the one time of the day until just before the other."""

    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Open spans from Monday to Sunday, None for a closed day. Without any, somebody is always there."""

    week: tuple[Span | None, ...] = ()
    holidays: frozenset[date] = frozenset()

    def open_at(self, moment: datetime, zone: str) -> bool:
        """Whether people are at the desk at that moment."""
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
