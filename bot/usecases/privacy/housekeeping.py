"""Housekeeping: what has served its time is dropped, so that nothing secret or personal lies about for longer.

What is known of people goes by the profile's `[privacy]`. All that there may be much of goes in batches: chats go on
between them.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from dialogs.state import ConversationState
from services import limits, tasks
from services.accounts import start_links
from services.agents import audit, identities, password_links, sessions, telegram
from services.clock import Clock
from services.contacts import codes
from services.jobs.backoff import cancel
from services.privacy import desk_rows, retention
from services.privacy.retention import Expiry
from services.seller import events_out, idempotency
from services.store import inbox
from services.store.database import Store
from services.store.errors import StoreUnavailable
from services.support import handoffs, search
from values.rules import PrivacyRules

_log = structlog.get_logger(__name__)
EVERY_S = 6 * 3600.0
BETWEEN_BATCHES_S = 0.05
# A repeat of a message is known for so long (docs/reference/rest.md); Telegram repeats for a day at most.
MESSAGE_KEYS = timedelta(days=7)
# The longest windows that limits count over: a month for wrong log-ins, a day for codes.
COUNTED = timedelta(days=31)
CODES = timedelta(days=2)
# A request of the seller's API is known again for so long (docs/reference/api.md).
API_ANSWERS = timedelta(days=7)
# Longer than an event is tried: the seller's system may look up what it has missed.
TOLD_EVENTS = timedelta(days=30)

FACTS = tuple(name for name in ConversationState.__struct_fields__ if name not in ("talk", "feedback"))
"""The parts of a state that hold what a customer told or did; the others are manners."""


def sweep(connection: sa.Connection, now: datetime) -> None:
    """Delete what has expired by `now`, and start the deadlines of what hasn't."""
    limits.forget_before(connection, now - COUNTED)
    codes.forget_before(connection, now - CODES)
    start_links.forget_before(connection, now - retention.DEAD_LINKS)
    idempotency.forget_before(connection, now - API_ANSWERS)
    events_out.forget_before(connection, now - TOLD_EVENTS)
    sessions.forget_before(connection, now)
    password_links.forget_before(connection, now)
    identities.forget_sign_ons_before(connection, now)
    telegram.forget_before(connection, now)
    desk_rows.forget_blocks(connection, now)
    handoffs.mind_all(connection, now)


def forget_messages(connection: sa.Connection, now: datetime) -> int:
    """Forget some of the messages that may not be repeated any more; return how many."""
    return inbox.purge(connection, now - MESSAGE_KEYS, retention.MOST)


class Housekeeping:
    """Sweeps at the start and every six hours."""

    def __init__(self, store: Store, clock: Clock, privacy: PrivacyRules) -> None:
        self._store = store
        self._clock = clock
        self._privacy = privacy
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins."""
        self._task = tasks.keep("housekeeping", self._run)

    async def stop(self) -> None:
        """Stop the loop."""
        await cancel(self._task)

    async def _forget_people(self, now: datetime) -> None:
        trail = timedelta(days=self._privacy.audit_days)
        await self._store.write(lambda connection: audit.forget_before(connection, now - trail))
        empty = retention.without_facts(now - retention.ONE_MESSAGE, FACTS)
        for expired in (empty, *retention.expired(self._privacy, now)):
            while found := await self._store.read(lambda connection, expired=expired: expired.find(connection)):
                await self._drop(expired, found)

    async def _drop(self, expired: Expiry, found: Sequence[Any]) -> None:
        for first in range(0, len(found), expired.slice):
            some = found[first : first + expired.slice]
            await self._store.write(lambda connection, some=some: expired.drop(connection, some))
            await asyncio.sleep(BETWEEN_BATCHES_S)

    async def _in_batches(self, work: Callable[[sa.Connection], int]) -> None:
        """Repeat the work until there is none left, each time in a transaction of its own."""
        done = 1
        while done:
            done = await self._store.write(work)
            await asyncio.sleep(BETWEEN_BATCHES_S if done else 0)

    async def _run(self) -> None:
        while True:
            now = self._clock.now()
            try:
                await self._store.write(lambda connection, now=now: sweep(connection, now))
                await self._in_batches(lambda connection, now=now: forget_messages(connection, now))
                await self._forget_people(now)
                # What nobody has searched since it was written, also all of a desk that knew no search before.
                await self._in_batches(search.catch_up)
            except StoreUnavailable:
                _log.warning("housekeeping_put_off")
            await asyncio.sleep(EVERY_S)
