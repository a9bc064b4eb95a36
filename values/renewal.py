"""Renewal: how a seller's subscriptions go on, and the moments at which something is done about one that ends.

All moments follow from the end of the running period in the seller's time zone; none of them lies in quiet hours.
"""

from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct, structs

from values.hours import QuietHours
from values.money import Money
from values.private import Private, PrivateStruct
from values.term import A_YEAR, MONTHS_A_YEAR, Term, months_of, term_of_months

Action = Literal["remind", "announce", "collect", "lapse", "end"]
LAST_OF_DAY = time(23, 59, 59)
NOTICE_DAYS = (30, 7)
"""So many days before its end a term is announced that nothing follows."""
WAY_DAYS = 30
"""So many days before a charge its customer is told that the way to pay will have expired by then."""
ANSWERED = timedelta(days=1)
"""So long after a trial the service waits for the answer to its charge."""
SHORT_MONTHS = 2
"""A term that is shorter than this is announced only on the last of these days."""
SELDOM_MONTHS = 6
"""A charge that comes no more often than this comes seldom, by the networks' rules: its receipt announces no other."""
SHORT_GRACE = 3
_AHEAD = ("remind_days", "announce_days")
_Quarter = Annotated[int, Meta(ge=0, le=90)]
_Hour = Annotated[int, Meta(ge=0, le=23)]


class RenewalRules(Struct, frozen=True):
    """A profile's `[renewal]`. Days count back from the end (`grace_days` on from it), hours are the seller's own.

    `remind_days`: the desk writes first, so many days before; 0 leaves it out. `announce_days`: it says what will be
    charged, and when, to whoever has stored a way to pay; 0 leaves it out. `charge_days`: what renews itself is charged
    then, and again at each of `retry_days` while the money is missing. `collects` is False where nothing renews itself:
    a term just ends.
    """

    remind_days: _Quarter = 0
    announce_days: _Quarter = 0
    charge_days: Annotated[int, Meta(ge=1, le=60)] = 7
    retry_days: tuple[int, ...] = (5, 3, 1)
    grace_days: _Quarter = 14
    months: Literal[12, 24, 36] = 12
    quiet_from: _Hour = 22
    quiet_to: _Hour = 7
    collects: bool = True

    @property
    def term(self) -> Term:
        """The term of a program's renewal."""
        return term_of_months(self.months)

    def of_term(self, term: Term) -> "TermRules":
        """Return the rules for what runs so long: days fewer in the same share, where that is less than a year.

        Of the charge and each of its retries a day of its own is left, of grace `SHORT_GRACE` days.
        """
        days, tries = structs.asdict(self), (self.charge_days, *self.retry_days)
        months, least = min(months_of(term), MONTHS_A_YEAR), range(len(tries), 0, -1)
        charge, *retries = (min(day, max(_share(day, months), n)) for day, n in zip(tries, least, strict=True))
        ahead = {name: _share(max(0, days[name] - self.charge_days), months) + charge for name in _AHEAD if days[name]}
        grace = min(self.grace_days, max(_share(self.grace_days, months), SHORT_GRACE))
        days |= ahead | {"charge_days": charge, "retry_days": tuple(retries), "grace_days": grace}
        return TermRules(**days, told_by_receipt=months_of(term) < SELDOM_MONTHS)

    def of_trial(self, ends_after: timedelta, *, kept: bool) -> "TermRules":
        """Return the rules for a trial of that length: told once, at its end charged once, or over.

        A charge is announced 7 days before, as Visa demands (at least 7) and Mastercard allows (3 to 7), unless the
        trial is no longer: networks take its beginning for the announcement then.
        """
        days = 7 if kept and ends_after.days > 7 else 3
        known: dict[str, Any] = structs.asdict(self) | {
            "remind_days": 0,
            "announce_days": days,
            "grace_days": 0,
            "collects": kept,
        }
        return TermRules(**known, at_end=True)


def _share(days: int, months: int) -> int:
    """Return the share of a year's days that so many months have, rounded up."""
    return -(-days * months // MONTHS_A_YEAR)


class TermRules(RenewalRules, frozen=True):
    """The rules of one term. `told_by_receipt`: the receipt of a term announces the charge of the next.

    `at_end`: of a trial, whose money is asked for when it is over, and once.
    """

    told_by_receipt: bool = False
    at_end: bool = False


ENDING = RenewalRules(grace_days=0, collects=False)
"""What is done about terms that end where a profile has no `[renewal]`: they are told of, and end."""


class Program(Struct, frozen=True):
    """A program that customers own: the plans by which its subscription is renewed and its licence extended."""

    product: str
    subscription: str
    extension: str | None = None


class Owned(PrivateStruct):
    """A subscription of one customer, with all that is needed to show it and to renew it.

    `quantity` of `product` for a `term`. `status`: in `grace` its end has passed and its money is awaited; `ended` only
    where it is said that ended ones are among them.
    `auto_renewal`: the desk renews it. `order_id` is the order by which it runs until `ends_at` (the one that began it,
    or `renewed` it last) and `company_id` the company which that order was for; both None for what was bought before
    the desk came. Those of one order that end at the same moment are renewed together. `undone`: what was paid for that
    order is all back (refunded), it was withdrawn from and has ended (withdrawn), or nothing is paid yet (trial).
    """

    id: str
    product: str
    serial: Private[str | None]
    ends_at: datetime
    quantity: int = 1
    term: Term = A_YEAR
    status: Literal["active", "grace", "ended"] = "active"
    auto_renewal: bool = False
    starts_at: datetime | None = None
    order_id: str | None = None
    company_id: str | None = None
    renewed: bool = False
    undone: Literal["refunded", "withdrawn", "trial"] | None = None


class RenewalStep(Struct, frozen=True):
    """Something to be done about a subscription that ends, and when. `number` counts the steps of one period."""

    number: int
    action: Action
    due_at: datetime


class EndNotice(Struct, frozen=True):
    """A day on which an end is announced that nothing follows: so many days before it.

    `of_way`: what is told then is that the way to pay expires before the renewal.
    """

    days: int
    due_at: datetime
    of_way: bool = False


def notices(rules: TermRules, term: Term, ends_at: datetime, zone: ZoneInfo) -> tuple[EndNotice, ...]:
    """Return the days on which an end without renewal is announced, in order, and first that of a way that expires.

    They aren't steps: the numbers of steps are stored, and tell how far a running period has come.
    """
    if rules.at_end:
        return ()
    short = months_of(term) < SHORT_MONTHS
    last = ends_at.astimezone(zone).date()
    days = NOTICE_DAYS[-1:] if short else NOTICE_DAYS
    ends = tuple(EndNotice(n, _morning(last - timedelta(days=n), rules, zone)) for n in days)
    before = WAY_DAYS + rules.charge_days
    way = EndNotice(before, _morning(last - timedelta(days=before), rules, zone), of_way=True)
    return (way, *ends) if rules.collects and not short and before > days[0] else ends


def steps(rules: TermRules, ends_at: datetime, zone: ZoneInfo) -> tuple[RenewalStep, ...]:
    """Return all steps of a period that ends then, in order."""
    last = ends_at.astimezone(zone).date()
    planned: list[tuple[Action, datetime]] = []
    if rules.remind_days:
        planned.append(("remind", _morning(last - timedelta(days=rules.remind_days), rules, zone)))
    if rules.announce_days:
        planned.append(("announce", _morning(last - timedelta(days=rules.announce_days), rules, zone)))
    over = awake(ends_at, rules, zone)
    if rules.at_end:
        last_steps: tuple[Action, ...] = ("collect", "end") if rules.collects else ("end",)
        planned.extend((action, over + n * ANSWERED) for n, action in enumerate(last_steps))
    else:
        collected = (rules.charge_days, *rules.retry_days) if rules.collects else ()
        planned.extend(("collect", _morning(last - timedelta(days=days), rules, zone)) for days in collected)
        planned.append(("lapse", over))
        planned.append(("end", awake(last_moment(rules, ends_at, zone), rules, zone)))
    planned.sort(key=lambda step: step[1])
    return tuple(RenewalStep(number, action, due) for number, (action, due) in enumerate(planned))


def last_moment(rules: TermRules, ends_at: datetime, zone: ZoneInfo) -> datetime:
    """Return until when a payment still renews: the end of the last day of grace; without grace, the end itself.

    Behind a trial, whose money is asked for at its end, until that is answered.
    """
    if rules.at_end and rules.collects:
        return awake(ends_at, rules, zone) + ANSWERED
    if not rules.grace_days:
        return ends_at
    last = ends_at.astimezone(zone).date() + timedelta(days=rules.grace_days)
    return datetime.combine(last, LAST_OF_DAY, zone).astimezone(ZoneInfo("UTC"))


def next_collection(rules: TermRules, ends_at: datetime, zone: ZoneInfo, after: datetime) -> datetime | None:
    """Return when the money is asked for next, None if it isn't any more."""
    coming = (step.due_at for step in steps(rules, ends_at, zone) if step.action == "collect")
    return min((due for due in coming if due > after), default=None)


def awake(moment: datetime, rules: RenewalRules, zone: ZoneInfo) -> datetime:
    """Return the moment itself, or the end of the quiet hours that it lies in."""
    return QuietHours(rules.quiet_from, rules.quiet_to).awake(moment, zone)


def days_left(ends_at: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Return how many calendar days on the seller's wall are left; never below zero."""
    return max(0, (ends_at.astimezone(zone).date() - now.astimezone(zone).date()).days)


def share_left(ends_at: datetime, begun: datetime, now: datetime, zone: ZoneInfo) -> tuple[int, Fraction]:
    """Return the calendar days that are left of a term, and their share of all its days."""
    left, whole = days_left(ends_at, now, zone), days_left(ends_at, begun, zone)
    return left, Fraction(left, whole) if whole else Fraction(0)


def price_share(minor: int, share: Fraction) -> int:
    """Return that share of a price, in minor units, rounded half up."""
    part = minor * share
    return (2 * part.numerator + part.denominator) // (2 * part.denominator)


def _morning(day: date, rules: RenewalRules, zone: ZoneInfo) -> datetime:
    """Return the earliest moment outside quiet hours on that day, so that a whole number of days is left."""
    return datetime.combine(day, time(rules.quiet_to), zone).astimezone(ZoneInfo("UTC"))


Kind = Literal["charged", "link", "ends", "covered"]
Line = tuple[str, int]


class EarlierPrice(Struct, frozen=True):
    """The sum paid before in minor units, and the code that had lowered it; `over`: it was for several terms."""

    was: int
    code: str | None = None
    over: bool = False


class Outlook(PrivateStruct):
    """The outlook, after `ends_at`, of subscriptions that are renewed together, or not at all.

    The one answer that chat, letters, API and charges give (`bot/usecases/renewals/quotes.py` derives it); the texts
    for each kind stand once per language (`outlook.toml`).

    `charged`: on `on` the stored way to pay of this `label` is charged. `link`: a payment link comes on `on`, or has
    come where that is None; unpaid, the term ends. `ends`: nothing follows. `covered`: the next term is bought already.
    `ids` are the subscriptions, `lines` what is renewed or ends, and how many of it; `gross` is the sum in minor units
    for another `term`, None where nothing is asked for; the `first` one, behind a trial. `before`: the last price
    of a short term, which no letter but the receipt tells.
    """

    kind: Kind
    ids: tuple[str, ...]
    lines: tuple[Line, ...]
    ends_at: datetime
    on: datetime | None = None
    label: Private[str | None] = None
    gross: int | None = None
    currency: str = ""
    term: Term = A_YEAR
    first: bool = False
    before: EarlierPrice | None = None

    @property
    def renews(self) -> bool:
        """Return whether the desk itself sees to another term."""
        return self.kind in ("charged", "link")

    @property
    def last_no(self) -> datetime | None:
        """Return the last day on which a charge can still be called off: the one before it."""
        return self.on - timedelta(days=1) if self.kind == "charged" and self.on is not None else None

    @property
    def sum(self) -> Money | None:
        """Return the sum of the renewal."""
        return None if self.gross is None else Money(self.gross, self.currency)
