"""Brings replies to the channels that must be written to, each conversation's in order, each at least once."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import sqlalchemy as sa
import structlog

from bot.outbound import Message
from bot.show import Show
from services.clock import Clock
from services.store import conversations, journal
from services.store.conversations import Conversation
from services.store.database import Store
from services.store.errors import StoreUnavailable
from services.store.journal import Entry

_log = structlog.get_logger(__name__)
# A reply that waits longer than this after its commit was left by a dead process.
LEFT_AFTER = timedelta(seconds=5)
SWEEP_S = 5.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """The channel has it, under this reference of its own."""

    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """The channel wants us to wait."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Dead:
    """The customer has blocked the desk, or the chat is gone."""


Outcome = Delivered | Later | Dead


class Sender(Protocol):
    """A channel that is written to."""

    async def deliver(self, address: str, message: Message) -> Any:
        """Sends one message: an outcome as above, told by the names of its classes."""
        ...

    async def delete(self, address: str, reference: str) -> Any:
        """Deletes a customer's message that held a secret, where the channel still can."""
        ...


class Delivery:
    """One task per conversation that has something to send; a sweep for what dead processes left."""

    def __init__(self, store: Store, clock: Clock, show: Show) -> None:
        self._store = store
        self._clock = clock
        self._show = show
        self._senders: Mapping[str, Sender] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._sweeper: asyncio.Task[None] | None = None

    def attach(self, senders: Mapping[str, Sender]) -> None:
        """The channels by name."""
        self._senders = senders

    async def start(self) -> None:
        """Begins to sweep."""
        self._sweeper = asyncio.create_task(self._sweep(), name="delivery-sweep")

    async def stop(self) -> None:
        """Ends; what isn't sent stays marked so and leaves at the next start."""
        for task in (*self._tasks, self._sweeper):
            if task is not None:
                task.cancel()
        await asyncio.gather(*(t for t in (*self._tasks, self._sweeper) if t is not None), return_exceptions=True)

    def left(self, conversation: Conversation) -> None:
        """A reply of this conversation waits to be sent."""
        if conversation.channel in self._senders:
            self._begin(self._send_open(conversation))

    def secret(self, conversation: Conversation, reference: str) -> None:
        """A customer's message held a secret: delete it where the channel can."""
        if (sender := self._senders.get(conversation.channel)) is not None:
            self._begin(self._delete(sender, conversation.address, reference))

    async def idle(self) -> None:
        """Returns when nothing is being sent."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _delete(self, sender: Sender, address: str, reference: str) -> None:
        try:
            await sender.delete(address, reference)
        except Exception as error:
            _log.warning("secret_not_deleted", error=type(error).__name__)

    async def _send_open(self, conversation: Conversation) -> None:
        sender = self._senders[conversation.channel]
        async with self._locks[conversation.id]:
            while waiting := await self._store.read(lambda c: journal.open_deliveries(c, conversation.id)):
                for entry in waiting:
                    if not await self._send(sender, conversation, entry):
                        return

    async def _send(self, sender: Sender, conversation: Conversation, entry: Entry) -> bool:
        """Sends one reply; False if the rest must wait for the sweep."""
        try:
            outcome = await sender.deliver(conversation.address, self._show.message(entry))
        except Exception as error:
            _log.error("delivery_failed", alarm=True, conversation=conversation.id, error=type(error).__name__)
            return False
        name = type(outcome).__name__
        if name == "Later":
            await asyncio.sleep(min(outcome.after.total_seconds(), 60.0))
            return await self._send(sender, conversation, entry)
        settle = journal.give_up if name == "Dead" else journal.mark_sent
        await self._store.write(lambda c: settle(c, entry.id, self._clock.now()))
        return True

    async def _left_behind(self) -> list[Conversation]:
        """Conversations with replies that nobody is sending."""
        until = self._clock.now() - LEFT_AFTER
        left = await self._store.read(lambda c: journal.left_deliveries(c, until))
        ids = [i for i in dict.fromkeys(entry.conversation_id for entry in left) if not self._locks[i].locked()]

        def load(connection: sa.Connection) -> list[Conversation]:
            found = (conversations.load(connection, i, lock=False) for i in ids)
            return [conversation for conversation in found if conversation is not None]

        return await self._store.read(load)

    async def _sweep(self) -> None:
        while True:
            try:
                for conversation in await self._left_behind():
                    self.left(conversation)
            except StoreUnavailable:
                pass  # nothing can be marked now; the next sweep looks again
            await asyncio.sleep(SWEEP_S)
