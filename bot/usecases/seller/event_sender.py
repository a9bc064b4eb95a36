"""Brings events to the seller's own system: tried again for days, ever later, under the same id; then given up.

A receiver that is away costs nobody anything: few are under way at a time, and no conversation waits for any.
"""

import hashlib
from datetime import timedelta
from typing import Any

import structlog
from prometheus_client import Counter

from services.clock import Clock
from services.errors import ProviderRefused, ProviderUnavailable, ServiceError
from services.jobs.port import Done, GaveUp, Outcome, StoredJob, TryLater
from services.seller import events_out
from services.seller.card import format_moment
from services.seller.standard_webhooks import WebhookSender
from services.store.database import Store
from services.store.tables.base import canonical

_log = structlog.get_logger(__name__)

SOONEST, LATEST = timedelta(seconds=5), timedelta(hours=6)
"""The pause after a try is as long as the event is old, within these bounds: 5 s, 10 s, 20 s … 6 h."""
PATIENCE = timedelta(days=3)
AT_ONCE = 8
"""Tries under way in one process; the engine has places for other calls, too."""
BUSY = timedelta(seconds=2)


class EventSender:
    """Does the calls of kind `events_out.SEND`. `sender` is None where nobody listens (any more)."""

    def __init__(self, store: Store, clock: Clock, sender: WebhookSender | None, counted: Counter) -> None:
        self._store = store
        self._clock = clock
        self._sender = sender
        self._counted = counted
        self._under_way = 0

    async def send(self, job: StoredJob) -> Outcome:
        """One try."""
        event = await self._store.read(lambda connection: events_out.get(connection, job.payload["event"]))
        if event is None or self._sender is None:
            return GaveUp("nobody_listens")
        if self._under_way >= AT_ONCE:
            return TryLater(BUSY, "busy", failed=False)
        self._under_way += 1
        try:
            await self._sender.send(event.id, make_signed_body(event))
        except ServiceError as error:
            return self._failed(event, error)
        finally:
            self._under_way -= 1
        self._counted.labels(event.type, "delivered").inc()
        _log.info("event_delivered", id=event.id, type=event.type, attempts=job.attempts)
        return Done({})

    def _failed(self, event: events_out.SellerEvent, error: ServiceError) -> Outcome:
        old = self._clock.now() - event.at
        gone = isinstance(error, ProviderRefused) and error.reason == "gone"
        if gone or old >= PATIENCE:
            self._counted.labels(event.type, "given_up").inc()
            _log.error("event_given_up", alarm=True, id=event.id, type=event.type, reason=error.reason)
            return GaveUp(error.reason)
        self._counted.labels(event.type, "failed").inc()
        asked = error.retry_after if isinstance(error, ProviderUnavailable) else None
        wait = None if error.provider and asked is None else min(max(pause(event, old), asked or SOONEST), LATEST)
        return TryLater(wait, f"{error.reason} {error.origin}".strip(), error.provider)


def pause(event: events_out.SellerEvent, old: timedelta) -> timedelta:
    """Return the pause before the next try with an event of this age.

    It differs a little from event to event, so that not all come at once.
    """
    spread = 0.9 + 0.2 * hashlib.sha256(event.id.encode()).digest()[0] / 255
    return min(max(old, SOONEST) * spread, LATEST)


def make_signed_body(event: events_out.SellerEvent) -> bytes:
    """Return the signed body: the same bytes at every try."""
    return canonical(show_event(event)).encode()


def show_event(event: events_out.SellerEvent) -> dict[str, Any]:
    """Return the event as the seller's system sees it."""
    return {"type": event.type, "timestamp": format_moment(event.at) or "", "data": dict(event.data)}
