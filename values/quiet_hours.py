"""Quiet hours: when nobody is written to first."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one full hour to another on the seller's wall clock, over midnight or within a day. The same hour twice: no
    quiet hours."""

    start: int = 22
    end: int = 7

    def awake(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The moment itself, or the end of the quiet hours that it lies in."""
        here = moment.astimezone(zone)
        over_midnight = self.start > self.end
        late, early = here.hour >= self.start, here.hour < self.end
        if not (late or early if over_midnight else late and early):
            return moment
        day = here.date() + timedelta(days=1) if over_midnight and late else here.date()
        return datetime.combine(day, time(self.end), zone).astimezone(moment.tzinfo)


NIGHT = QuietHours()
"""From ten in the evening to seven in the morning."""
