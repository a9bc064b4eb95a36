"""What handlers write directly, with the events that it is to conversations: stored together, told right afterwards.

An event is a row until its turn has run: one whose process died, or whose turn couldn't be stored, is told later.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog

from bot.conversation.seller_events import SellerEvents
from services.clock import Clock
from services.jobs.faults import described
from services.seller.events_out import SellerEvent
from services.store import events
from services.store.database import Store
from services.store.errors import StoreUnavailable

T = TypeVar("T")
_log = structlog.get_logger(__name__)

# An event that waits longer than this after its commit was left: its process died, or the store was away.
LEFT_AFTER = timedelta(seconds=5)
SWEEP_S = 5.0
GRACE_S = 5.0
_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class Transaction:
    """A handler's transaction (`bot/conversation/port.py`)."""

    connection: sa.Connection
    now: datetime
    telling: SellerEvents
    told: list[events.StoredEvent] = field(default_factory=list[events.StoredEvent])

    def tell(self, conversation_id: str, kind: str, payload: dict[str, object]) -> None:
        """Stores an event for a conversation with this transaction."""
        event = events.StoredEvent(secrets.token_hex(16), conversation_id, kind, dict(payload), self.now)
        events.put(self.connection, event)
        self.told.append(event)

    def publish(self, event: SellerEvent) -> None:
        """Stores an event for the seller's own system with this transaction."""
        self.telling.publish(self.connection, event)


class Publisher:
    """`tell` runs an event's turn; it raises StoreUnavailable if that couldn't be stored."""

    def __init__(
        self, store: Store, clock: Clock, telling: SellerEvents, tell: Callable[[events.StoredEvent], Awaitable[None]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._telling = telling
        self._tell = tell
        self._sweeper: asyncio.Task[None] | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    async def happen(self, work: Callable[[Any], T]) -> T:
        """One transaction of a handler; the events it told run as turns right after the commit."""

        def write(connection: sa.Connection) -> tuple[T, list[events.StoredEvent]]:
            happening = Transaction(connection, self._clock.now(), self._telling)
            return work(happening), happening.told

        value, told = await self._store.write(write)
        for event in told:
            await self._tell_one(event)
        return value

    def tell_soon(self, told: Iterable[events.StoredEvent]) -> None:
        """Runs the turns of events that another turn has just stored, once that one is done with."""
        for event in told:
            task = asyncio.create_task(self._tell_one(event), name="event")
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _tell_one(self, event: events.StoredEvent) -> None:
        try:
            await self._tell(event)
        except StoreUnavailable:
            _log.warning("event_left", kind=event.kind)  # it is stored: the sweep runs its turn

    async def start(self) -> None:
        """Tells what a dead process had stored; from then on looks for such events now and then."""
        await self._tell_left(_EVER)
        self._sweeper = asyncio.create_task(self._sweep(), name="events-sweep")

    async def stop(self) -> None:
        """Ends looking; what is being told is told."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=GRACE_S)
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            try:
                await self._tell_left(self._clock.now() - LEFT_AFTER)
            except Exception as error:
                _log.error("event_sweep_failed", alarm=True, **described(error))

    async def _tell_left(self, until: datetime) -> None:
        try:
            while left := [event for event in await self._store.read(events.due) if event.at <= until]:
                for event in left:
                    await self._tell(event)
        except StoreUnavailable:
            _log.warning("events_left")
