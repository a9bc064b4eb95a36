"""Deliver replies to the channels that must be written to, each conversation's in order, each at least once.

Of several processes one brings a conversation's replies: the one that holds its lease. A turn takes it with the reply's
own commit; where another process has it, that one finds the reply when it has sent the earlier ones. A turn hands its
reply over, so that the store is asked only where an earlier reply may be open.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary

import sqlalchemy as sa
import structlog
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.outbound import Dead, Delivered, Later, Outcome, Reply, receipt_on
from bot.conversation.presenters import Presenters
from bot.conversation.recent import Recent
from dialogs.kit.silence import SILENCE
from services import tasks
from services.clock import Clock
from services.crash import crash_point
from services.errors import describe
from services.jobs.backoff import cancel
from services.jobs.process_lease import ProcessLease
from services.store import conversations, journal, leases, timer_rows
from services.store.conversations import StoredConversation
from services.store.database import Store
from services.store.errors import StoreUnavailable
from services.store.journal import AGENT, JournalEntry

T = TypeVar("T")
_log = structlog.get_logger(__name__)
SWEEP_S = 5.0
# Where several processes share the store: what a dead one left is found when its lease has run out.
SHARED_SWEEP_S = 2.0
# After a sweep that found as much as it may read.
SWEEP_ON_S = 0.5
MOST = 256
AFTER_A_FAULT = timedelta(seconds=5)
LONGEST_REST_S = 60.0
# A reply that raises so often isn't sent: what comes after it must not wait for ever.
TRIES = 5
# When the desk stops, what is just being sent is finished: else it would be sent again after the start.
GRACE_S = 5.0
SECRET_TRIES = 5
# So many replies may be sent and not yet marked: what a kill makes leave twice.
WINDOW = 4
# A channel that takes longer holds up nobody else: its reply leaves the window.
SLOW_S = 0.3
PAUSES_S = (0.1, 0.3, 1.0, 3.0)
# Among so many messages of ours those are looked for that are to tell that an order is paid, or have answers to press.
LOOKED_AT = 50
_TO_PAY = ("payment", "transfer")


class Sender(Protocol):
    """A channel that is written to."""

    async def deliver(self, address: str, message: Reply) -> Outcome:
        """Send one message; after `Later` it is called again with the same."""
        ...

    async def delete(self, address: str, reference: str) -> Outcome:
        """Delete a customer's message that held a secret, where the channel still can."""
        ...

    async def spent(self, address: str, reference: str, message: Reply, ticked: Collection[str] | None = None) -> None:
        """Take the answers off an earlier message, whose question is asked anew or is over. Best effort.

        `ticked`: of its boxes those that are.
        """

    async def paid(self, address: str, reference: str, message: Reply) -> Outcome:
        """Make an earlier message about a payment say that the order is paid, without answers and link."""
        ...


class _Shown(Struct, frozen=True):
    """A message with answers in a chat; `place` is the channel's name of it, None once it has lost them."""

    message: Reply
    place: str | None


class SendWindow:
    """So many slots for replies that are sent and not yet marked; who waits longest gets the next."""

    def __init__(self, slots: int) -> None:
        self._slots = asyncio.Semaphore(slots)

    @asynccontextmanager
    async def slot(self) -> AsyncGenerator[Callable[[], None]]:
        """Take a slot while a reply is sent and marked; it is given back early unless the yielded is called in time."""
        await self._slots.acquire()
        given_back = False

        def give_back() -> None:
            nonlocal given_back
            if not given_back:
                given_back = True
                self._slots.release()

        slow = asyncio.get_running_loop().call_later(SLOW_S, give_back)
        try:
            yield slow.cancel
        finally:
            slow.cancel()
            give_back()


@dataclass(eq=False)
class Delivery:
    """One task per conversation that has something to send; a sweep for what dead processes left.

    `senders` are the channels that are written to.
    """

    store: Store
    clock: Clock
    show: Presenters
    holder: ProcessLease
    senders: Mapping[str, Sender]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def __post_init__(self) -> None:
        self._at_work: dict[str, asyncio.Task[None]] = {}  # by conversation
        # By conversation: the replies that turns handed over; empty where the store is to be asked.
        self._news: dict[str, tuple[JournalEntry, ...]] = {}
        self._settled: Recent[str, int] = Recent()  # the number of the last reply that was settled here
        self._sent: Recent[str, tuple[int, datetime]] = Recent()  # … that was sent here, and when
        self._window = SendWindow(WINDOW)
        self._resting: set[str] = set()  # conversations whose channel wants to be left alone for a while
        self._aside: set[asyncio.Task[None]] = set()
        # By conversation: what takes the answers off a message.
        self._spending: WeakValueDictionary[str, asyncio.Task[None]] = WeakValueDictionary()
        self._open_at: Recent[str, _Shown] = Recent()  # the last message with answers that was sent here
        self._raised: Counter[int] = Counter()  # how often sending a reply raised, by its line
        self._stopping = False
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the sweep."""
        self._sweeper = tasks.keep("delivery-sweep", self._sweep)

    async def stop(self) -> None:
        """Finish what is being sent; the rest stays marked open and leaves at the next start."""
        self._stopping = True
        sending = [task for id, task in self._at_work.items() if id not in self._resting]
        if sending := [*sending, *self._aside]:
            await asyncio.wait(sending, timeout=GRACE_S)
        await cancel(*self._at_work.values(), *self._aside, self._sweeper)

    def left(self, conversation: StoredConversation, reply: JournalEntry | None = None) -> None:
        """Send the replies of this conversation, whose lease this process has just taken; `reply` is the newest."""
        self.holder.taken(leases.REPLIES + conversation.id)
        if conversation.channel not in self.senders or self._stopping:
            return
        earlier = self._news.get(conversation.id)
        # Nothing handed over means: ask the store, which has this one, too.
        self._news[conversation.id] = (*(earlier or ()), reply) if reply is not None and earlier != () else ()
        if conversation.id not in self._at_work:
            self._at_work[conversation.id] = tasks.spawn("delivery", self._bring(conversation))

    def secret(self, conversation: StoredConversation, reference: str) -> None:
        """Delete a customer's message that held a secret, where the channel can."""
        if (sender := self.senders.get(conversation.channel)) is not None:
            self._start(self._delete(sender, conversation.address, reference), "delete-secret")

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = tasks.spawn(name, work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)
        return task

    def sent_at(self, conversation_id: str, seq: int) -> datetime | None:
        """Return when the reply left, marked or not; None unless it is the last one that was sent here."""
        last = self._sent.get(conversation_id)
        return last[1] if last is not None and last[0] == seq else None

    async def idle(self) -> None:
        """Wait until nothing is being sent, but not for channels that don't take a message now."""
        while sending := [task for id, task in self._at_work.items() if id not in self._resting]:
            await asyncio.wait(sending, timeout=0.05, return_when=asyncio.FIRST_COMPLETED)

    async def _bring(self, conversation: StoredConversation) -> None:
        try:
            while (news := self._news.pop(conversation.id, None)) is not None and not self._stopping:
                await self._send(conversation, news if self._follows(conversation, news) else None)
        except StoreUnavailable:
            pass  # what is open can't be read now: the sweep looks again
        except Exception as error:
            _log.error("delivery_failed", alarm=True, conversation=conversation.id, **describe(error))
        finally:
            self._news.pop(conversation.id, None)
            self.holder.drop(leases.REPLIES + conversation.id)
            del self._at_work[conversation.id]

    def _follows(self, conversation: StoredConversation, news: Sequence[JournalEntry]) -> bool:
        """Tell whether no other reply can be open: these follow the last one that was settled here."""
        last = self._settled.get(conversation.id) or 0
        numbers = [entry.seq for entry in news]
        mine = self.holder.holds(leases.REPLIES + conversation.id)
        return mine and bool(numbers) and numbers == list(range(last + 1, last + 1 + len(numbers)))

    async def _rest(self, conversation: StoredConversation, pause_s: float, rests: int) -> None:
        """Wait at least as long as the channel says, and longer each time."""
        self._resting.add(conversation.id)
        try:
            await self.sleep(max(pause_s, min(pause_s * 2 ** min(rests, 10), LONGEST_REST_S)))
        finally:
            self._resting.discard(conversation.id)

    async def _send(self, conversation: StoredConversation, waiting: tuple[JournalEntry, ...] | None) -> None:
        """Send open replies in order: those `waiting`, or all that the store has. Raises StoreUnavailable."""
        sender, rests = self.senders[conversation.channel], 0
        while not self._stopping:
            if waiting is None:
                waiting = await self._open(conversation)
            if not waiting:
                return
            async with self._window.slot() as answered:
                if self._stopping:
                    return
                outcome, message = await self._outcome(sender, conversation, waiting[0])
                answered()
                match outcome:
                    case Delivered(reference, at):
                        sent, last = waiting[0], self._settled.get(conversation.id)
                        at = at or self.clock.now()
                        self._sent.set(conversation.id, (sent.seq or 0, at))
                        waiting = await self._settle(waiting, _sent_as(reference), at)
                        if message is not None:
                            await self._spend(sender, conversation, sent, _Shown(message, reference), last)
                    case Dead(gone=False):
                        waiting = await self._settle(waiting, journal.give_up)
                    case Dead():
                        await self._keep(lambda c: self._close(c, conversation.id))
                        return
                    case Later():
                        waiting = None
            if isinstance(outcome, Later):
                await self._rest(conversation, outcome.after.total_seconds(), rests)
                rests += 1

    async def _open(self, conversation: StoredConversation) -> tuple[JournalEntry, ...]:
        """Return the open replies that the store has."""
        waiting = await self.store.read(lambda c: self._mine(c, conversation.id))
        if not waiting and not self.store.exclusive:
            waiting = (await self.store.write(lambda c: self._next(c, conversation.id)))()
        return waiting

    async def _settle(
        self,
        waiting: tuple[JournalEntry, ...],
        settle: Callable[[sa.Connection, int, datetime], None],
        at: datetime | None = None,
    ) -> tuple[JournalEntry, ...]:
        """Mark the first as sent or given up; return what is to be sent next."""
        entry, then = waiting[0], at or self.clock.now()

        def mark(connection: sa.Connection) -> Callable[[], tuple[JournalEntry, ...]]:
            settle(connection, entry.id, then)
            return (lambda: waiting[1:]) if self.store.exclusive else self._next(connection, entry.conversation_id)

        rest = (await self._keep(mark))()
        self._settled.set(entry.conversation_id, entry.seq or 0)
        return rest

    def _mine(self, connection: sa.Connection, conversation_id: str) -> tuple[JournalEntry, ...]:
        """Return the open replies, unless another process has taken the lease over."""
        if not leases.holds_lease(connection, leases.REPLIES + conversation_id, self.holder.id):
            return ()
        return journal.open_deliveries(connection, conversation_id)

    def _next(self, connection: sa.Connection, conversation_id: str) -> Callable[[], tuple[JournalEntry, ...]]:
        """Ask for the open replies, and give the lease back if there are none; the returned gives them.

        Turns that were refused the lease have committed by then what they leave to its holder.
        """
        mine = leases.ask_lock(connection, leases.REPLIES + conversation_id, self.holder.id)
        journal.free_if_none_open(connection, conversation_id, self.holder.id)
        waiting = journal.ask_open(connection, conversation_id)
        return lambda: waiting() if mine() else ()

    async def _outcome(
        self, sender: Sender, conversation: StoredConversation, entry: JournalEntry
    ) -> tuple[Outcome, Reply | None]:
        """Send a reply; return what came of it, and the message as it was shown."""
        message = None
        try:
            message = self.show.message(entry)
            if message.paid:
                told = await self._tell_paid(sender, conversation, entry, message)
                if isinstance(told, Later):
                    return told, None
                message = replace(message, place=told or message.place)
            message, copy = await self._at_living(conversation, entry, message)
            if message.place is not None and (spending := self._spending.get(conversation.id)) is not None:
                await asyncio.wait([spending])  # it may be of this very place, and would take the new answers off
            outcome = await sender.deliver(conversation.address, message)
            crash_point("between a reply and the note of it")
            if copy is not None and copy.place is not None:
                self._start(sender.spent(conversation.address, copy.place, copy.message), "spend-copy")
        except Exception as error:
            self._raised[entry.id] += 1
            given_up = self._raised[entry.id] >= TRIES
            _log.error("reply_raised", alarm=True, seq=entry.seq, given_up=given_up, **describe(error))
            outcome = Dead(gone=False) if given_up else Later(AFTER_A_FAULT)
        if not isinstance(outcome, Later):
            del self._raised[entry.id]
        return outcome, message

    async def _at_living(
        self, conversation: StoredConversation, entry: JournalEntry, message: Reply
    ) -> tuple[Reply, _Shown | None]:
        """Return the message with the place it is to change, and the copy that was pressed in its stead, if any.

        What a process sent and died before it noted is in the chat twice; the one that was noted, below it, lives.
        """
        known = self._open_at.get(conversation.id)
        if message.place is None or (known is not None and known.place == message.place):
            return message, None
        earlier = await self._earlier(conversation, entry)
        asking = next((one for one in earlier if one.data.get("step") is not None), None)
        if asking is None or any(one.place == message.place for one in earlier):
            return message, None
        return replace(message, place=asking.place), _Shown(self.show.message(asking), message.place)

    async def _tell_paid(
        self, sender: Sender, conversation: StoredConversation, entry: JournalEntry, paid: Reply
    ) -> Later | str | None:
        """Make earlier messages about these orders' payments say that they are paid: before this one, or not at all.

        Done again with the message, where that is sent again; `Later` where the channel wants to be left alone. Return
        the place of the last message where it is such a one: its order's receipt is written over it.
        """
        keys, place = {f"payment:{number}" for number in paid.paid}, None
        for at, shown in enumerate(await self._earlier(conversation, entry)):
            message = self.show.message(shown)
            if message.card is None or message.card.kind not in _TO_PAY or message.card.key not in keys:
                continue
            if at == 0 and receipt_on(paid.card) is not None:
                place = shown.place
                continue
            outcome = await sender.paid(conversation.address, shown.place or "", message)
            crash_point("between a payment's message and the receipt")
            if isinstance(outcome, Later):
                return outcome
            if (known := self._open_at.get(conversation.id)) is not None and known.place == shown.place:
                self._open_at.set(conversation.id, replace(known, place=None))
        return place

    async def _spend(
        self, sender: Sender, conversation: StoredConversation, entry: JournalEntry, shown: _Shown, last: int | None
    ) -> None:
        """Take the answers off the message that was open before this one; `last` was settled here before it.

        One that asks nothing leaves the open question as it is. Where another process has sent since, or this one has
        just been started, the store is asked.
        """
        if entry.kind != AGENT and entry.data.get("step") is None:
            return
        here, known = last == (entry.seq or 0) - 1, self._open_at.get(conversation.id)
        if not here and entry.seq != 1:
            asking = (one for one in await self._earlier(conversation, entry) if one.data.get("step") is not None)
            known = next((_Shown(self.show.message(one), one.place) for one in asking), None)
        self._open_at.set(conversation.id, shown)
        if known is not None and known.place is not None and known.place != shown.place:
            ticked = shown.message.ticked
            spent = sender.spent(conversation.address, known.place, known.message, ticked)
            self._spending[conversation.id] = self._start(spent, "spend")

    async def _earlier(self, conversation: StoredConversation, entry: JournalEntry) -> list[JournalEntry]:
        """Return what messages sent before this one show now, the newest first: one line each."""
        newest = await self.store.read(lambda c: journal.newest_said(c, conversation.id, LOOKED_AT))
        shown: dict[str, JournalEntry] = {}
        for one in newest:
            if one.place and (one.seq or 0) < (entry.seq or 0):
                shown.setdefault(one.place, one)
        return list(shown.values())

    def _close(self, connection: sa.Connection, conversation_id: str) -> None:
        """Give up all that is open and any reminder: the customer has closed the chat."""
        now = self.clock.now()
        conversations.close(connection, conversation_id, now)
        timer_rows.cancel(connection, conversation_id, SILENCE)
        for entry in journal.open_deliveries(connection, conversation_id):
            journal.give_up(connection, entry.id, now)
        leases.free(connection, [leases.REPLIES + conversation_id], self.holder.id)

    async def _keep(self, mark: Callable[[sa.Connection], T]) -> T:
        """Mark a message, however often it takes."""
        return await keep(self.store, mark, self.sleep, along=True)

    async def _delete(self, sender: Sender, address: str, reference: str) -> None:
        for _ in range(SECRET_TRIES):
            try:
                outcome = await sender.delete(address, reference)
            except Exception as error:
                _log.warning("secret_not_deleted", error=type(error).__name__)
                return
            if not isinstance(outcome, Later):
                return
            await self.sleep(outcome.after.total_seconds())
        _log.warning("secret_not_deleted", error="Later")

    async def _left_behind(self) -> tuple[list[StoredConversation], bool]:
        """Return conversations with replies that nobody is sending, and whether there may be more of them."""

        def look(connection: sa.Connection) -> tuple[list[StoredConversation], bool]:
            left = journal.list_unattended_conversations(connection, MOST)
            found = (conversations.load(connection, id, lock=False) for id in left if id not in self._at_work)
            mine = [one for one in found if one is not None and one.channel in self.senders]
            return mine, len(left) == MOST

        return await self.store.read(look)

    async def _adopt(self, left: Sequence[StoredConversation]) -> None:
        """Send the replies of a dead process, all at once, but those that another process has taken."""

        def take(connection: sa.Connection) -> list[StoredConversation]:
            mine = (self.holder.id, self.holder.lasting)
            return [one for one in left if leases.take(connection, leases.REPLIES + one.id, *mine)]

        for conversation in left if self.store.exclusive else await self.store.write(take):
            self.left(conversation)

    async def _sweep(self) -> None:
        while True:
            more = False
            try:
                left, more = await self._left_behind()
                if left:
                    await self._adopt(left)
            except StoreUnavailable:
                pass  # nothing can be marked now; the next sweep looks again
            except Exception as error:
                _log.error("delivery_sweep_failed", alarm=True, error=type(error).__name__)
            pause = SWEEP_S if self.store.exclusive else SHARED_SWEEP_S
            await asyncio.sleep(SWEEP_ON_S if more else pause)


def _sent_as(reference: str) -> Callable[[sa.Connection, int, datetime], None]:
    return lambda connection, line, at: journal.mark_sent(connection, line, at, reference or None)


async def keep(
    store: Store, mark: Callable[[sa.Connection], T], sleep: Callable[[float], Awaitable[None]], *, along: bool = False
) -> T:
    """Retry recording a completed side effect until the database accepts it, so that it isn't repeated."""
    tried = 0
    while True:
        try:
            return await store.write(mark, brief=True, along=along)
        except StoreUnavailable:
            await sleep(PAUSES_S[min(tried, len(PAUSES_S) - 1)])
            tried += 1
