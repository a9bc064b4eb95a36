"""Timers, job results and events owned by a subscription instead of a conversation."""

from dataclasses import dataclass

from bot.conversation import codec
from bot.conversation.owners import Owner
from bot.conversation.port import UnitOfWork
from bot.usecases.jobs import outcome_event
from bot.usecases.renewals.renewals import Renewals
from services.jobs.port import Done, GaveUp, StoredJob
from services.store.events import StoredEvent
from services.store.timer_rows import Timer
from services.subscriptions import renewal_timer


@dataclass(frozen=True)
class SubscriptionOwner(Owner):
    """Takes them to the renewals; the timer of customers on file is one of theirs."""

    renewals: Renewals

    def owns(self, owner_id: str) -> bool:
        """Tell subscriptions' ids from conversations'."""
        return renewal_timer.is_one(owner_id)

    def finished(self, tx: UnitOfWork, job: StoredJob, outcome: Done | GaveUp) -> tuple[StoredJob, ...]:
        """Take a job's outcome to its subscription."""
        return self.renewals.answered(tx, _subscription(job.conversation_id), outcome_event(job, outcome))

    def due(self, tx: UnitOfWork, timer: Timer) -> tuple[StoredJob, ...]:
        return self.renewals.fire(tx, timer)

    def told(self, tx: UnitOfWork, event: StoredEvent) -> tuple[StoredJob, ...]:
        """Take news of money that no conversation waits for."""
        said = codec.event_from(event.kind, event.payload)
        return self.renewals.noticed(tx, _subscription(event.conversation_id), said)


def _subscription(owner_id: str) -> str:
    if (subscription_id := renewal_timer.owned_by(owner_id)) is None:
        raise LookupError("only a timer is of all customers on file")
    return subscription_id
