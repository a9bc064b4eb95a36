"""A desk in memory, for the tests of what a browser sees: keeps the port's promises, speaks by a script."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from msgspec.structs import replace

from bot.conversation.inbound import ButtonPressed, Inbound, Text, VoiceNote
from bot.conversation.new_chats import NoNewChat
from bot.conversation.opening import Opening
from bot.conversation.outbound import Button, Card, CodeField, JudgedValue, Reply, ReplyLink, Sheet, StatusSnapshot
from bot.conversation.port import Given, TurnReceipt, UnitOfWork
from services.store.errors import ConversationGone, StoreUnavailable
from values.channel import Channel

T = TypeVar("T")
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Said:
    """What the script has the desk say, and where the conversation stands then."""

    text: str
    buttons: tuple[Button | tuple[str, ...], ...] = ()
    links: tuple[ReplyLink, ...] = ()
    author: str = "bot"
    card: Card | None = None
    payload: str | None = None
    kind: str | None = None
    asks_contact: bool = False
    place: str | None = None
    confirms: int = 0

    @property
    def offered(self) -> tuple[Button, ...]:
        """The buttons, however they were written down."""
        return tuple(one if isinstance(one, Button) else Button(*one) for one in self.buttons)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation stands."""

    dialog: str = "account"
    step: str = "choice"
    expects: str = "choice"
    done: int = 0
    of: int = 8
    part: str = "Konto"
    mode: str = "bot"
    sheet: Sheet | None = None
    codes: tuple[CodeField, ...] = ()
    docked: tuple[CodeField, ...] = ()


class Script(Protocol):
    """What to say to the customer's words; one per conversation."""

    place: Place
    locale: str

    def answer(self, words: str) -> list[Said]:
        """What the desk says to a text or a payload."""
        ...


@dataclass
class Conversation:
    """One conversation as the desk holds it."""

    id: str
    script: Script
    lines: list[tuple[str, Reply]] = field(default_factory=list)
    taken: dict[str, tuple[str, str]] = field(default_factory=dict)
    bells: set[asyncio.Event] = field(default_factory=set)

    @property
    def titles(self) -> dict[str, str]:
        """The words of the buttons shown so far, by payload."""
        return {button.payload: button.title for _, line in self.lines for button in line.buttons}

    @property
    def seq(self) -> int:
        """The number of the last bot message."""
        return max((message.seq or 0 for _, message in self.lines), default=0)


class _Watch:
    def __init__(self, bell: asyncio.Event) -> None:
        self._bell = bell

    async def changed(self) -> None:
        await self._bell.wait()
        self._bell.clear()


class RecorderDesk:
    """Answers by a script and remembers what it was handed. `down` and `losing` make it fail as a real one does."""

    def __init__(self, script: Callable[[Inbound], Script]) -> None:
        self._script = script
        self._order: dict[str, asyncio.Lock] = {}
        self._last_line = 0
        self.brought: list[Inbound] = []
        self.turns: list[Inbound] = []
        self.by_address: dict[str, Conversation] = {}
        self.by_id: dict[str, Conversation] = {}
        self.erased: set[str] = set()
        self.typed: set[asyncio.Event] = set()
        self.down = False
        self.unavailable = 0  # so many calls fail as they do while nothing can be committed
        self.losing = 0
        self.refuses: NoNewChat | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.redact: Callable[[str], str] = lambda text: text
        self.judged: dict[str, JudgedValue | None] = {}  # what is said of values; any other is fine

    def opening(self, channel: Channel, locale: str) -> Opening | None:
        """What the script says to `/start`; nothing is kept."""
        inbound = Inbound(channel, "", "", Text("/start"), locale)
        looked = RecorderDesk(self._script)
        looked._last_line = -2  # so that the greeting's line is number 0
        receipt = looked._run(inbound)
        conversation = looked.by_id[receipt.conversation_id]
        conversation.script.locale = locale
        return Opening(conversation.lines[-1][1], looked._standing(conversation))

    def _check(self) -> None:
        if self.down or self.unavailable:
            self.unavailable = max(0, self.unavailable - 1)
            raise StoreUnavailable

    async def receive(self, inbound: Inbound) -> TurnReceipt:
        """One turn after the other in each conversation; the same key twice is one turn."""
        self.brought.append(inbound)
        self._check()
        if self.refuses is not None:
            raise self.refuses
        async with self._order.setdefault(inbound.address, asyncio.Lock()):
            await self.gate.wait()
            receipt = self._run(inbound)
        if self.losing:
            self.losing -= 1
            raise StoreUnavailable
        return receipt

    def _run(self, inbound: Inbound) -> TurnReceipt:
        conversation = self._open(inbound)
        pressed = inbound.body.payload if isinstance(inbound.body, ButtonPressed) else None
        words = inbound.body.body if isinstance(inbound.body, Text) else pressed or ""
        if known := conversation.taken.get(inbound.key):
            conflict = known[1] != words
            return TurnReceipt(conversation.id, known[0], repeated=not conflict, conflict=conflict)
        root, answers = f"r{len(self.turns)}", self._answers(conversation, inbound, words)
        receipt = self._receipt(conversation, root, answers)
        self.turns.append(inbound)
        conversation.taken[inbound.key] = (root, words)
        kind = inbound.body.kind if isinstance(inbound.body, VoiceNote) else None
        shown = conversation.titles.get(pressed, pressed) if pressed else self.redact(words)
        self._write(conversation, root, Said(shown, author="customer", payload=pressed, kind=kind))
        for said in answers:
            self._write(conversation, root, said)
        self._ring(conversation)
        return receipt

    def _answers(self, conversation: Conversation, inbound: Inbound, words: str) -> list[Said]:
        """As the script says."""
        del inbound
        return conversation.script.answer(words)

    def _receipt(self, conversation: Conversation, root: str, answers: list[Said]) -> TurnReceipt:
        del answers
        return TurnReceipt(conversation.id, root)

    def say(self, conversation: Conversation, said: Said, place: Place | None = None, *, root: str = "") -> Reply:
        """Something said without being asked, or because of an earlier root: a result, a colleague."""
        if place:
            conversation.script.place = place
        line = self._write(conversation, root or f"own-{self._last_line}", said)
        self._ring(conversation)
        return line

    def stand(self, conversation: Conversation, place: Place) -> None:
        """Another standing, without words."""
        conversation.script.place = place
        self._ring(conversation)

    def _open(self, inbound: Inbound) -> Conversation:
        if inbound.address not in self.by_address:
            conversation = Conversation(f"c{len(self.by_address)}", self._script(inbound))
            self.by_address[inbound.address] = self.by_id[conversation.id] = conversation
        return self.by_address[inbound.address]

    def _write(self, conversation: Conversation, root: str, said: Said) -> Reply:
        self._last_line += 1
        seq = None if said.author == "customer" else conversation.seq + 1
        buttons = said.offered
        at = START + timedelta(seconds=7 * self._last_line)
        line = Reply(
            *(self._last_line, seq, said.author, said.text, buttons, said.links, at),
            card=said.card,
            payload=said.payload,
            kind=said.kind,
            asks_contact=said.asks_contact,
            place=said.place,
            confirms=said.confirms,
        )
        conversation.lines.append((root, line))
        return line

    def _ring(self, conversation: Conversation) -> None:
        for bell in conversation.bells:
            bell.set()

    async def conversation(self, channel: str, address: str) -> str | None:
        """By address."""
        del channel
        self._check()
        found = self.by_address.get(address)
        return found.id if found else None

    async def holder(self, channel: str, address: str) -> str | None:
        """By address; none is turned here."""
        return None if await self.conversation(channel, address) is None else address

    async def seen(self, conversation_id: str, seq: int) -> None:
        """Nothing is kept of it."""
        del conversation_id, seq

    async def judge(self, address: str, name: str, text: str) -> JudgedValue | None:
        """As the test says."""
        del address, name
        self._check()
        return self.judged.get(text, JudgedValue())

    async def latest(self, conversation_id: str, *, after: int | None = None, most: int) -> list[Reply]:
        """The last `most` lines, the customer's included."""
        return (await self.messages(conversation_id, after=after, with_customer=True))[-most:]

    async def messages(
        self, conversation_id: str, *, after: int | None = None, with_customer: bool = False
    ) -> list[Reply]:
        """Those after the bot's line number `after`, or all."""
        conversation = self.by_id[conversation_id]
        above = [line.id for _, line in conversation.lines if line.seq and line.seq <= (after or 0)]
        since = max(above, default=0)
        return [
            line for _, line in conversation.lines if line.id > since and (with_customer or line.author != "customer")
        ]

    async def own_line(self, receipt: TurnReceipt) -> Reply | None:
        """The customer's line of this root."""
        lines = self.by_id[receipt.conversation_id].lines
        return next((line for root, line in lines if root == receipt.root and line.author == "customer"), None)

    async def answer(self, receipt: TurnReceipt, patience: timedelta) -> Given:
        """For the REST channel only."""
        raise NotImplementedError

    async def give(self, conversation_id: str, *, after: int | None = None) -> Given:
        """For the REST channel only."""
        raise NotImplementedError

    async def standing(self, conversation_id: str, *, at_most_wait: bool = False) -> StatusSnapshot:
        """As the script says."""
        del at_most_wait
        if conversation_id in self.erased:
            raise ConversationGone(conversation_id)
        return self._standing(self.by_id[conversation_id])

    def _standing(self, conversation: Conversation) -> StatusSnapshot:
        script, place = conversation.script, conversation.script.place
        last = next((line for _, line in reversed(conversation.lines) if line.seq), None)
        standing = StatusSnapshot(
            conversation_id=conversation.id,
            dialog=place.dialog,
            step=place.step,
            expects=place.expects,
            done=place.done,
            of=place.of,
            part=place.part,
            stage=(place.done + 1, place.of, 0.0),
            links=last.links if last else (),
            locale=script.locale,
            mode=place.mode,
            speaker="Anna" if place.mode == "agent" else None,
            seq=conversation.seq,
            sheet=place.sheet,
            codes=place.codes,
            docked=place.docked,
        )
        return replace(standing)

    @asynccontextmanager
    async def watch(self, conversation_id: str) -> AsyncIterator[_Watch]:
        """Rings for what is written while one watches."""
        bell = asyncio.Event()
        bells = self.typed if conversation_id.startswith("writing:") else self.by_id[conversation_id].bells
        bells.add(bell)
        try:
            yield _Watch(bell)
        finally:
            bells.discard(bell)

    async def typing(self, conversation_id: str, *, by_agent: bool = False) -> None:
        """Rings for those who watch the agent write."""
        for bell in self.typed:
            bell.set()

    async def happen(self, work: Callable[[UnitOfWork], T]) -> T:
        """No page of this room writes by itself."""
        raise NotImplementedError
