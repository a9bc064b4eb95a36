"""Turns that no message of the customer began: of a call's result, of a due timer, of a stored event."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import sqlalchemy as sa

from bot.conversation import codec
from bot.conversation.after_turn import AfterTurn
from bot.conversation.failures import alarm, failure
from bot.conversation.queue import ConversationQueue
from bot.conversation.seller_events import OF_NOBODY
from bot.conversation.turn import Cause, Turn, TurnResult
from bot.usecases.jobs import outcome_event
from bot.usecases.privacy.erasing import FORGOTTEN
from dialogs.kit import ResultOf, TimerDue
from services.clock import Clock
from services.jobs.port import Done, GaveUp, StoredJob
from services.store import calls, conversations, events, timers
from services.store.database import Store
from services.store.errors import StoreUnavailable
from services.store.timers import Timer

# A timer whose turn raised comes again after so long.
TIMER_AGAIN = timedelta(hours=1)

Status = Literal["done", "failed"]
Decide = Callable[[sa.Connection], TurnResult | None]
Failed = Callable[[sa.Connection, Exception], TurnResult | None]


@dataclass(frozen=True)
class Dispatcher:
    """Takes results, timers and events of conversations to their turns. All raise StoreUnavailable."""

    store: Store
    clock: Clock
    turn: Turn
    lines: ConversationQueue
    after: AfterTurn

    async def answered(self, call: StoredJob, outcome: Done | GaveUp, status: Status) -> None:
        """The turn of a call's result; ends the call in the same transaction."""
        if call.conversation_id == OF_NOBODY:
            await self._end(call, status)
            return
        cause = Cause("result", {"call": call.kind, "key": call.key, "status": status}, call.root)

        def decide(connection: sa.Connection) -> TurnResult | None:
            current = conversations.load(connection, call.conversation_id, lock=True)
            if not calls.finish(connection, call.key, status, None) or current is None:
                return None
            event = ResultOf(call.key, outcome_event(call, outcome))
            return self.turn.play(connection, current, event, cause, self.clock.now())

        def sorry(connection: sa.Connection, error: Exception) -> TurnResult | None:
            current = conversations.load(connection, call.conversation_id, lock=True)
            if not calls.finish(connection, call.key, "failed", {"reason": "result_failed"}) or current is None:
                return None
            now = self.clock.now()
            return self.turn.apologise(connection, current, failure(error, call.root), now, awaited=call.key)

        await self._play(call.conversation_id, decide, sorry)

    async def due(self, timer: Timer) -> None:
        """The turn of a due timer. One whose turn raises is set again for later: it may stand for a promise."""
        cause = Cause("timer", {"timer": timer.kind}, None)

        def decide(connection: sa.Connection) -> TurnResult | None:
            current = conversations.load(connection, timer.conversation_id, lock=True)
            if not timers.take(connection, timer) or current is None:
                return None
            return self.turn.play(connection, current, TimerDue(timer.kind), cause, self.clock.now())

        def put_off(connection: sa.Connection, error: Exception) -> TurnResult | None:
            current = conversations.load(connection, timer.conversation_id, lock=True)
            if not timers.take(connection, timer) or current is None:
                return None
            now = self.clock.now()
            timers.set(connection, timer.conversation_id, timer.kind, now + TIMER_AGAIN, timer.data)
            return self.turn.failed(connection, current, failure(error, None), now)

        await self._play(timer.conversation_id, decide, put_off)

    async def told(self, event: events.StoredEvent) -> None:
        """The turn of a stored event. When the store is away the event is still there."""
        cause = Cause("event", {"event": event.kind}, None)

        def decide(connection: sa.Connection) -> TurnResult | None:
            current, now = conversations.load(connection, event.conversation_id, lock=True), self.clock.now()
            if not events.done(connection, event.id, now) or current is None:
                return None
            said = codec.event_from(event.kind, event.payload)
            return self.turn.play(connection, current, said, cause, now)

        def sorry(connection: sa.Connection, error: Exception) -> TurnResult | None:
            current = conversations.load(connection, event.conversation_id, lock=True)
            now = self.clock.now()
            if not events.done(connection, event.id, now) or current is None:
                return None
            return self.turn.apologise(connection, current, failure(error, None), now)

        await self._play(event.conversation_id, decide, sorry)

    async def _end(self, call: StoredJob, status: Status) -> None:
        """The end of a call whose result nobody waits for."""

        def end(connection: sa.Connection) -> None:
            calls.finish(connection, call.key, status, None)
            if call.kind == FORGOTTEN:
                calls.forget(connection, call.key)

        await self.store.write(end)

    async def _play(self, conversation_id: str, decide: Decide, failed: Failed) -> None:
        """A turn in its place in the queue; if it raises, `failed` is stored instead.

        So what can't be taken neither blocks its conversation nor comes back for ever.
        """
        async with self.lines.turn(conversation_id):
            try:
                turned = await self.store.write(decide)
            except StoreUnavailable:
                raise
            except Exception as error:
                alarm(conversation_id, error)
                turned = await self.store.write(lambda c, error=error: failed(c, error))
            self.after.turned(turned)
