"""Desks without one of their protections: the harness must find what is missing then.

Each is taken out where the desk has it, in a process that does nothing else. The names are those of `plan.PROTECTIONS`.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import structs

from bot.conversation import delivery
from bot.conversation.stored import StoredMessage
from bot.conversation.turn import Turn
from bot.handlers.telegram.polling import Polling
from bot.handlers.telegram.reception import Reception
from services.messaging.smsapi import SmsApi
from services.orders import withdrawals
from services.payments import returned
from services.store import conversations, inbox, leases
from services.store.conversations import StoredConversation
from services.support import handoffs

#: How long an update may wait in the memory of a busy process.
QUEUED_S = 0.25


def no_dedupe() -> None:
    """A message delivered twice is a new one each time."""
    first_time = inbox.ask_first_time

    def always(*args: Any, **more: Any) -> Callable[[], bool]:
        first_time(*args, **more)
        return lambda: True

    inbox.ask_first_time = always


def no_key() -> None:
    """The SMS gateway isn't asked to refuse a second message under the same key."""
    made = SmsApi.__init__

    def careless(self: SmsApi, *args: Any, **more: Any) -> None:
        made(self, *args, **more)
        del self._fixed["check_idx"]

    SmsApi.__init__ = careless


def no_waiting_for_the_commit() -> None:
    """Telegram is told that an update was taken as soon as it came in, as if it were safe in the memory's queue."""
    take = Reception.take

    async def late(self: Reception, raw: object) -> bool:
        await asyncio.sleep(QUEUED_S)
        return await take(self, raw)

    async def on_it_goes(self: Any) -> None:
        self._running = {update: task for update, task in self._running.items() if not task.done()}

    Reception.take = late
    Polling._breathe = on_it_goes
    Polling._offset = property(lambda self: self._next)  # type: ignore[assignment]


def no_lock() -> None:
    """Turns of one conversation in two processes neither wait for each other nor see that the other was there."""
    load = conversations.load

    def unlocked(connection: sa.Connection, id: str, *, lock: bool) -> StoredConversation | None:
        found = load(connection, id, lock=False)
        if lock and connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_sleep(0.05)"))  # else the gap is hardly ever hit
        return found

    def unchecked(connection: sa.Connection, changed: StoredConversation, now: datetime) -> None:
        stored = load(connection, changed.id, lock=False)
        save(connection, changed if stored is None else structs.replace(changed, revision=stored.revision), now)

    def asked(connection: sa.Connection, id: str) -> Callable[[], StoredConversation | None]:
        found = unlocked(connection, id, lock=True)
        return lambda: found

    save = conversations.save_locked
    conversations.load = unlocked
    conversations.ask = asked
    conversations.save_locked = unchecked


def no_lease() -> None:
    """Replies are sent by whichever process sees that they wait; nobody asks whether another is about to send them."""
    leases.take = leases.holds_lease = lambda *_args, **_more: True
    leases.ask_take = leases.ask_lock = lambda *_args, **_more: lambda: True
    leases.renew = lambda _connection, names, *_args: frozenset(names)
    delivery.SWEEP_S = QUEUED_S


def no_holder() -> None:
    """Whoever takes a talk has it, whether another agent has it or not."""
    take = handoffs.take

    def grabbed(connection: sa.Connection, *, conversation_id: str, agent_id: str, now: datetime) -> bool:
        handoffs.put_back(connection, conversation_id=conversation_id)
        return take(connection, conversation_id=conversation_id, agent_id=agent_id, now=now)

    handoffs.take = grabbed


def no_silence() -> None:
    """What the dialogs have to say while an agent has the talk is said to the customer."""
    reply = Turn._reply

    def aloud(self: Turn, outcome: Any, cause: Any, words: Any, late: Sequence[StoredMessage] = ()) -> Any:
        return reply(self, structs.replace(outcome, held=False), cause, words, late)

    Turn._reply = aloud


def no_asking() -> None:
    """Whatever a provider says of money that came back, nothing of it is booked."""
    returned.book_back = lambda *_args, **_more: None


def no_stopping() -> None:
    """What renews is charged, though a withdrawal from its contract waits, or was accepted."""
    withdrawals.stop_charges = lambda *_args: False


_TABLE: dict[str, Callable[[], None]] = {
    "dedupe": no_dedupe,
    "key": no_key,
    "commit": no_waiting_for_the_commit,
    "lock": no_lock,
    "lease": no_lease,
    "holder": no_holder,
    "silence": no_silence,
    "asking": no_asking,
    "stopping": no_stopping,
}


def take_out(names: Sequence[str]) -> None:
    """From now on this process does without."""
    for name in names:
        _TABLE[name]()
