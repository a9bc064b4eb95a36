"""What is due, answered or told about a subscription: no conversation's turn, but what it tells them is."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.conversation import codec
from bot.conversation.after_turn import AfterTurn
from bot.conversation.dispatch import Status
from bot.conversation.port import UnitOfWork
from bot.conversation.publishing import Publisher
from bot.usecases.jobs import outcome_event
from bot.usecases.renewals.renewals import Renewals
from services.jobs.port import Done, GaveUp, StoredJob
from services.store import calls, events
from services.store.timers import Timer


@dataclass(frozen=True)
class SubscriptionDispatcher:
    """Takes them to the renewals. All raise StoreUnavailable."""

    renewals: Renewals
    happenings: Publisher
    after: AfterTurn

    async def due(self, timer: Timer) -> None:
        """A timer of a subscription."""
        await self._and_run(lambda tx: self.renewals.fire(tx, timer))

    async def answered(self, call: StoredJob, outcome: Done | GaveUp, status: Status, subscription_id: str) -> None:
        """What came of a call that belongs to a subscription; ends the call in the same transaction."""

        def settle(tx: UnitOfWork) -> tuple[StoredJob, ...]:
            if not calls.finish(tx.connection, call.key, status, None):
                return ()
            return self.renewals.answered(tx, subscription_id, outcome_event(call, outcome))

        await self._and_run(settle)

    async def told(self, event: events.StoredEvent, subscription_id: str) -> None:
        """What was told of money that no conversation waits for."""

        def take(tx: UnitOfWork) -> tuple[StoredJob, ...]:
            if not events.done(tx.connection, event.id, tx.now):
                return ()
            return self.renewals.noticed(tx, subscription_id, codec.event_from(event.kind, event.payload))

        await self._and_run(take)

    async def _and_run(self, work: Callable[[UnitOfWork], tuple[StoredJob, ...]]) -> None:
        """A transaction of the desk's own, and the calls that this process is to run after it."""
        self.after.run(await self.happenings.happen(work))
