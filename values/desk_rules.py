"""When a conversation goes to a person, and how long one may be kept waiting: a profile's `[desk]`."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

from values.office_hours import ALWAYS, OfficeHours

GIVE_UP = "give_up"
"""The timer by which a request for a person ends that nobody ends: each open one has it."""


@dataclass(frozen=True, slots=True)
class DeskRules:
    """`answer_within`: an agent who leaves the customer's words without an answer for so long loses the conversation to
    the queue. `above`: an order of more than this net sum, in minor units, is worth a person's attention. `vip`: so are
    customers with these e-mail addresses (lower case), or with an address at such a domain ("@firm.pl"). `give_up`: a
    request for a person ends when neither side has written for so long."""

    hours: OfficeHours = ALWAYS
    answer_within: timedelta = timedelta(minutes=10)
    above: int | None = None
    vip: tuple[str, ...] = ()
    give_up: timedelta = timedelta(days=7)

    def is_vip(self, email: str | None) -> bool:
        """Whether the address, or its domain, is on the list."""
        if not email:
            return False
        key = email.casefold()
        return key in self.vip or key[key.rfind("@") :] in self.vip


DEFAULT = DeskRules()


def erasure_due(asked_at: datetime) -> datetime:
    """Return when a request for deletion is to be answered: within a month (GDPR, art. 12(3))."""
    year, month = asked_at.year + asked_at.month // 12, asked_at.month % 12 + 1
    return asked_at.replace(year=year, month=month, day=min(asked_at.day, monthrange(year, month)[1]))
