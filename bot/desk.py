"""The desk: takes messages, results, timers and events to their turns, and delivers what the turns left.

The one place that calls a turn. `receive` is for handlers, `finish` for the worker, `fire` for the timers, `happen` for
handlers that write directly; each of them is one transaction that locks its conversation before it touches anything
else: two that lock in different orders would wait for each other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol, TypeVar

import sqlalchemy as sa
import structlog

from bot import codec, identity
from bot.by_agent import BY_AGENT, ByAgent
from bot.calls import outcome_event
from bot.erasing import FORGOTTEN
from bot.happenings import Happenings
from bot.health import Figures
from bot.hearing import Heard, Hearing, digest
from bot.inbound import Edited, Inbound
from bot.intake import Intake, Known
from bot.lines import Lines, Place
from bot.port import Happening, Receipt
from bot.reading import Reading
from bot.renewals import Renewals
from bot.show import Show
from bot.telling import OF_NOBODY, Telling
from bot.turn import Cause, Turn, Turned, concerns_people
from bot.turned_away import turned_away
from dialogs.kit import ResultOf, TimerDue
from services import renewal_timer
from services.clock import Clock
from services.engine.faults import described
from services.engine.port import Call as StoredCall
from services.engine.port import Done, Engine, GaveUp
from services.engine.timers import TimerLoop
from services.store import calls, conversations, events, inbox, journal, timers
from services.store.announce import PEOPLE, Announcement
from services.store.conversations import Conversation
from services.store.database import Store
from services.store.errors import StoreUnavailable
from services.store.timers import Timer

T = TypeVar("T")
_log = structlog.get_logger(__name__)

# A timer whose turn raised comes again after so long.
TIMER_AGAIN = timedelta(hours=1)
# If the conversation moves on between understanding and deciding, the message is understood again; so often at most.
# Each time another process has got its turn in before: as many messages may come at once to all the others.
REREADS = 200


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


class TheDesk(Reading):
    """Fulfils `bot.port.Desk`. `attach` must be called once before the first message."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        turn: Turn,
        hearing: Hearing,
        show: Show,
        figures: Figures,
        telling: Telling,
    ) -> None:
        super().__init__(store, clock, turn, show)
        self._intake = Intake(store, clock, turn, hearing)
        self._figures = figures
        self._lines = Lines()
        self._worker: Engine | None = None
        self._timers: TimerLoop | None = None
        self._pushed: Pushed | None = None
        self._renewals: Renewals | None = None
        self._happenings = Happenings(store, clock, telling, self._tell)

    def attach(self, worker: Engine, timer_loop: TimerLoop, pushed: Pushed, renewals: Renewals) -> None:
        """Joins the desk to what runs its calls, fires its timers, brings its replies and renews by itself."""
        self._worker, self._timers, self._pushed, self._renewals = worker, timer_loop, pushed, renewals

    async def receive(self, inbound: Inbound) -> Receipt:
        """Runs the message's turn in its place in the queue; returns after the commit. Raises StoreUnavailable."""
        conversation_id = identity.conversation_id(inbound.channel, inbound.address)
        root = f"{inbound.channel}:{inbound.key}"
        # An edit mostly changes nothing: if it did so as the last of a burst, no question would be asked.
        word = None if isinstance(inbound.body, Edited) else inbound.key
        async with self._lines.turn(conversation_id, word=word) as place:
            for _ in range(REREADS):
                try:
                    with self._figures.seconds.time():
                        return await self._once(inbound, conversation_id, root, place)
                except Moved:
                    continue
        raise RuntimeError("a conversation never stood still")

    async def _once(self, inbound: Inbound, conversation_id: str, root: str, place: Place) -> Receipt:
        """Understands the message against the conversation as it is, and decides. Raises Moved, StoreUnavailable."""
        heard: Heard | None = None
        try:
            before = await self._intake.known(inbound, conversation_id)
            asked = await self._intake.asked(inbound, conversation_id)
            was = await self._intake.earlier(inbound, conversation_id)
            if self._intake.unchanged(inbound, was):
                return Receipt(conversation_id, root, repeated=True)
            heard = understood = self._intake.heard(inbound, before, asked, was)
            ask = not await self._more_to_come(inbound, place)
            turned = await self.store.write(
                lambda c: self._take(c, inbound, conversation_id, root, before, understood, ask)
            )
        except (Moved, StoreUnavailable):
            raise
        except Exception as error:
            turned = await self._failed(error, inbound, conversation_id, root)
        return self._delivered(turned, root, inbound, heard)

    async def _more_to_come(self, inbound: Inbound, place: Place) -> bool:
        """Whether a message waits that will ask the question at its own turn; one taken before will not."""
        behind = [key for key in place.behind if key != inbound.key]
        if not behind:
            return False
        return await self.store.read(lambda c: any(inbox.known(c, inbound.channel, key) is None for key in behind))

    async def act(self, conversation_id: str, key: str, work: Callable[[ByAgent], T]) -> T | None:
        """An agent's act: one transaction under the conversation's lock, in its place in the queue; what it played is
        delivered after the commit. None if `key` was done before. Errors: LookupError for no such conversation, what
        `work` raises (then nothing is stored), StoreUnavailable."""

        def decide(connection: sa.Connection) -> tuple[T | None, Turned | None]:
            current = conversations.load(connection, conversation_id, lock=True)
            if current is None:
                raise LookupError("no such conversation")
            now = self.clock.now()
            if not inbox.first_time(connection, BY_AGENT, f"{conversation_id}:{key}", conversation_id, "", now):
                return None, None
            act = ByAgent(connection, current, self._turn, now)
            return work(act), act.turned

        async with self._lines.turn(conversation_id):
            value, turned = await self.store.write(decide)
            self._after(turned)
        return value

    async def finish(self, call: StoredCall, outcome: Done | GaveUp) -> None:
        """The turn of a call's result; ends the call in the same transaction."""
        status = "done" if isinstance(outcome, Done) else "failed"
        self._figures.calls.labels(call.kind, status).inc()
        if call.conversation_id == OF_NOBODY:
            await self._end(call, status)
            return
        if (subscription_id := renewal_timer.owned_by(call.conversation_id)) is not None:
            await self._renewal_answered(call, outcome, status, subscription_id)
            return
        cause = Cause("result", {"call": call.kind, "key": call.key, "status": status}, call.root)

        def decide(connection: sa.Connection) -> Turned | None:
            current = conversations.load(connection, call.conversation_id, lock=True)
            if not calls.finish(connection, call.key, status, None) or current is None:
                return None
            event = ResultOf(call.key, outcome_event(call, outcome))
            return self._turn.play(connection, current, event, cause, self.clock.now())

        def sorry(connection: sa.Connection, error: Exception) -> Turned | None:
            current = conversations.load(connection, call.conversation_id, lock=True)
            if not calls.finish(connection, call.key, "failed", {"reason": "result_failed"}) or current is None:
                return None
            now = self.clock.now()
            return self._turn.apologise(connection, current, _failure(error, call.root), now, awaited=call.key)

        await self._caused(call.conversation_id, decide, sorry)

    async def _end(self, call: StoredCall, status: str) -> None:
        """The end of a call whose result nobody waits for."""

        def end(connection: sa.Connection) -> None:
            calls.finish(connection, call.key, status, None)
            if call.kind == FORGOTTEN:
                calls.forget(connection, call.key)

        await self.store.write(end)

    async def fire(self, timer: Timer) -> None:
        """The turn of a due timer. One whose turn raises is set again for later: it may stand for a promise."""
        if renewal_timer.is_one(timer.conversation_id):
            await self._renew(timer)
            return
        cause = Cause("timer", {"timer": timer.kind}, None)

        def decide(connection: sa.Connection) -> Turned | None:
            current = conversations.load(connection, timer.conversation_id, lock=True)
            if not timers.take(connection, timer) or current is None:
                return None
            return self._turn.play(connection, current, TimerDue(timer.kind), cause, self.clock.now())

        def put_off(connection: sa.Connection, error: Exception) -> Turned | None:
            current = conversations.load(connection, timer.conversation_id, lock=True)
            if not timers.take(connection, timer) or current is None:
                return None
            now = self.clock.now()
            timers.set(connection, timer.conversation_id, timer.kind, now + TIMER_AGAIN, timer.data)
            return self._turn.failed(connection, current, _failure(error, None), now)

        await self._caused(timer.conversation_id, decide, put_off)

    async def _renew(self, timer: Timer) -> None:
        """What is due about a subscription: no conversation's turn, but what it tells them is."""
        if self._renewals is not None:
            renew = self._renewals.fire
            await self._and_run(lambda tx: renew(tx, timer))

    async def _renewal_answered(
        self, call: StoredCall, outcome: Done | GaveUp, status: Literal["done", "failed"], subscription_id: str
    ) -> None:
        """What came of a call that belongs to a subscription; ends the call in the same transaction."""
        renewals = self._renewals

        def settle(tx: Happening) -> tuple[StoredCall, ...]:
            if not calls.finish(tx.connection, call.key, status, None) or renewals is None:
                return ()
            return renewals.answered(tx, subscription_id, outcome_event(call, outcome))

        await self._and_run(settle)

    async def _renewal_noticed(self, event: events.Event, subscription_id: str) -> None:
        """What was told of money that no conversation waits for."""
        renewals = self._renewals

        def take(tx: Happening) -> tuple[StoredCall, ...]:
            if not events.done(tx.connection, event.id, tx.now) or renewals is None:
                return ()
            return renewals.noticed(tx, subscription_id, codec.event_from(event.kind, event.payload))

        await self._and_run(take)

    async def _and_run(self, work: Callable[[Happening], tuple[StoredCall, ...]]) -> None:
        """A transaction of the desk's own, and the calls that this process is to run after it."""
        due = await self.happen(work)
        if self._worker is not None:
            self._worker.submit(due)

    async def happen(self, work: Callable[[Any], T]) -> T:
        """One transaction of a handler; the events it told run as turns right after the commit."""
        return await self._happenings.happen(work)

    async def start(self) -> None:
        """Runs the turns of events that a dead process had stored, and from then on of those that were left."""
        await self._happenings.start()

    async def stop(self) -> None:
        """Ends looking for them."""
        await self._happenings.stop()

    def heard(self, announced: Announcement) -> None:
        """Another process has committed a turn: whoever watches here looks again."""
        if announced.sender != self._turn.holder.id:
            for name in announced.about:
                self._news.tell(name)

    def missed(self) -> None:
        """Something may have been announced that wasn't heard: everybody looks again."""
        self._news.tell_all()

    def _take(
        self,
        connection: sa.Connection,
        inbound: Inbound,
        conversation_id: str,
        root: str,
        before: Known,
        heard: Heard,
        ask: bool,
    ) -> Turned | _Repeat:
        now = self.clock.now()
        # The conversation first: the inbox row refers to it. On PostgreSQL its lock is what keeps turns apart.
        current = self._intake.opened(connection, inbound, conversation_id, now)
        mark = digest(inbound, self._turn.server_key)
        if not inbox.first_time(connection, inbound.channel, inbound.key, conversation_id, mark, now):
            seen = inbox.known(connection, inbound.channel, inbound.key)
            return _Repeat(current, conflict=seen is not None and seen.digest != mark)
        if (away := turned_away(connection, self._turn, current, root, now)) is not None:
            return away
        if current.revision != before.conversation.revision:
            raise Moved
        # Step and reference are what an edit of this message is understood by.
        said_where = {"step": heard.at, **({"ref": inbound.reference} if inbound.reference else {})}
        cause = Cause(journal.CUSTOMER, {**heard.kept, **said_where}, root, said=True, network=inbound.network)
        case = before.case if current.revision else None
        return self._turn.play(connection, current, heard.said, cause, now, ask=ask, case=case)

    async def _failed(self, error: Exception, inbound: Inbound, conversation_id: str, root: str) -> Turned | _Repeat:
        """A turn that raised is rolled back alone; an apology and an alarm are all that stays of it."""
        _alarm(conversation_id, error)

        def apologise(connection: sa.Connection) -> Turned | _Repeat:
            now = self.clock.now()
            current = self._intake.opened(connection, inbound, conversation_id, now)
            mark = digest(inbound, self._turn.server_key)
            if not inbox.first_time(connection, inbound.channel, inbound.key, conversation_id, mark, now, failed=True):
                return _Repeat(current, conflict=False)
            return self._turn.apologise(connection, current, _failure(error, root, said=True), now)

        return await self.store.write(apologise)

    async def _tell(self, event: events.Event) -> None:
        """The turn of a stored event. Raises StoreUnavailable; then the event is still there."""
        if (subscription_id := renewal_timer.owned_by(event.conversation_id)) is not None:
            await self._renewal_noticed(event, subscription_id)
            return
        cause = Cause("event", {"event": event.kind}, None)

        def decide(connection: sa.Connection) -> Turned | None:
            current, now = conversations.load(connection, event.conversation_id, lock=True), self.clock.now()
            if not events.done(connection, event.id, now) or current is None:
                return None
            said = codec.event_from(event.kind, event.payload)
            return self._turn.play(connection, current, said, cause, now)

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
        self._figures.acted(turned.acts)
        if turned.case is not None:
            self._intake.remember(turned.conversation, turned.case)
        self._worker.submit(turned.run)
        if turned.timer_due is not None:
            self._timers.wake(turned.timer_due)
        if turned.sends:
            self._pushed.left(turned.conversation)
        self._news.tell(turned.conversation.id)
        if concerns_people(turned.conversation):
            self._news.tell(PEOPLE)
        self._happenings.tell_soon(turned.told)
        if turned.root is not None:
            self._news.tell(turned.root)


def _failure(error: Exception, root: str | None, *, said: bool = False) -> Cause:
    return Cause("failed", {"error": type(error).__name__}, root, said=said)


def _alarm(conversation_id: str, error: Exception) -> None:
    """The error's message stays out: it may hold what a customer wrote."""
    _log.error("turn_failed", alarm=True, conversation=conversation_id, **described(error))
