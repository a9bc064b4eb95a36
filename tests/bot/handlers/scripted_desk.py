"""A desk in memory that fulfils `bot/conversation/port.py`: it remembers what came in and says what it is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bot.conversation.inbound import Inbound, Text
from bot.conversation.outbound import Button, Reply, ReplyLink, StatusSnapshot
from bot.conversation.port import Given, TurnReceipt, UnitOfWork, Watch
from bot.conversation.turn import TurnResult, Written
from dialogs.kit import Say
from services.store.conversations import StoredConversation
from services.store.errors import ConversationGone, StoreUnavailable
from services.store.journal import BOT, JournalEntry

T = TypeVar("T")
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Draft:
    """What the desk is to say."""

    text: str
    buttons: tuple[Button, ...] = ()
    links: tuple[ReplyLink, ...] = ()
    asks_contact: bool = False
    place: str | None = None


def parrot(inbound: Inbound) -> list[Draft]:
    """Says what it heard."""
    heard = inbound.body.body[:40] if isinstance(inbound.body, Text) else str(inbound.body)
    return [Draft(f"heard: {heard.encode(errors='replace').decode()}")]


@dataclass
class Talk:
    """One conversation: its messages with the root that caused each, and which were handed over."""

    id: str
    address: str
    locale: str
    messages: list[tuple[Reply, str | None]] = field(default_factory=list)
    given: set[int] = field(default_factory=set)


class ScriptedDesk:
    """`answers` makes the replies of a turn. Turns of one conversation run one after the other."""

    def __init__(self, answers: Callable[[Inbound], list[Draft]] = parrot) -> None:
        self.answers = answers
        self.received: list[Inbound] = []
        self.calls = 0
        self.talks: dict[str, Talk] = {}
        self.receipts: dict[tuple[str, str], tuple[Inbound, TurnReceipt]] = {}
        self.unavailable = 0  # so many calls fail as they do while nothing can be committed
        self.erasing = False  # while anybody is answered, all of the conversation is erased
        self.unsettled: set[str] = set()  # roots whose results never come
        self.machine = False
        self.says: tuple[str, ...] = ()  # the keys of what the dialogs said
        self.expects = "choice"
        self.mode = "bot"
        self.links: tuple[ReplyLink, ...] = ()
        self.gate: asyncio.Event | None = None  # turns wait for it
        self.locks: dict[str, asyncio.Lock] = {}

    def _check(self) -> None:
        self.calls += 1
        if self.unavailable:
            self.unavailable -= 1
            raise StoreUnavailable("no store")

    def talk(self, channel: str, address: str) -> Talk:
        key = f"{channel}/{address}"
        return self.talks.setdefault(key, Talk(key, address, "pl"))

    def say(self, talk: Talk, reply: Draft, root: str | None = None) -> Reply:
        seq = len(talk.messages) + 1
        message = Reply(
            seq * 10,
            seq,
            "bot",
            reply.text,
            reply.buttons,
            reply.links,
            AT,
            asks_contact=reply.asks_contact,
            place=reply.place,
        )
        talk.messages.append((message, root))
        return message

    def opening(self, channel: str, locale: str) -> None:
        """Return None: a scripted desk greets nobody beforehand."""

    async def receive(self, inbound: Inbound) -> TurnReceipt:
        async with self.locks.setdefault(inbound.address, asyncio.Lock()):
            self._check()
            if self.gate:
                await self.gate.wait()
            talk = self.talk(inbound.channel, inbound.address)
            if known := self.receipts.get((inbound.channel, inbound.key)):
                conflict = known[0].body != inbound.body
                return TurnReceipt(talk.id, known[1].root, repeated=not conflict, conflict=conflict)
            replies = self.answers(inbound)
            root = f"r{len(self.receipts)}"
            receipt = TurnReceipt(talk.id, root, turned=self._turned(talk, root, replies))
            self.receipts[inbound.channel, inbound.key] = (inbound, receipt)
            self.received.append(inbound)
            if inbound.locale_hint and not talk.messages:
                talk.locale = inbound.locale_hint
            for reply in replies:
                self.say(talk, reply, receipt.root)
            return receipt

    def _turned(self, talk: Talk, root: str, replies: list[Draft]) -> TurnResult:
        """What the turn wrote into the journal; `machine` says whether it asked a machine something."""
        seq = len(talk.messages)
        kept = StoredConversation(
            talk.id, "telegram", talk.address, None, talk.locale, self.mode, 1, {}, seq, AT, AT, AT, None
        )
        lines = tuple(
            JournalEntry(number, talk.id, 1, BOT, root, number, {"place": reply.place}, AT, "open", None)
            for number, reply in enumerate(replies, seq + 1)
        )
        said = tuple(Say(key) for key in self.says)
        written = Written(lambda: lines, lambda: False)
        return TurnResult(kept, (), None, root, "customer", written, calls=self.machine, says=said)

    async def conversation(self, channel: str, address: str) -> str | None:
        self._check()
        key = f"{channel}/{address}"
        return key if key in self.talks else None

    async def holder(self, channel: str, address: str) -> str | None:
        self._check()
        return None

    async def seen(self, conversation_id: str, seq: int) -> None:
        self._there(conversation_id)

    async def messages(
        self, conversation_id: str, *, after: int | None = None, with_customer: bool = False
    ) -> list[Reply]:
        found = self.talks[conversation_id].messages
        return [message for message, _ in found if after is None or (message.seq or 0) > after]

    async def latest(self, conversation_id: str, *, after: int | None = None, most: int) -> list[Reply]:
        return (await self.messages(conversation_id, after=after))[-most:]

    async def own_line(self, receipt: TurnReceipt) -> Reply | None:
        raise NotImplementedError

    async def answer(self, receipt: TurnReceipt, patience: timedelta) -> Given:
        talk = self._there(receipt.conversation_id)
        found = [message for message, cause in talk.messages if cause == receipt.root]
        return await self._hand(talk, found, at_most_wait=receipt.root in self.unsettled)

    async def give(self, conversation_id: str, *, after: int | None = None) -> Given:
        talk = self._there(conversation_id)
        found = await self.messages(conversation_id, after=after)
        if after is None:
            found = [message for message in found if message.id not in talk.given]
        return await self._hand(talk, found, at_most_wait=True)

    def _there(self, conversation_id: str) -> Talk:
        if self.erasing:
            del self.talks[conversation_id]
            raise ConversationGone(conversation_id)
        return self.talks[conversation_id]

    async def _hand(self, talk: Talk, found: list[Reply], *, at_most_wait: bool) -> Given:
        talk.given |= {message.id for message in found}
        return Given(found, len(talk.messages), await self.standing(talk.id, at_most_wait=at_most_wait))

    async def standing(self, conversation_id: str, *, at_most_wait: bool = False) -> StatusSnapshot:
        talk = self.talks[conversation_id]
        due = at_most_wait and any(root in self.unsettled for _, root in talk.messages)
        expects = "wait" if due else self.expects
        return StatusSnapshot(
            conversation_id, "account", "start", expects, 1, 8, "Konto", self.links, talk.locale, self.mode, 99
        )

    @asynccontextmanager
    async def watch(self, conversation_id: str) -> AsyncIterator[Watch]:
        raise NotImplementedError
        yield

    async def happen(self, work: Callable[[UnitOfWork], T]) -> T:
        raise NotImplementedError
