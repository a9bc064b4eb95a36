"""Owners of what is due or told, and the transaction in which it is told."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa
from msgspec import Struct, field

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from dialogs.kit import Event
from services.jobs.port import Done, GaveUp, StoredJob
from services.seller.events_out import SellerEvent
from services.store import events
from services.store.events import StoredEvent
from services.store.timer_rows import Timer

Publish = Callable[[sa.Connection, SellerEvent], None]
"""Stores an event for the seller's own system."""


class Owner(Protocol):
    """Owner of jobs, timers and events that no conversation has: it handles them in the transaction that ends them.

    Each method gives the jobs that this process is to run after the commit.
    """

    def owns(self, owner_id: str) -> bool:
        """Tell whether rows stored under this id are the owner's."""
        ...

    def finished(self, tx: UnitOfWork, job: StoredJob, outcome: Done | GaveUp) -> tuple[StoredJob, ...]:
        """Handle the outcome of a job."""
        return ()

    def due(self, tx: UnitOfWork, timer: Timer) -> tuple[StoredJob, ...]:
        """Handle a due timer; the owner takes it."""
        return ()

    def told(self, tx: UnitOfWork, event: StoredEvent) -> tuple[StoredJob, ...]:
        """Handle a stored event."""
        return ()


class Transaction(Struct):
    """A handler's transaction (`bot/conversation/port.py`)."""

    connection: sa.Connection
    now: datetime
    publisher: Publish
    told: list[StoredEvent] = field(default_factory=list[StoredEvent])

    def tell(self, owner_id: str, event: Event) -> None:
        """Store an event for its owner with this transaction."""
        stored = codec.stored_event(secrets.token_hex(16), owner_id, event, self.now)
        events.store_event(self.connection, stored)
        self.told.append(stored)

    def publish(self, event: SellerEvent) -> None:
        """Store an event for the seller's own system with this transaction."""
        self.publisher(self.connection, event)
