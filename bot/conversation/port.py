"""The desk as the handlers see it: all that a way in may ask for. `bot/conversation/desk.py` fulfils it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import sqlalchemy as sa
from msgspec import Struct

from bot.conversation.inbound import Inbound
from bot.conversation.opening import Opening
from bot.conversation.outbound import Reply, StatusSnapshot
from bot.conversation.stored import StoredCause
from bot.conversation.turn import TurnResult
from dialogs.kit import Event
from services import tasks
from services.jobs.backoff import cancel
from services.seller.events_out import SellerEvent
from services.store.conversations import StoredConversation
from services.store.journal import JournalEntry
from values.channel import Channel
from values.private import Private, PrivateStruct

T = TypeVar("T")


class TurnReceipt(PrivateStruct):
    """The outcome of an `Inbound`, reported after the commit.

    `root` marks everything that this message caused. `repeated`: the key was known, and nothing was done again.
    `conflict`: the key was known with another text. `turned`: the turn of which the desk makes its answer.
    """

    conversation_id: str
    root: str
    repeated: bool = False
    conflict: bool = False
    turned: Private[TurnResult | None] = None


class Given(Struct, frozen=True):
    """The messages for a channel that asks, and the conversation's status at that very moment.

    `seq` is that of the conversation's last message handed over or passed over. `asked`: the line of the customer's
    message that is answered, where it is one's answer.
    """

    messages: list[Reply]
    seq: int
    standing: StatusSnapshot
    asked: StoredCause | None = None


class Watch(Protocol):
    """Tells that a conversation has news (a message, another standing)."""

    async def changed(self) -> None:
        """Wait for a commit since the watch began or since the last call."""


class SeveralWatches:
    """Watches by name, waited for together by a stream that may be closed; news between two waits is kept."""

    def __init__(self, watches: Mapping[str, Watch], closing: asyncio.Event) -> None:
        self._watches = watches
        self._waits = {name: tasks.spawn("watch", watch.changed(), awaited=True) for name, watch in watches.items()}
        self._closed = tasks.spawn("closing", closing.wait(), awaited=True)

    async def within(self, seconds: float) -> set[str]:
        """Return the names with news; none after so long without any, or when the stream closes."""
        await asyncio.wait({*self._waits.values(), self._closed}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        news = {name for name, wait in self._waits.items() if wait.done()}
        for name in news:
            self._waits[name].result()
            self._waits[name] = tasks.spawn("watch", self._watches[name].changed(), awaited=True)
        return news

    async def stop(self) -> None:
        """Cancel the waits."""
        await cancel(*self._waits.values(), self._closed)


class Pushed(Protocol):
    """Brings replies to channels that must be written to (`bot/conversation/delivery.py`)."""

    def left(self, conversation: StoredConversation, reply: JournalEntry) -> None:
        """Send the replies of this conversation, of which `reply` is the newest."""

    def secret(self, conversation: StoredConversation, reference: str) -> None:
        """Delete a customer's message that held a secret, where the channel can."""

    def sent_at(self, conversation_id: str, seq: int) -> datetime | None:
        """Return when the reply left, also where the store doesn't tell yet; None where it isn't known here."""
        ...


class UnitOfWork(Protocol):
    """A transaction of a handler that isn't a conversation's turn (secure page, webhook, API)."""

    connection: sa.Connection
    now: datetime

    def tell(self, owner_id: str, event: Event) -> None:
        """Store an event for its owner with this transaction; a conversation's turn runs right after the commit."""

    def publish(self, event: SellerEvent) -> None:
        """Store an event for the seller's own system with this transaction, if it listens to any."""


class Desk(Protocol):
    """The conversation's side of the desk. Errors: `StoreUnavailable` while nothing can be committed (answer 503)."""

    def opening(self, channel: Channel, locale: str) -> Opening | None:
        """Return the greeting of a conversation that nobody has begun; None where there is none to be shown.

        Nothing is stored: whoever only looks begins no conversation.
        """
        ...

    async def receive(self, inbound: Inbound) -> TurnReceipt:
        """Run the message's turn in its place in the queue; return after the commit.

        Errors: NoNewChat where its network may begin no more conversations now; then nothing is stored.
        """
        ...

    async def answer(self, receipt: TurnReceipt, patience: timedelta) -> Given:
        """Hand over what came of a message and of the results it caused (not people's or timers'), waiting so long.

        Errors: ConversationGone.
        """
        ...

    async def own_line(self, receipt: TurnReceipt) -> Reply | None:
        """Return the customer's line as it was stored, perhaps redacted; None where no line of theirs was."""
        ...

    async def conversation(self, channel: str, address: str) -> str | None:
        """Return the id of the conversation at this address, None if nobody wrote from there yet."""
        ...

    async def holder(self, channel: str, address: str) -> str | None:
        """Return what holds the conversation at this address now, None if nobody wrote from there yet."""
        ...

    async def messages(
        self, conversation_id: str, *, after: int | None = None, with_customer: bool = False
    ) -> list[Reply]:
        """Return the transcript in order: the lines above seq `after`, or all."""
        ...

    async def latest(self, conversation_id: str, *, after: int | None = None, most: int) -> list[Reply]:
        """Return the last `most` lines of the transcript above seq `after`, or of all, the customer's included."""
        ...

    async def seen(self, conversation_id: str, seq: int) -> None:
        """Note that the customer's page has shown all messages up to this number. Errors: ConversationGone."""

    async def give(self, conversation_id: str, *, after: int | None = None) -> Given:
        """Hand messages to a channel that asks (REST), with the status that fits them, which may be "wait".

        They are the bot's above seq `after`, or, without it, those that no earlier call has handed over, which are
        marked then. Errors: ConversationGone.
        """
        ...

    async def standing(self, conversation_id: str, *, at_most_wait: bool = False) -> StatusSnapshot:
        """Return the conversation's status. Errors: ConversationGone.

        `at_most_wait` says "wait" as `expects` while a machine's result is due.
        """
        ...

    async def typing(self, conversation_id: str, *, by_agent: bool = False) -> None:
        """Tell that the customer, or the agent who has the conversation, is writing."""

    def watch(self, conversation_id: str) -> AbstractAsyncContextManager[Watch]:
        """Watch for news of one conversation, from any process that serves it."""
        ...

    async def happen(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run one transaction of a handler; the events it stored run as turns right after the commit."""
        ...
