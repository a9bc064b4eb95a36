"""Housekeeping: what has served its time is dropped, so that nothing secret or personal lies about for longer.

What is known of people goes by the profile's `[privacy]`. All that there may be much of goes in batches: chats go on
between them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
import structlog

from bot.usecases.agents.line_words import name_kind_in_every_language
from dialogs.state import ConversationState
from services import limits, tasks
from services.agents import audit, identities, sessions
from services.clock import Clock
from services.condition import RetentionStatus
from services.errors import describe
from services.hearing import recordings
from services.jobs.backoff import cancel
from services.privacy import desk_rows, retention
from services.store import inbox
from services.store.database import Store
from services.store.errors import StoreUnavailable
from services.support import handoffs, search
from values.rules import PrivacyRules

_log = structlog.get_logger(__name__)
EVERY_S = 6 * 3600.0
A_DAY = timedelta(days=1)
BETWEEN_BATCHES_S = 0.05
# A repeat of a message is known for so long (docs/reference/rest.md); Telegram repeats for a day at most.
MESSAGE_KEYS = timedelta(days=7)
# The longest window that limits count over: a month, for wrong log-ins.
COUNTED = timedelta(days=31)

FACTS = tuple(name for name in ConversationState.__struct_fields__ if name not in ("talk", "feedback"))
"""The parts of a state that hold what a customer told or did; the others are manners."""


SWEPT: Mapping[str, Callable[[sa.Connection, datetime], object]] = {
    "limits": lambda c, now: limits.forget_before(c, now - COUNTED),
    **{name: partial(retention.forget_aged, name) for name in retention.AGED},
    "recordings": recordings.forget_before,
    "sessions": sessions.forget_before,
    "sign_ons": identities.forget_sign_ons_before,
    "blocks": desk_rows.forget_blocks,
    "handoffs": handoffs.set_wait_timers,
}
"""What expires by itself: by the name of its rule, what deletes all of it that has expired by a moment."""


def forget_messages(connection: sa.Connection, now: datetime) -> int:
    """Forget some of the messages that may not be repeated any more; return how many."""
    return inbox.purge(connection, now - MESSAGE_KEYS, retention.MOST)


class Housekeeping:
    """Sweeps at the start and every six hours; while the sandbox's clock is moved, once for each day it passes."""

    def __init__(self, store: Store, clock: Clock, privacy: PrivacyRules, status: RetentionStatus) -> None:
        self._store = store
        self._clock = clock
        self._privacy = privacy
        self._status = status
        self._task: asyncio.Task[None] | None = None
        self._swept_at = clock.now()

    def start(self) -> None:
        """Begins."""
        self._task = tasks.keep("housekeeping", self._run)

    async def stop(self) -> None:
        """Stop the loop."""
        await cancel(self._task)

    def _rules(self, now: datetime) -> Iterator[tuple[str, Callable[[], Awaitable[object]]]]:
        """Yield every rule with its work; the work of one doesn't need that of another."""
        for name, forget in SWEPT.items():
            yield name, partial(self._sweep, forget, now)
        yield "messages", partial(self._in_batches, lambda connection: forget_messages(connection, now), retention.MOST)
        trail = now - timedelta(days=self._privacy.audit_days)
        yield "audit", partial(self._store.write, lambda connection: audit.forget_before(connection, trail))
        empty = retention.without_facts(now - retention.ONE_MESSAGE, FACTS)
        for number, expired in enumerate((empty, *retention.list_expired_data(self._privacy, now)), 1):
            yield f"{number:02}_{expired.table}", partial(self._forget, expired)
        # What nobody has searched since it was written, also all of a desk that knew no search before.
        yield (
            "search",
            partial(self._in_batches, partial(search.catch_up, named=name_kind_in_every_language), search.MOST),
        )

    async def _sweep(self, forget: Callable[[sa.Connection, datetime], object], now: datetime) -> None:
        await self._store.write(lambda connection: forget(connection, now))

    async def _forget(self, expired: retention.Expiry) -> None:
        pause = 0.0
        while found := await self._store.read(expired.find):
            for first in range(0, len(found), expired.slice):
                await asyncio.sleep(pause)
                some = found[first : first + expired.slice]
                await self._store.write(lambda connection, some=some: expired.drop(connection, some))
                pause = BETWEEN_BATCHES_S

    async def _in_batches(self, work: Callable[[sa.Connection], int], most: int) -> None:
        """Repeat the work while it does the most it may at once, each time in a transaction of its own."""
        while await self._store.write(work) >= most:  # noqa: ASYNC110 - it is done here
            await asyncio.sleep(BETWEEN_BATCHES_S)

    async def run_daily(self) -> None:
        """Carry out every rule where the desk's clock has gone on by a day since it was done last."""
        if self._clock.now() - self._swept_at >= A_DAY:
            await self.run_once()

    async def run_once(self) -> None:
        """Carry out every rule; one that fails raises an alarm and keeps no other from being carried out."""
        self._swept_at = self._clock.now()
        rules = list(self._rules(self._swept_at))
        self._status.expect(*(name for name, _ in rules))
        for name, work in rules:
            try:
                await work()
            except StoreUnavailable:
                _log.warning("housekeeping_put_off", rule=name)
            except Exception as error:
                self._status.refused(name)
                _log.error("retention_failed", alarm=True, rule=name, **describe(error))
            else:
                self._status.carried_out(name)

    async def _run(self) -> None:
        while True:
            await self.run_once()
            await asyncio.sleep(EVERY_S)
