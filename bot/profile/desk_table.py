"""`[desk]` of `profile.toml`: when people are at the desk, and which conversations they are to look at."""

from datetime import date, time, timedelta
from typing import Annotated

from pydantic import Field, field_validator

from bot.profile.problems import WrongProfile
from bot.profile.strict import Net, StrictTable, minor, written
from values.hours import DAYS, Day, OfficeHours, Span
from values.rules import DeskRules

Hours = Annotated[str, written(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", "from and to, such as 08:00-16:00")]
Vip = Annotated[str, written(r"[^@\s]*@[^@\s]+\.[^@\s]+", "an e-mail address, or a domain such as @firma.pl")]


class DeskTable(StrictTable):
    """`[desk]`. `hours`: "08:00-16:00" by day, in the seller's time zone; a day that isn't named is a closed one, and
    without any somebody is always there. `above` in major units. `vip`: e-mail addresses, or domains: "@firma.pl"."""

    hours: dict[Day, Hours] = Field(default_factory=dict)
    holidays: tuple[date, ...] = ()
    answer_within_minutes: int = Field(default=10, ge=1, le=24 * 60)
    give_up_days: int = Field(default=7, ge=1, le=365)
    above: Net | None = None
    vip: tuple[Vip, ...] = ()

    @field_validator("hours")
    @classmethod
    def _forwards(cls, value: dict[Day, Hours]) -> dict[Day, Hours]:
        for day, hours in value.items():
            begins, ends = hours.split("-")
            if begins >= ends:
                raise WrongProfile(f"on {day} the desk shuts before it opens", "Write from and to in their order.")
        return value

    def build(self, currency: str) -> DeskRules:
        """The rules."""
        return DeskRules(
            OfficeHours(self._week(), frozenset(self.holidays)),
            timedelta(minutes=self.answer_within_minutes),
            None if self.above is None else minor(self.above, currency),
            tuple(address.casefold() for address in self.vip),
            timedelta(days=self.give_up_days),
        )

    def _week(self) -> tuple[Span | None, ...]:
        if not self.hours:
            return ()
        return tuple(_span(self.hours[day]) if day in self.hours else None for day in DAYS)


def _span(hours: str) -> Span:
    begins, _, ends = hours.partition("-")
    return Span(time.fromisoformat(begins), time.fromisoformat(ends))
