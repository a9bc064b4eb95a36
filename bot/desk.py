"""The desk: takes messages, results, timers and events to their turns, and delivers what the turns left.

The one place that calls a turn. `receive` is for handlers, `finish` for the worker, `fire` for the timers, `happen` for
handlers that write directly; all of them end in `_decide`, one transaction, one conversation.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
import structlog

from bot import codec, identity
from bot.calls import outcome_event
from bot.health import Figures
from bot.hearing import Asked, Earlier, Heard, Hearing, digest
from bot.inbound import Edited, Inbound, Pressed
from bot.lines import Lines, Place
from bot.news import News
from bot.outbound import Message, Standing
from bot.port import Given, Receipt, Watch
from bot.recent import Recent
from bot.show import Show
from bot.turn import Cause, Turn, Turned
from dialogs.case import Case
from dialogs.kit import Event, ResultOf, TimerDue
from services.clock import Clock
from services.engine.faults import described
from services.engine.port import Call as StoredCall
from services.engine.port import Done, GaveUp
from services.engine.timers import TimerLoop
from services.engine.worker import Worker
from services.store import calls, carried, conversations, events, inbox, journal, timers
from services.store.conversations import Conversation
from services.store.database import Store
from services.store.errors import StoreUnavailable
from services.store.timers import Timer
from values.expects import Expects

T = TypeVar("T")
_log = structlog.get_logger(__name__)

# A timer whose turn raised comes again after so long.
TIMER_AGAIN = timedelta(hours=1)
# An event that waits longer than this after its commit was left: its process died, or the store was away.
LEFT_AFTER = timedelta(seconds=5)
SWEEP_S = 5.0
EVER = datetime.max.replace(tzinfo=UTC)
# How long a request that waits for results goes without looking itself.
LOOK_AGAIN_S = 0.5
# If the conversation moves on between understanding and deciding, the message is understood again; so often at most.
REREADS = 8
# Of so many conversations this process remembers how it left them.
REMEMBERED = 1000


class Pushed(Protocol):
    """Brings replies to channels that must be written to (`bot/delivery.py`)."""

    def left(self, conversation: Conversation) -> None:
        """A reply of this conversation waits to be sent."""
        ...

    def secret(self, conversation: Conversation, reference: str) -> None:
        """A customer's message held a secret: delete it where the channel can."""
        ...


class Moved(Exception):
    """The conversation isn't as it was when the message was understood."""


@dataclass(frozen=True)
class _Repeat:
    conversation: Conversation
    conflict: bool


@dataclass(frozen=True, slots=True)
class _Left:
    """A conversation as its last turn left it, with what it knows."""

    conversation: Conversation
    case: Case


@dataclass
class Happening:
    """A handler's transaction (`bot/port.py`)."""

    connection: sa.Connection
    now: datetime
    told: list[events.Event] = field(default_factory=list[events.Event])

    def tell(self, conversation_id: str, kind: str, payload: dict[str, object]) -> None:
        """Stores an event for a conversation with this transaction."""
        event = events.Event(secrets.token_hex(16), conversation_id, kind, dict(payload), self.now)
        events.put(self.connection, event)
        self.told.append(event)


class TheDesk:
    """Fulfils `bot.port.Desk`. `attach` must be called once before the first message."""

    def __init__(
        self, *, store: Store, clock: Clock, turn: Turn, hearing: Hearing, show: Show, figures: Figures
    ) -> None:
        self.store = store
        self.clock = clock
        self._turn = turn
        self._hearing = hearing
        self._show = show
        self._figures = figures
        self._lines = Lines()
        # So that a message can be understood without a look into the store. Where another process has been at work
        # since, the turn finds another revision (Moved), and the store is asked.
        self._left: Recent[str, _Left] = Recent(REMEMBERED)
        self._news = News()
        self._worker: Worker | None = None
        self._timers: TimerLoop | None = None
        self._pushed: Pushed | None = None
        self._sweeper: asyncio.Task[None] | None = None

    def attach(self, worker: Worker, timer_loop: TimerLoop, pushed: Pushed) -> None:
        """Joins the desk to what runs its calls, fires its timers and brings its replies."""
        self._worker, self._timers, self._pushed = worker, timer_loop, pushed

    # --- what comes in ---

    async def receive(self, inbound: Inbound) -> Receipt:
        """Runs the message's turn in its place in the queue; returns after the commit. Raises StoreUnavailable."""
        conversation_id = identity.conversation_id(inbound.channel, inbound.address)
        root = f"{inbound.channel}:{inbound.key}"
        async with self._lines.turn(conversation_id, words=True) as place:
            for _ in range(REREADS):
                try:
                    with self._figures.seconds.time():
                        return await self._once(inbound, conversation_id, root, place)
                except Moved:
                    continue
        raise RuntimeError("a conversation never stood still")

    async def _once(self, inbound: Inbound, conversation_id: str, root: str, place: Place) -> Receipt:
        """Understands the message against the conversation as it is, and decides. Raises Moved, StoreUnavailable."""
        before = self._left.pop(conversation_id) or await self._read(inbound, conversation_id)
        asked = await self._asked(inbound, conversation_id)
        was = await self._earlier(inbound, conversation_id)
        if was is not None and isinstance(inbound.body, Edited) and self._hearing.unchanged(inbound.body, was):
            return Receipt(conversation_id, root, repeated=True)
        heard: Heard | None = None
        try:
            heard = understood = self._heard(inbound, before, asked, was)
            ask = not place.more_words
            turned = await self.store.write(
                lambda c: self._take(c, inbound, conversation_id, root, before, understood, ask)
            )
        except (Moved, StoreUnavailable):
            raise
        except Exception as error:
            turned = await self._failed(error, inbound, conversation_id, root)
        return self._delivered(turned, root, inbound, heard)

    async def finish(self, call: StoredCall, outcome: Done | GaveUp) -> None:
        """The turn of a call's result; ends the call in the same transaction."""
        status = "done" if isinstance(outcome, Done) else "failed"
        self._figures.calls.labels(call.kind, status).inc()
        cause = Cause("result", {"call": call.kind, "key": call.key, "status": status}, call.root)

        def decide(connection: sa.Connection) -> Turned | None:
            if not calls.finish(connection, call.key, status, None):
                return None
            event = ResultOf(call.key, outcome_event(call, outcome))
            return self._decide(connection, call.conversation_id, event, cause)

        def sorry(connection: sa.Connection, error: Exception) -> Turned | None:
            current = conversations.load(connection, call.conversation_id, lock=True)
            if not calls.finish(connection, call.key, "failed", {"reason": "result_failed"}) or current is None:
                return None
            now = self.clock.now()
            return self._turn.apologise(connection, current, _failure(error, call.root), now, awaited=call.key)

        await self._caused(call.conversation_id, decide, sorry)

    async def fire(self, timer: Timer) -> None:
        """The turn of a due timer. One whose turn raises is set again for later: it may stand for a promise."""
        cause = Cause("timer", {"timer": timer.kind}, None)

        def decide(connection: sa.Connection) -> Turned | None:
            if not timers.take(connection, timer):
                return None
            return self._decide(connection, timer.conversation_id, TimerDue(timer.kind), cause)

        def put_off(connection: sa.Connection, error: Exception) -> Turned | None:
            current = conversations.load(connection, timer.conversation_id, lock=True)
            if not timers.take(connection, timer) or current is None:
                return None
            now = self.clock.now()
            timers.set(connection, timer.conversation_id, timer.kind, now + TIMER_AGAIN, timer.data)
            return self._turn.failed(connection, current, _failure(error, None), now)

        await self._caused(timer.conversation_id, decide, put_off)

    async def happen(self, work: Callable[[Any], T]) -> T:
        """One transaction of a handler; the events it told run as turns right after the commit."""

        def write(connection: sa.Connection) -> tuple[T, list[events.Event]]:
            happening = Happening(connection, self.clock.now())
            return work(happening), happening.told

        value, told = await self.store.write(write)
        for event in told:
            try:
                await self._tell(event)
            except StoreUnavailable:
                _log.warning("event_left", kind=event.kind)  # it is stored: the sweep runs its turn
        return value

    async def start(self) -> None:
        """Runs the turns of events that a dead process had stored; from then on looks for such ones now and then."""
        await self._take_leftovers(EVER)
        self._sweeper = asyncio.create_task(self._sweep(), name="events-sweep")

    async def stop(self) -> None:
        """Ends looking."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            try:
                await self._take_leftovers(self.clock.now() - LEFT_AFTER)
            except Exception as error:
                _log.error("event_sweep_failed", alarm=True, error=type(error).__name__)

    async def _take_leftovers(self, until: datetime) -> None:
        try:
            while left := [event for event in await self.store.read(events.due) if event.at <= until]:
                for event in left:
                    await self._tell(event)
        except StoreUnavailable:
            _log.warning("events_left")

    # --- what is asked ---

    async def settled(self, root: str, timeout: timedelta) -> bool:
        """Waits for the machine-made results that `root` caused; False on time-out."""
        try:
            async with asyncio.timeout(timeout.total_seconds()), self._news.watch(root) as watch:
                while await self.store.read(lambda c: self._results_due(c, root)):
                    # A call put off till later makes no news, nor does another process.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_AGAIN_S):
                            await watch.changed()
                return True
        except TimeoutError:
            return False

    def _results_due(self, connection: sa.Connection, root: str) -> bool:
        """A call that was put off till later is waited for only while the conversation itself stands waiting for it."""
        now = self.clock.now()
        open_calls = calls.of_root(connection, root)
        if any(call.at_work(now) for call in open_calls):
            return True
        for conversation_id in {call.conversation_id for call in open_calls}:
            found = conversations.load(connection, conversation_id, lock=False)
            if found is not None and self._show.standing(found, self._turn.case(found), now).expects == Expects.wait:
                return True
        return False

    async def conversation(self, channel: str, address: str) -> str | None:
        """The id of the conversation at this address, None if nobody wrote from there yet."""
        found = await self.store.read(lambda c: conversations.find(c, channel, address))
        return None if found is None else found.id

    async def messages(
        self, conversation_id: str, *, after: int | None = None, root: str | None = None, with_customer: bool = False
    ) -> list[Message]:
        """The transcript in order: those above seq `after`, or those that `root` caused, or all."""
        entries = await self.store.read(
            lambda c: journal.messages(c, conversation_id, after_seq=after, root=root, with_customer=with_customer)
        )
        return [self._show.message(entry) for entry in entries]

    async def give(self, conversation_id: str, *, root: str | None = None, after: int | None = None) -> Given:
        """The bot's messages for a channel that asks, marked as handed over."""

        def find(connection: sa.Connection) -> tuple[tuple[journal.Entry, ...], int]:
            reached = carried.up_to(connection, conversation_id)
            if after is None and root is None:
                return journal.kept(connection, conversation_id), reached
            return journal.messages(connection, conversation_id, after_seq=after, root=root), reached

        entries, reached = await self.store.read(find)
        seq = max([reached, *(entry.seq or 0 for entry in entries)])
        if new := [entry.id for entry in entries if entry.delivery == "kept"]:
            now = self.clock.now()

            def mark(connection: sa.Connection) -> None:
                journal.give(connection, new, now)
                carried.mark(connection, conversation_id, seq)

            await self.store.write(mark)
        return Given([self._show.message(entry) for entry in entries], seq)

    async def standing(self, conversation_id: str, *, at_most_wait: bool = False) -> Standing:
        """Where it stands now."""
        found = await self.store.read(lambda c: conversations.load(c, conversation_id, lock=False))
        if found is None:
            raise LookupError("no such conversation")
        now = self.clock.now()
        standing = self._show.standing(found, self._turn.case(found), now)
        if at_most_wait and standing.expects != Expects.agent:
            due = await self.store.read(lambda c: calls.of_conversation(c, conversation_id))
            if any(call.at_work(now) for call in due):
                return replace(standing, expects=str(Expects.wait))
        return standing

    def watch(self, conversation_id: str) -> AbstractAsyncContextManager[Watch]:
        """News of one conversation."""
        return self._news.watch(conversation_id)

    # --- the turn and its delivery ---

    async def _asked(self, inbound: Inbound, conversation_id: str) -> Asked | None:
        """The message that carried the pressed button, where the channel told which."""
        seq = inbound.body.asked_at if isinstance(inbound.body, Pressed) else None
        if seq is None:
            return None
        entry = await self.store.read(lambda c: journal.said(c, conversation_id, seq))
        if entry is None:
            return None
        return Asked(entry.data.get("step"), {payload: title for title, payload in entry.data.get("buttons", ())})

    async def _earlier(self, inbound: Inbound, conversation_id: str) -> Earlier | None:
        """An edited message as the journal has it: said at the step of its first line, in the words of its last."""
        if not isinstance(inbound.body, Edited) or inbound.reference is None:
            return None
        found = await self.store.read(lambda c: journal.messages(c, conversation_id, with_customer=True))
        said = [entry for entry in found if entry.kind == journal.CUSTOMER]
        lines = [entry for entry in said if entry.data.get("ref") == inbound.reference]
        if not lines:
            return None
        step = lines[0].data.get("step")
        last = next(entry for entry in reversed(said) if entry.data.get("step") == step)
        return Earlier(step, lines[-1].data.get("text", ""), answered=last.data.get("ref") == inbound.reference)

    async def _read(self, inbound: Inbound, conversation_id: str) -> _Left:
        found = await self.store.read(lambda c: conversations.load(c, conversation_id, lock=False))
        known = found or self._fresh(inbound)
        return _Left(known, self._turn.case(known))

    def _heard(self, inbound: Inbound, before: _Left, asked: Asked | None, was: Earlier | None) -> Heard:
        ctx = self._turn.context(before.conversation, self.clock.now())(before.case)
        return self._hearing.hear(inbound, before.case, ctx, asked=asked, was=was)

    def _fresh(self, inbound: Inbound) -> Conversation:
        now = self.clock.now()
        locale = self._locale(inbound.locale_hint)
        new_id = identity.conversation_id(inbound.channel, inbound.address)
        return Conversation(
            new_id, inbound.channel, inbound.address, None, locale, "bot", 0, {}, 0, now, now, None, None
        )

    def _locale(self, hint: str | None) -> str:
        code = (hint or "").replace("_", "-").partition("-")[0].lower()
        offered = self._turn.seller.locales
        return code if code in offered else offered[0]

    def _take(
        self,
        connection: sa.Connection,
        inbound: Inbound,
        conversation_id: str,
        root: str,
        before: _Left,
        heard: Heard,
        ask: bool,
    ) -> Turned | _Repeat:
        now = self.clock.now()
        # The conversation first: the inbox row refers to it. On PostgreSQL its lock is what keeps turns apart.
        current = self._opened(connection, inbound, conversation_id, now)
        mark = digest(inbound, self._turn.server_key)
        if not inbox.first_time(connection, inbound.channel, inbound.key, conversation_id, mark, now):
            seen = inbox.known(connection, inbound.channel, inbound.key)
            return _Repeat(current, conflict=seen is not None and seen.digest != mark)
        if current.revision != before.conversation.revision:
            raise Moved
        # Step and reference are what an edit of this message is understood by.
        said_where = {"step": heard.at, **({"ref": inbound.reference} if inbound.reference else {})}
        cause = Cause(journal.CUSTOMER, {**heard.kept, **said_where}, root, said=True)
        case = before.case if current.revision else None
        return self._turn.play(connection, current, heard.said, cause, now, ask=ask, case=case)

    def _opened(
        self, connection: sa.Connection, inbound: Inbound, conversation_id: str, now: datetime
    ) -> Conversation:
        """The conversation, locked; made if this is the first message."""
        if (known := conversations.load(connection, conversation_id, lock=True)) is not None:
            return known
        locale = self._locale(inbound.locale_hint)
        conversations.open(connection, inbound.channel, inbound.address, locale, now, conversation_id)
        if (opened := conversations.load(connection, conversation_id, lock=True)) is None:
            raise LookupError("a conversation was opened and is gone again")
        return opened

    async def _failed(self, error: Exception, inbound: Inbound, conversation_id: str, root: str) -> Turned | _Repeat:
        """A turn that raised is rolled back alone; an apology and an alarm are all that stays of it."""
        _alarm(conversation_id, error)

        def apologise(connection: sa.Connection) -> Turned | _Repeat:
            now = self.clock.now()
            current = self._opened(connection, inbound, conversation_id, now)
            mark = digest(inbound, self._turn.server_key)
            if not inbox.first_time(connection, inbound.channel, inbound.key, conversation_id, mark, now, failed=True):
                return _Repeat(current, conflict=False)
            return self._turn.apologise(connection, current, _failure(error, root, said=True), now)

        return await self.store.write(apologise)

    def _decide(self, connection: sa.Connection, conversation_id: str, event: Event, cause: Cause) -> Turned | None:
        current = conversations.load(connection, conversation_id, lock=True)
        if current is None:
            return None
        return self._turn.play(connection, current, event, cause, self.clock.now())

    async def _tell(self, event: events.Event) -> None:
        """The turn of a stored event. Raises StoreUnavailable; then the event is still there."""
        cause = Cause("event", {"event": event.kind}, None)

        def decide(connection: sa.Connection) -> Turned | None:
            if not events.done(connection, event.id, self.clock.now()):
                return None
            return self._decide(connection, event.conversation_id, codec.event_from(event.kind, event.payload), cause)

        def sorry(connection: sa.Connection, error: Exception) -> Turned | None:
            current = conversations.load(connection, event.conversation_id, lock=True)
            now = self.clock.now()
            if not events.done(connection, event.id, now) or current is None:
                return None
            return self._turn.apologise(connection, current, _failure(error, None), now)

        await self._caused(event.conversation_id, decide, sorry)

    async def _caused(
        self,
        conversation_id: str,
        decide: Callable[[sa.Connection], Turned | None],
        failed: Callable[[sa.Connection, Exception], Turned | None],
    ) -> None:
        """A turn that no message began, in its place in the queue; if it raises, `failed` is stored instead.

        So what can't be taken neither blocks its conversation nor comes back for ever. Raises StoreUnavailable.
        """
        async with self._lines.turn(conversation_id):
            try:
                turned = await self.store.write(decide)
            except StoreUnavailable:
                raise
            except Exception as error:
                _alarm(conversation_id, error)
                turned = await self.store.write(lambda c, error=error: failed(c, error))
            self._after(turned)

    def _delivered(self, turned: Turned | _Repeat, root: str, inbound: Inbound, heard: Heard | None) -> Receipt:
        # Also when it is a repeat: the process that took it first may have died before the message was deleted.
        if heard is not None and heard.secret and inbound.reference is not None and self._pushed is not None:
            self._pushed.secret(turned.conversation, inbound.reference)
        if isinstance(turned, _Repeat):
            return Receipt(turned.conversation.id, root, repeated=True, conflict=turned.conflict)
        self._after(turned)
        return Receipt(turned.conversation.id, root)

    def _after(self, turned: Turned | None) -> None:
        """After the commit: whoever watches is told, calls run, replies leave."""
        if turned is None or self._worker is None or self._timers is None or self._pushed is None:
            return
        self._figures.turns.labels(turned.kind).inc()
        if turned.case is not None:
            self._left.set(turned.conversation.id, _Left(turned.conversation, turned.case))
        self._worker.submit(turned.run)
        if turned.timer_due is not None:
            self._timers.wake(turned.timer_due)
        if turned.said:
            self._pushed.left(turned.conversation)
        self._news.tell(turned.conversation.id)
        if turned.root is not None:
            self._news.tell(turned.root)


def _failure(error: Exception, root: str | None, *, said: bool = False) -> Cause:
    return Cause("failed", {"error": type(error).__name__}, root, said=said)


def _alarm(conversation_id: str, error: Exception) -> None:
    """The error's message stays out: it may hold what a customer wrote."""
    _log.error("turn_failed", alarm=True, conversation=conversation_id, **described(error))
