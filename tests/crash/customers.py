"""Customers who never give up, on the REST channel: each of their turns goes to another process."""

import asyncio
import random
from dataclasses import dataclass, field
from uuid import uuid4

from bot.conversation.identity import conversation_id
from tests.crash.doors import Visitor
from tests.crash.office import Helped, Office
from tests.desk.stubborn import Json, Stubborn

#: How long a whole journey may take before it counts as stuck.
PATIENCE_S = 240.0
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
class Traveller(Stubborn):
    """On the REST channel. Sends some messages to two processes at once, and presses some buttons twice at once.

    `said` counts the messages with an id of their own, `taken_up` holds the requests that a process left unanswered.
    With an `office` a person is asked for, once, at a step that follows from `number`.
    """

    visitor: Visitor = field(kw_only=True)
    dice: random.Random = field(kw_only=True)
    twice: float = 0.0
    patience_s: float = PATIENCE_S
    number: int = 0
    office: Office | None = None
    said: int = 0
    taken_up: list[Cut] = field(default_factory=list[Cut])
    _cut_at: float | None = None

    async def run(self) -> None:
        """From the greeting to the end of the straight way, with an agent's help if there is an office."""
        async with asyncio.timeout(self.patience_s):
            await self.say("/start")
            if self.office is not None:
                await self._is_helped(self.office, ASKS_AT[self.number % len(ASKS_AT)])
            await self.go_on()

    async def _is_helped(self, office: Office, at: str) -> None:
        await self.go_on(at)
        link = self._link("payment")
        await self.say("/agent")

        async def meanwhile() -> None:
            await self.say(WORDS)
            if at == "email_link":
                await self.follow_mail()
            if link is not None:
                paid = {"outcome": "paid", "notify": "once"}
                await self.do("POST", f"/sandbox/api/payments/{link['id']}", good=(200, 409), json=paid)

        corrects = NIP if at == NIP[0].partition(".")[2] else None
        await office.help(Helped(self.talk, self.number, corrects), meanwhile)
        while self.custom["mode"] != "bot":
            await self.look()

    async def speak_number(self) -> None:
        """Counts the recording and, once they were heard, its words: each is a line of its own."""
        await super().speak_number()
        self.said += 1 + (self.custom["expects"] != "phone")

    @property
    def talk(self) -> str:
        """The conversation's id."""
        return conversation_id("rest", self.sender)

    async def states(self, words: str) -> None:
        """Withdraws from the contract, until that is with a person."""
        async with asyncio.timeout(self.patience_s):
            await self.say(words)
            while self.custom["mode"] != "waiting":
                await self.look()

    async def say(self, message: str) -> None:
        """Says it; now and then twice."""
        self.acting(f"{self.at} says {message}" if ":" in message else f"{self.at} says")
        bodies = [self._body(message)]
        if self.dice.random() < self.twice:
            bodies.append(self._body(message) if message in PRESSED_TWICE else bodies[0])
        self.said += len({body["metadata"]["message_id"] for body in bodies})
        answers = [self.ask("POST", "/webhooks/rest/webhook", json=body) for body in bodies]
        for answer in await asyncio.gather(*answers):
            self._take(answer)
        if len(answers) > 1:
            # Which of two that were answered at once was the last can't be told from outside.
            self.seqs[-2:] = [max(self.seqs[-2:])]
            await self.look()

    def _body(self, message: str) -> Json:
        metadata = {"message_id": uuid4().hex, "locale": self.locale}
        return {"sender": self.sender, "message": message, "metadata": metadata}

    def _take(self, items: Json) -> None:
        super()._take(items)
        now = asyncio.get_running_loop().time()
        self._cut_at = self._cut_at or self.visitor.cut_at
        if self._cut_at is not None and self.custom["expects"] != "wait":
            self.taken_up.append(Cut(self._cut_at, self.at, now - self._cut_at))
            self._cut_at = self.visitor.cut_at = None
