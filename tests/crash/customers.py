"""Customers who never give up, on the REST channel: each of their turns goes to another process."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

from bot.conversation.identity import conversation_id
from sandbox.testing.desk import DeskClient
from sandbox.testing.doors import RestDoor
from tests.crash.doors import Visitor
from tests.crash.office import Helped, Office
from tests.desk import stubborn
from tests.desk.stubborn import ACTS, Json, Stubborn, StubbornDoor, follow_mail, linked, person, sent

#: Said by two fingers at once: two messages, of which one is the answer.
#: Where somebody may ask for a person; while an agent has the talk the letter is followed and the money paid.
ASKS_AT = ("phone", "confirm_data", "tax_number", "email_link", "payment")
NIP = ("company.tax_number", "123-456-32-18")
WORDS = "Nie wiem, co tu zrobić."
PRESSED_TWICE = ("consents:required", "terms:accept", "pay:now", "einvoice:activate")


@dataclass(frozen=True, slots=True)
class Cut:
    """A request left unanswered: when (of the loop's clock), where, and after how long all it caused was answered."""

    at: float
    where: str
    took_s: float


@dataclass
class TravellersDoor(StubbornDoor):
    """Some messages go to two processes at once, and some buttons are pressed twice at once.

    `own` counts the messages with an id of their own, `taken_up` holds the requests that a process left unanswered.
    """

    http: Visitor  # pyright: ignore[reportIncompatibleVariableOverride]
    dice: random.Random = field(default_factory=random.Random)
    twice: float = 0.0
    own: int = 0
    taken_up: list[Cut] = field(default_factory=list[Cut])
    _cut_at: float | None = None

    async def say(self, message: str, message_id: str | None = None) -> Json:
        """Says it; now and then twice."""
        self.does(f"says {message}" if ":" in message else "says")
        ids = [message_id or uuid4().hex]
        if self.dice.random() < self.twice:
            ids.append(uuid4().hex if message in PRESSED_TWICE else ids[0])
        self.own += len({*ids})
        await asyncio.gather(*(RestDoor.say(self, message, id) for id in ids))
        if len(ids) > 1:
            # Which of two that were answered at once was the last can't be told from outside.
            self.seqs[-2:] = [max(self.seqs[-2:])]
            await self.look()
        return self.custom

    def _take(self, items: Json) -> Json:
        super()._take(items)
        now = asyncio.get_running_loop().time()
        self._cut_at = self._cut_at or self.http.cut_at
        if self._cut_at is not None and self.expects != "wait":
            self.taken_up.append(Cut(self._cut_at, self.at, now - self._cut_at))
            self._cut_at = self.http.cut_at = None
        return self.custom


@dataclass
class Traveller(Stubborn):
    """One by such a door. With an `office` a person is asked for, once, at a step that follows from `number`."""

    door: TravellersDoor = field(init=False)  # pyright: ignore[reportIncompatibleVariableOverride]
    number: int = field(default=0, kw_only=True)
    office: Office | None = field(default=None, kw_only=True)

    @property
    def talk(self) -> str:
        """The conversation's id."""
        return conversation_id("rest", self.door.sender)

    async def run(self, *until: str, **more: Any) -> Self:
        """From the greeting to the end of the straight way, with an agent's help if there is an office."""
        if self.office is not None:
            office, self.office = self.office, None
            await _is_helped(self, office, ASKS_AT[self.number % len(ASKS_AT)])
        return await super().run(*until, **more)


def traveller(visitor: Visitor, method: str, *, phone: str, **door: Any) -> Traveller:
    """Return one whose door is reached by `visitor`."""
    by = TravellersDoor(visitor, **door)
    known = person(method, phone=phone, locale=by.locale)
    return Traveller(DeskClient(visitor), known, by, acts={**ACTS, "phone": give_number})


async def _is_helped(one: Traveller, office: Office, at: str) -> None:
    await one.run(at)
    link = linked(one, "payment")
    await one.say("/agent")

    async def meanwhile() -> None:
        await one.say(WORDS)
        if at == "email_link":
            await follow_mail(one)
        if link is not None:
            paid = {"outcome": "paid", "notify": "once"}
            await sent(one, f"/sandbox/api/payments/{link['id']}", (200, 409), json=paid)

    corrects = NIP if at == NIP[0].partition(".")[2] else None
    await office.help(Helped(one.talk, one.number, corrects), meanwhile)
    while one.door.custom["mode"] != "bot":
        await one.door.look()


async def give_number(one: Traveller) -> None:
    """A recording counts and, once they were heard, its words: each is a line of its own."""
    spoken = one.heard_in_vain
    await stubborn.give_number(one)
    if one.heard_in_vain > spoken:
        one.door.own += 1 + (one.door.expects != "phone")


async def withdraw(one: Traveller, words: str) -> None:
    """Withdraws from the contract, until that is with a person."""
    async with asyncio.timeout(one.patience_s):
        await one.say(words)
        while one.door.custom["mode"] != "waiting":
            await one.door.look()
