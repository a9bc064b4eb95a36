"""A whole run: customers at work, fate, the judge."""

import asyncio
import itertools
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash import books
from tests.crash.chatter import Chatter, chatter
from tests.crash.customers import Traveller, traveller
from tests.crash.doors import Visitor
from tests.crash.fate import Fate, Strike
from tests.crash.fortune import Fortune, fortune_of, place_of
from tests.crash.held import judge_helped
from tests.crash.house import House, house
from tests.crash.judge import Ledger, judge, read_ledger, settled, unexplained
from tests.crash.money import Stage, judge_money
from tests.crash.office import Helped, Office
from tests.crash.plan import Broken, Plan
from tests.crash.returning import Returning
from tests.crash.year import Year
from tests.desk.running import Running
from tests.desk.stubborn import Insistent
from tests.desk.telegram_chat import Chat

LOCALES = ("pl", "it", "en")
#: Whose answers get lost.
PROVIDERS = ("smsapi", "smtp", "przelewy24", "paypal", "stripe", "mf")
FIRST_CHAT = 700_001
#: An agent waits for a frozen process until it has been awake for so long: a second *take*, refused here, mustn't be
#: found by it after the talk was given back.
AWAKE_S = 10.0


@dataclass
class Result:
    """What a run showed."""

    plan: Plan
    broken: list[Broken]
    strikes: list[Strike]
    ledger: Ledger
    customers: list[Traveller | Chatter]
    doubled_chat: int
    chat_messages: int
    starts_s: list[float]
    took_s: float
    unanswered: int
    helped: list[Helped]
    fortunes: list[Fortune]
    unanswered_agents: int
    deadlocks: int


@dataclass
class Crowd:
    """The customers, a few at a time, as many as the plan says and as fate needs."""

    house: House
    plan: Plan
    fate: Fate
    dice: random.Random
    office: Office
    customers: list[Traveller | Chatter] = field(default_factory=list[Traveller | Chatter])
    fortunes: list[Fortune] = field(default_factory=list[Fortune])
    stuck: dict[str, str] = field(default_factory=dict[str, str])
    done: int = 0
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _active: int = 0

    async def work(self) -> None:
        """Until all have come to the end, or will never."""
        async with Insistent(self.house.front_url) as http:
            chats = Running(None, http)  # type: ignore[arg-type]
            await asyncio.gather(*(self._one_after_the_other(chats) for _ in range(self.plan.at_once)))

    async def _one_after_the_other(self, chats: Running) -> None:
        while (number := next(self._numbers)) < self.plan.journeys or self.fate.share < 1:
            # Neither so early that fate finds nobody at work, nor so late that it waits for them.
            while self._active and self.fate.share * self.plan.journeys < number - self.plan.at_once:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            self._active += 1
            await self._journey(self._customer(number, chats), number)
            self._active -= 1

    def _customer(self, number: int, chats: Running) -> Traveller | Chatter:
        method, locale = ("blik", "przelewy24", "card", "paypal")[number % 4], LOCALES[number % 3]
        # Not those on Telegram alone, which are evenly spread, too.
        office = self.office if place_of(number, self.plan) < self.plan.helped else None
        every = self.plan.journeys / self.plan.telegram if self.plan.telegram else 0
        if every and number % every < 1:
            return chatter(Chat(self.house.bots, chats, FIRST_CHAT + number, language=locale), method, office)
        found = traveller(
            Visitor(self.house.http, self.house.doors, number),
            method,
            phone=f"+48512{number:06d}",
            locale=locale,
            dice=random.Random(self.dice.random()),
            twice=self.plan.twice,
        )
        found.speaks, found.number, found.office = number % 3 == 1, number, office
        return found

    async def _journey(self, customer: Traveller | Chatter, number: int) -> None:
        self.customers.append(customer)
        try:
            await customer.run()
            if (fortune := fortune_of(customer, number, self.plan)) is not None:
                self.fortunes.append(fortune)
                await fortune.befall(Visitor(self.house.http, self.house.doors, number), self.office)
        except (TimeoutError, AssertionError, LookupError) as error:
            where = customer.door.at if isinstance(customer, Traveller) else str(customer.chat.texts[-1:])
            self.stuck[customer.email] = f"{type(error).__name__} at {where}: {str(error)[:300]}"
        self.done += 1


async def run(plan: Plan, folder: Path, database_url: str | None = None) -> Result:
    """One run; what it showed. `folder` is empty, `database_url` that of an empty PostgreSQL database."""
    began, dice = time.monotonic(), random.Random(plan.seed)
    async with house(plan, folder, database_url) as found:
        fate = Fate(found, plan, random.Random(dice.random()), lambda strike: _told(strike, fate, crowd, began))
        office = Office(found, random.Random(dice.random()), twice=plan.twice, answer_s=plan.frozen_s + AWAKE_S)
        crowd = Crowd(found, plan, fate, random.Random(dice.random()), office)
        mischief = asyncio.create_task(_lose_answers(found, fate, random.Random(dice.random())))
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(fate.befall())
                both.create_task(crowd.work())
        finally:
            mischief.cancel()
        await asyncio.gather(mischief, return_exceptions=True)
        broken = await judge(found, crowd.customers, crowd.stuck)
        broken += unexplained(found, fate.strikes)
        # The next year writes the same reminder again and again.
        ledger, doubled, messages = await read_ledger(found), found.bots.doubled(), len(found.bots.messages)
        try:
            broken += await _next_year(crowd, office, Year(found, fate, random.Random(dice.random())))
        finally:
            await office.close()
        return Result(
            plan=plan,
            broken=broken,
            strikes=fate.strikes,
            ledger=ledger,
            customers=crowd.customers,
            doubled_chat=doubled,
            chat_messages=messages,
            starts_s=[seconds for desk in found.desks for seconds in desk.starts_s],
            took_s=time.monotonic() - began,
            unanswered=sum(c.door.http.unanswered for c in crowd.customers if isinstance(c, Traveller)),
            helped=office.helped,
            fortunes=crowd.fortunes,
            unanswered_agents=office.unanswered,
            deadlocks=await asyncio.to_thread(books.deadlocks, found.store),
        )


async def _next_year(crowd: Crowd, office: Office, year: Year) -> list[Broken]:
    """What became of money and contracts, judged after a night, when renewals fall due, and when all is decided."""
    store = crowd.house.store
    if not crowd.fortunes:
        return await asyncio.to_thread(judge_helped, store, office.helped)
    customers = [customer for customer in crowd.customers if customer.email not in crowd.stuck]
    fortunes = [fortune for fortune in crowd.fortunes if fortune.customer.email not in crowd.stuck]
    late = [fortune for fortune in fortunes if fortune.is_late]
    lucky = {fortune.customer.email for fortune in crowd.fortunes}
    returning = Returning(crowd.house, year.fate, year.dice)
    await returning.leave([one for one in customers if one.email not in lucky])

    async def judged(stage: Stage) -> list[Broken]:
        left = await settled(crowd.house)
        return [
            *(Broken("stuck", "all", f"{n} {name} ({stage})") for name, n in left.items() if n),
            *await judge_money(crowd.house, customers, fortunes, stage),
        ]

    await year.night()
    broken = await judged("paid")
    broken += await asyncio.to_thread(judge_helped, store, office.helped, len(late))
    helped = len(office.helped)
    await year.comes_due()
    broken += await judged("due")
    office.comes_back()
    for fortune in late:
        await fortune.is_decided(office)
    await year.goes_on()
    broken += await judged("decided")
    again = await returning.come_back(year.kills.pop(0))
    left = await settled(crowd.house)
    broken += [Broken("stuck", "all", f"{n} {name} (come back)") for name, n in left.items() if n]
    broken += await returning.judge(again, await read_ledger(crowd.house))
    crowd.customers += again
    return [*broken, *await asyncio.to_thread(judge_helped, store, office.helped[helped:])]


async def _lose_answers(found: House, fate: Fate, dice: random.Random) -> None:
    """Now and then a provider does what it is asked, and its answer is lost."""
    visitor = Visitor(found.http, found.doors, 0)
    for n in range(fate.plan.lost):
        await fate.share_is((n + 0.5) / fate.plan.lost)
        fault = {"provider": dice.choice(PROVIDERS), "mode": "lost", "times": 1}
        await visitor.request("POST", "/sandbox/api/faults", json=fault)
        await asyncio.sleep(0.3)


def _told(strike: Strike, fate: Fate, crowd: Crowd, began: float) -> None:
    print(
        f"{time.monotonic() - began:6.1f} s: {strike.kind} of {strike.who}, back after {strike.back_s:.2f} s; "
        f"{fate.kills} of {fate.plan.kills} kills, {crowd.done} of {fate.plan.journeys} journeys, "
        f"{len(crowd.stuck)} stuck",
        file=sys.stderr,
        flush=True,
    )
