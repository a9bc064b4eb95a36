"""Senders who logged out before the year went by, and come back as somebody else: another life under the same id."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from services.store.tables.core import conversation
from tests.crash.customers import Traveller, traveller
from tests.crash.doors import Visitor
from tests.crash.fate import Fate
from tests.crash.fortune import card_of
from tests.crash.house import House
from tests.crash.judge import Ledger, whether_done
from tests.crash.plan import Broken

#: So many come back at most.
MOST = 12
Card = dict[str, Any]


@dataclass
class Returning:
    """Those who come back. `kept` is the card of who each was, `births` the mark of the conversation they had."""

    house: House
    fate: Fate
    dice: random.Random
    former: list[Traveller] = field(default_factory=list[Traveller])
    kept: dict[str, Card] = field(default_factory=dict[str, Card])
    births: dict[str, str | None] = field(default_factory=dict[str, str | None])

    async def leave(self, customers: Sequence[object]) -> None:
        """Log out some of these, whose straight way has ended."""
        for one in [one for one in customers if isinstance(one, Traveller) and one.door.expects == "nothing"][:MOST]:
            await one.say("zone:log_out")
            self.former.append(one)
            self.births[one.talk] = await self._birth(one.talk)

    async def come_back(self, kills: int) -> list[Traveller]:
        """Play each once more with other data, under so many kills."""
        self.kept = {one.email: await card_of(one.desk.http, one.email) for one in self.former}
        again = [self._as_another(one, number) for number, one in enumerate(self.former)]
        async with asyncio.TaskGroup() as all_of_it:
            for one in again:
                all_of_it.create_task(one.run())
            all_of_it.create_task(self._kill(kills))
        return again

    async def judge(self, again: Sequence[Traveller], ledger: Ledger) -> list[Broken]:
        """Return what was promised to the second and not kept, and what it changed of the first."""
        broken = list[Broken]()
        for one in again:
            broken += await whether_done(self.house, one, ledger)
            if await self._birth(one.talk) == self.births[one.talk]:
                broken.append(Broken("doubled", one.email, "goes on in the conversation of a year ago"))
        for one in self.former:
            now = await card_of(one.desk.http, one.email)
            changed = [name for name in ("id", "account", "contacts", "consents", "orders", "methods")
                       if now[name] != self.kept[one.email][name]]  # fmt: skip
            broken += [Broken("books", one.email, f"{name} changed by another") for name in changed]
        return broken

    def _as_another(self, former: Traveller, number: int) -> Traveller:
        return traveller(
            Visitor(self.house.http, self.house.doors, number),
            former.person.method,
            phone=f"+48513{number:06d}",
            locale=former.door.locale,
            dice=random.Random(self.dice.random()),
            sender=former.door.sender,
        )

    async def _kill(self, times: int) -> None:
        for _ in range(times):
            await asyncio.sleep(self.dice.uniform(0.2, 1.5))
            await self.fate.kill_one()

    async def _birth(self, talk: str) -> str | None:
        def read() -> str | None:
            with self.house.store.connect() as connection:
                return connection.execute(sa.select(conversation.c.birth).where(conversation.c.id == talk)).scalar()

        return await asyncio.to_thread(read)
