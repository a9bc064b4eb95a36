"""A whole simulation: one customer after the other, each at a desk of its own, and what came of them."""

import random
import re
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from msgspec import Struct, field
from structlog.testing import capture_logs

from bot.app.installation import Installation
from bot.app.serve import run_desk
from bot.app.settings import OwnSettings
from bot.simulation.customer import MOST_ERRANDS, MOST_WHIMS, End, SimulatedCustomer
from bot.simulation.person import Broken, Diary, draw
from bot.simulation.visit import SimulatedVisit, open_visit
from sandbox.testing.desk import NotDone
from services.clock import SystemClock
from services.store.tables.accounts import account
from services.store.tables.core import call, event, inbound, journal
from services.store.tables.orders import payment, sales_order
from services.store.tables.support import recording

OPENS_AT = 10
"""The hour of the seller's day at which each customer comes: the same one, whenever the simulation is run."""
_KEY = "simulated desks give the same codes each time"
MONTHS = 12
SETTLING_S = 16 * 60
"""A little more than what passes before a desk asks again after money that it awaits."""


class SimulatedJourney(Struct, frozen=True):
    """The outcome of one customer, and `at` which step. `seed` alone plays it again; `broken` is None where all held.

    `alarms` are the desk's own, which providers' faults may explain.
    """

    seed: int
    end: End | None
    at: str
    broken: Broken | None
    alarms: tuple[str, ...]
    diary: Diary


class Result(Struct):
    """The outcome of all journeys."""

    journeys: list[SimulatedJourney] = field(default_factory=list[SimulatedJourney])

    @property
    def counts(self) -> Counter[str]:
        """Everything counted: messages, faults, orders by how they stand."""
        return sum((one.diary.counts for one in self.journeys), Counter[str]())

    @property
    def broken(self) -> list[SimulatedJourney]:
        """The journeys in which something didn't hold."""
        return [one for one in self.journeys if one.broken is not None]


async def play_all(
    profile: Path, seed: int, journeys: int, done: Callable[[SimulatedJourney], None], *, years: int = 0
) -> Result:
    """Play so many customers; `done` is told of each. The n-th has the seed `seed` + n, and is the same every time."""
    result = Result()
    for n in range(journeys):
        result.journeys.append(await play(profile, seed + n, years=years))
        done(result.journeys[-1])
    return result


async def play(profile: Path, seed: int, *, years: int = 0) -> SimulatedJourney:
    """Play the customer of this seed at a new desk, and so many years of theirs."""
    diary, sender = Diary(), f"simulated-customer-{seed:08d}"
    end, at, broken = None, "", None
    with tempfile.TemporaryDirectory(prefix="okienko-simulate-") as folder, capture_logs() as logged:
        async with (
            new_desk(profile, Path(folder)) as desk,
            open_visit(desk, sender, desk.profile.seller.locales[0], diary) as visit,
        ):
            try:
                end = await _played(visit, seed, years)
                await _judged(visit, _alarms(logged))
            except NotDone as found:
                broken = await _raised(visit) or (found if isinstance(found, Broken) else Broken("answer", str(found)))
            at = visit.at
            diary.counts.update(await _outcome(visit))
    return SimulatedJourney(seed, end, at, broken, _alarms(logged), diary)


async def _played(visit: SimulatedVisit, seed: int, years: int) -> End:
    dice, seller = random.Random(seed), visit.desk.profile.seller  # noqa: S311 - it must come out the same each time
    await visit.advance(until_opening(visit.desk.clock, seller.time_zone))
    person = draw(seller, await visit.ask("GET", "/sandbox/api/people"), seed, dice)
    visit.door.locale = person.locale
    one = SimulatedCustomer(visit, person, visit.door, seller=seller, dice=dice)
    one.leaves_at = dice.randrange(3, 40) if dice.random() < 0.15 else None
    one.whims, one.errands = dice.randint(0, MOST_WHIMS), dice.randint(0, MOST_ERRANDS)
    end = await one.live()
    if years:
        await _grow_old(one, years)
    return end


async def _grow_old(one: SimulatedCustomer, years: int) -> None:
    """Let years pass with all that falls due in them; each begins in another chat of theirs, and with an agent."""
    here = one.desk
    await here.mend()
    for year in range(years):
        async with open_visit(here.desk, f"{here.door.sender}-{year}", here.door.locale, here.diary) as elsewhere:
            here.diary.did("writes from another chat")
            await SimulatedCustomer(elsewhere, one.person, elsewhere.door, seller=one.seller, dice=one.dice).live()
        await here.have_agent()
        await one.spend(MONTHS)


async def _judged(visit: SimulatedVisit, alarms: Sequence[str]) -> None:
    """Let all that was begun end, then look at what must hold. Errors: Broken for what doesn't."""
    await visit.mend()
    for _ in range(2):
        await visit.advance(SETTLING_S)
    store, faults = visit.desk.store, visit.diary.counts["faults"] > 0
    found: Iterable[tuple[str, str]] = chain(
        find_undone(await store.read(left), faults=faults),
        money(await visit.attempts(), await store.read(booked)),
        find_doubled(await visit.outbox(), letters=not faults),
        (("account twice", email) for email in await store.read(addresses_twice)),
        (("alarm", alarm) for alarm in alarms if not faults),
    )
    for what, how in found:
        raise Broken(what, how)


async def _raised(visit: SimulatedVisit) -> Broken | None:
    """Name the turns that raised: what else broke came of them."""
    raised = (await visit.desk.store.read(left))["turns that raised"]
    return Broken("exception", f"turns that raised: {raised}") if raised else None


async def _outcome(visit: SimulatedVisit) -> Counter[str]:
    kept = await visit.desk.store.read(orders)
    kinds = Counter(str(one["kind"]) for one in await visit.outbox())
    return Counter({f"orders {status}": n for status, n in kept.items()}) + kinds


def until_opening(clock: SystemClock, zone: str) -> float:
    """Return the seconds until the hour of the seller's day at which customers come."""
    now = clock.now().astimezone(ZoneInfo(zone))
    opening = datetime(now.year, now.month, now.day, OPENS_AT, tzinfo=now.tzinfo)
    return ((opening if opening > now else opening + timedelta(days=1)) - now).total_seconds()


def _alarms(logged: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    alarms = (line for line in logged if line.get("alarm"))
    return tuple(" ".join(str(value) for name, value in line.items() if name != "alarm") for line in alarms)


@asynccontextmanager
async def new_desk(profile: Path, folder: Path) -> AsyncGenerator[Installation]:
    """Return a new desk with its sandbox, on loopback, that reads none of this machine's settings."""
    given: dict[str, Any] = {
        "profile": profile,
        "data_dir": folder,
        "port": 0,
        "rate_limits": "off",
        "telegram_mode": "off",
        "secret_key": _KEY,
    }
    async with run_desk(OwnSettings(**given)) as desk:
        yield desk


Json = Any
_TOKEN = re.compile(r"https?://\S*/[\w-]{20,}")


def find_doubled(messages: Sequence[Json], *, letters: bool) -> Iterable[tuple[str, str]]:
    """Return the messages that arrived twice.

    No SMS may, and no e-mail unless its server has failed (`letters` False). A message without a code or token may be
    asked for again, and says the same.
    """
    counted = Counter((one["kind"], one["to"], one["text"]) for one in messages)
    for (kind, to, text), times in counted.items():
        if times > 1 and (kind == "sms" or (letters and _TOKEN.search(text))):
            yield f"doubled {kind}", f"{times} times to {to}: {text[:120]!r}"


def money(attempts: Sequence[Json], booked: "Sequence[PaymentReading]") -> Iterable[tuple[str, str]]:
    """Money that a provider keeps pays one order once; nothing is paid without money.

    An order's second payment is refunded, so the provider doesn't keep it. A transfer has no provider.
    """
    kept = Counter(one["id"] for one in attempts if one["status"] == "paid")
    orders = {one.id: one.order for one in booked}
    by_order = Counter[str]()
    for id, times in kept.items():
        by_order[orders.get(id, f"an unknown order, payment {id}")] += times
    for order, times in by_order.items():
        if times > 1:
            yield "charged twice", f"{times} payments are kept for {order}"
    opened = {one["id"] for one in attempts}
    for one in booked:
        if one.status == "paid" and one.id in opened and not kept[one.id]:
            yield "paid without money", f"{one.order} by payment {one.id}"
        if kept[one.id] and one.status != "paid":
            yield "money not booked", f"{one.order}: payment {one.id} is {one.status}"
    for order, times in Counter(one.order for one in booked if one.status == "paid").items():
        if times > 1:
            yield "paid twice", f"{order} has {times} paid payments"


def find_undone(left: dict[str, int], *, faults: bool) -> Iterable[tuple[str, str]]:
    """Return the jobs left when nothing is under way; jobs may be given up where a provider has failed."""
    for what, number in left.items():
        if number and not (faults and "given up" in what):
            yield ("exception" if what == "turns that raised" else "left undone"), f"{what}: {number}"


class PaymentReading(Struct, frozen=True):
    """A payment as the desk has it: of which order, and how it stands."""

    id: str
    order: str
    status: str


def left(connection: sa.Connection) -> dict[str, int]:
    """Count unfinished work, turns that raised, and jobs that were given up, by their kind."""
    questions = {
        "calls open": sa.select(sa.func.count()).select_from(call).where(call.c.status == "open", ~call.c.background),
        "events open": sa.select(sa.func.count()).select_from(event).where(event.c.done_at.is_(None)),
        "replies unsent": sa.select(sa.func.count()).select_from(journal).where(journal.c.delivery == "open"),
        "recordings unheard": sa.select(sa.func.count()).select_from(recording).where(recording.c.state.is_(None)),
        "turns that raised": sa.select(sa.func.count()).select_from(inbound).where(inbound.c.failed),
    }
    given_up = (
        sa.select(call.c.kind, call.c.attempts, sa.func.count())
        .where(call.c.status == "failed")
        .group_by(call.c.kind, call.c.attempts)
    )
    return {
        **{name: connection.execute(query).scalar_one() for name, query in questions.items()},
        **{f"{kind} given up at try {tries}": n for kind, tries, n in connection.execute(given_up)},
    }


def booked(connection: sa.Connection) -> list[PaymentReading]:
    """List all payments with their orders."""
    of = sa.select(payment.c.id, sales_order.c.number, payment.c.status)
    return [PaymentReading(*row) for row in connection.execute(of.join_from(payment, sales_order))]


def orders(connection: sa.Connection) -> dict[str, int]:
    """Count the orders by how they stand."""
    of = sa.select(sales_order.c.status, sa.func.count()).group_by(sales_order.c.status)
    return {row[0]: row[1] for row in connection.execute(of)}


def addresses_twice(connection: sa.Connection) -> list[str]:
    """List the addresses of which there is more than one active account."""
    of = sa.select(account.c.email).where(account.c.status == "active").group_by(account.c.email)
    return [row[0] for row in connection.execute(of.having(sa.func.count() > 1))]
