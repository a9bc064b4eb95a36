"""Job results, due timers and stored events, taken to their turns or owners, and what follows a turn's commit.

Nothing of what follows is needed for a turn to hold: what a dead process leaves is found by the sweeps.

An event is a row until its turn has run: one whose process died, or whose turn couldn't be stored, is dispatched later.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

import sqlalchemy as sa
import structlog

from bot.conversation import codec
from bot.conversation.loading import ConversationLoader
from bot.conversation.metrics import Metrics
from bot.conversation.owners import Owner, Publish, Transaction
from bot.conversation.port import Pushed, UnitOfWork
from bot.conversation.queue import ConversationQueue
from bot.conversation.reading import Watchers
from bot.conversation.spoken_words import SpokenWords
from bot.conversation.stored import StoredCause
from bot.conversation.turn import Cause, Turn, TurnResult, alarm, concerns_people, failure
from dialogs.kit import Event, ResultOf, TimerDue
from dialogs.messages.voice import NoteHeard
from services import tasks
from services.clock import Clock
from services.errors import describe
from services.hearing import recordings
from services.jobs.backoff import cancel
from services.jobs.port import Done, Engine, Finish, GaveUp, StoredJob
from services.jobs.timers import Fire, TimerLoop
from services.store import conversations, events, jobs_table, journal, timer_rows
from services.store.announce import PEOPLE
from services.store.conversations import StoredConversation
from services.store.database import Store
from services.store.errors import StoreUnavailable
from services.store.events import StoredEvent
from services.store.timer_rows import Timer

T = TypeVar("T")
_log = structlog.get_logger(__name__)

# A timer whose turn raised comes again after so long.
TIMER_AGAIN = timedelta(hours=1)
# An event that waits longer than this after its commit was left: its process died, or the store was away.
LEFT_AFTER = timedelta(seconds=5)
SWEEP_S = 5.0
GRACE_S = 5.0
_EVER = datetime.max.replace(tzinfo=UTC)

Decide = Callable[[sa.Connection], TurnResult | None]
Failed = Callable[[sa.Connection, Exception], TurnResult | None]
ResultEvent = Callable[[StoredJob, Done | GaveUp], Event]
"""Makes the event that a finished job is to its conversation."""
OpenEngine = Callable[[Finish, Fire], tuple[Engine, TimerLoop]]
"""Opens what runs jobs and fires timers, given the methods that take results and due timers."""


class Dispatcher:
    """Takes results, timers and events to their turns, and delivers turns. Raises StoreUnavailable.

    Jobs and timers come from `worker` and `timers`, which `engine` opens with the methods that take them.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        turn: Turn,
        loader: ConversationLoader,
        queue: ConversationQueue,
        news: Watchers,
        metrics: Metrics,
        *,
        owners: Sequence[Owner],
        result_event: ResultEvent,
        publish: Publish,
        engine: OpenEngine,
        delivery: Pushed,
        spoken: SpokenWords,
    ) -> None:
        self._spoken = spoken
        self._store = store
        self._clock = clock
        self._turn = turn
        self._loader = loader
        self._queue = queue
        self._news = news
        self._metrics = metrics
        self._owners = owners
        self._result_event = result_event
        self._publish = publish
        self._sweeper: asyncio.Task[None] | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._delivery = delivery
        self.worker, self.timers = engine(self.finish, self.fire)

    async def finish(self, job: StoredJob, outcome: Done | GaveUp) -> None:
        """Run the turn of a job's result; the job ends in the same transaction."""
        status: Literal["done", "failed"] = "done" if isinstance(outcome, Done) else "failed"
        self._metrics.calls.labels(job.kind, status).inc()

        def settle(owner: Owner, tx: UnitOfWork) -> tuple[StoredJob, ...]:
            return owner.finished(tx, job, outcome) if jobs_table.finish(tx.connection, job.key, status, None) else ()

        def decide(connection: sa.Connection) -> TurnResult | None:
            current = conversations.load(connection, job.conversation_id, lock=True)
            if not jobs_table.finish(connection, job.key, status, None) or current is None:
                return None
            event = self._result_event(job, outcome)
            line = StoredCause(call=job.kind, key=job.key, status=status)
            if isinstance(event, NoteHeard):
                words = self._spoken.read(connection, current, job.key, event)
                if words is not None:
                    recordings.drop(connection, words.note)
                    cause, now = Cause(journal.CUSTOMER, words.line(line), job.root, said=True), words.ctx.now
                    return self._turn.play(
                        connection, current, words.said, cause, now, understood=words.ctx, books=words.books
                    )
            cause = Cause("result", line, job.root)
            return self._turn.play(connection, current, ResultOf(job.key, event), cause, self._clock.now())

        def sorry(connection: sa.Connection, error: Exception) -> TurnResult | None:
            current = conversations.load(connection, job.conversation_id, lock=True)
            if not jobs_table.finish(connection, job.key, "failed", {"reason": "result_failed"}) or current is None:
                return None
            now = self._clock.now()
            return self._turn.apologise(connection, current, failure(error, job.root), now, awaited=job.key)

        await self._handle(job.conversation_id, settle, decide, sorry)

    async def fire(self, timer: Timer) -> None:
        """Run the turn of a due timer. One whose turn raises is set again for later: it may stand for a promise."""

        def settle(owner: Owner, tx: UnitOfWork) -> tuple[StoredJob, ...]:
            return owner.due(tx, timer)

        def decide(connection: sa.Connection) -> TurnResult | None:
            current = conversations.load(connection, timer.conversation_id, lock=True)
            if not timer_rows.take(connection, timer) or current is None:
                return None
            now = self._clock.now()
            if (later := self._turn.speaks_until(connection, current, timer.kind, now)) is not None:
                timer_rows.set_timer(connection, current.id, timer.kind, later)
                return None
            cause = Cause("timer", StoredCause(timer=timer.kind), None)
            return self._turn.play(connection, current, TimerDue(timer.kind), cause, now)

        def put_off(connection: sa.Connection, error: Exception) -> TurnResult | None:
            current = conversations.load(connection, timer.conversation_id, lock=True)
            if not timer_rows.take(connection, timer) or current is None:
                return None
            now = self._clock.now()
            timer_rows.set_timer(connection, timer.conversation_id, timer.kind, now + TIMER_AGAIN, timer.data)
            return self._turn.failed(connection, current, failure(error, None), now)

        await self._handle(timer.conversation_id, settle, decide, put_off)

    async def tell(self, event: StoredEvent) -> None:
        """Run the turn of a stored event. When the store is away the event is still there."""

        def settle(owner: Owner, tx: UnitOfWork) -> tuple[StoredJob, ...]:
            return owner.told(tx, event) if events.mark_event_done(tx.connection, event.id, tx.now) else ()

        def decide(connection: sa.Connection) -> TurnResult | None:
            current, now = conversations.load(connection, event.conversation_id, lock=True), self._clock.now()
            if not events.mark_event_done(connection, event.id, now) or current is None:
                return None
            said = codec.event_from(event.kind, event.payload)
            return self._turn.play(connection, current, said, Cause("event", StoredCause(event=event.kind), None), now)

        def sorry(connection: sa.Connection, error: Exception) -> TurnResult | None:
            current = conversations.load(connection, event.conversation_id, lock=True)
            now = self._clock.now()
            if not events.mark_event_done(connection, event.id, now) or current is None:
                return None
            return self._turn.apologise(connection, current, failure(error, None), now)

        await self._handle(event.conversation_id, settle, decide, sorry)

    async def happen(self, work: Callable[[Any], T]) -> T:
        """Run one transaction of a handler; the events it stored run as turns right after the commit."""

        def write(connection: sa.Connection) -> tuple[T, list[StoredEvent]]:
            tx = Transaction(connection, self._clock.now(), self._publish)
            return work(tx), tx.told

        value, told = await self._store.write(write)
        for event in told:
            await self._tell_or_leave(event)
        return value

    def deliver(self, result: TurnResult | None) -> None:
        """Deliver a committed turn: jobs run, replies leave, watchers look, its events have turns of their own."""
        if result is None:
            return
        self._metrics.turns.labels(result.kind).inc()
        self._metrics.count(result.commands)
        if result.case is not None and result.books is not None:
            self._loader.remember(result.conversation, result.case, result.said, result.books)
        self.worker.submit(result.jobs_here)
        if result.timer_due is not None:
            self.timers.wake(result.timer_due)
        if result.reply is not None:
            self._delivery.left(result.conversation, result.reply)
        self._news.tell(result.conversation.id)
        if concerns_people(result.conversation):
            self._news.tell(PEOPLE)
        if result.root is not None:
            self._news.tell(result.root)
        for event in result.told:
            task = tasks.spawn("event", self._tell_or_leave(event))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    def forget_secret(self, conversation: StoredConversation, reference: str) -> None:
        """Have a message that held a secret deleted."""
        self._delivery.secret(conversation, reference)

    async def start(self) -> None:
        """Dispatch the events that a dead process had stored; from then on look for such events now and then."""
        await self._tell_left(_EVER)
        self._sweeper = tasks.keep("events-sweep", self._sweep)

    async def stop(self) -> None:
        """Stop looking; turns under way are finished."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=GRACE_S)
        await cancel(self._sweeper)

    async def _handle(
        self,
        owner_id: str,
        settle: Callable[[Owner, UnitOfWork], tuple[StoredJob, ...]],
        decide: Decide,
        failed: Failed,
    ) -> None:
        """Let the owner settle, or run a turn in its place in the queue; if that raises, `failed` is stored instead.

        So what can't be taken neither blocks its conversation nor comes back for ever.
        """
        if (owner := next((one for one in self._owners if one.owns(owner_id)), None)) is not None:
            await self._settle(owner, settle)
            return
        async with self._queue.turn(owner_id):
            try:
                result = await self._store.write(decide, brief=True)
            except StoreUnavailable:
                raise
            except Exception as error:
                alarm(owner_id, error)
                result = await self._store.write(lambda c, error=error: failed(c, error))
            self.deliver(result)

    async def _settle(self, owner: Owner, settle: Callable[[Owner, UnitOfWork], tuple[StoredJob, ...]]) -> None:
        def write(connection: sa.Connection) -> tuple[tuple[StoredJob, ...], list[StoredEvent]]:
            tx = Transaction(connection, self._clock.now(), self._publish)
            return settle(owner, tx), tx.told

        jobs, told = await self._store.write(write)
        for event in told:
            await self._tell_or_leave(event)
        self.worker.submit(jobs)

    async def _tell_or_leave(self, event: StoredEvent) -> None:
        try:
            await self.tell(event)
        except StoreUnavailable:
            _log.warning("event_left", kind=event.kind)  # it is stored: the sweep runs its turn

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            try:
                await self._tell_left(self._clock.now() - LEFT_AFTER)
            except Exception as error:
                _log.error("event_sweep_failed", alarm=True, **describe(error))

    async def _tell_left(self, until: datetime) -> None:
        try:
            while left := [event for event in await self._store.read(events.list_due_events) if event.at <= until]:
                for event in left:
                    await self.tell(event)
        except StoreUnavailable:
            _log.warning("events_left")
