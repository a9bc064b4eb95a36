"""The sandbox's clock moved: from due time to due time, everything on the way done before it goes on.

It is one clock for all processes on the database: each move is a row, and is announced to the others.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct, field

from bot.conversation.delivery import Delivery
from bot.usecases.privacy.housekeeping import Housekeeping
from services.clock import SystemClock
from services.jobs.port import Engine
from services.jobs.process_lease import ProcessLease
from services.jobs.timers import TimerLoop
from services.store import announce, jobs_table
from services.store import installation_rows as stored_clock
from services.store.database import Store
from services.store.errors import StoreUnavailable

if TYPE_CHECKING:
    from bot.app.sandboxed import Beside

PATIENCE_S = 10.0


class VirtualClock(Struct):
    """Moves the desk's clock, and the sandbox's with it. `wake` lets those look who go by the clock besides."""

    store: Store
    clock: SystemClock
    worker: Engine
    timers: TimerLoop
    delivery: Delivery
    housekeeping: Housekeeping
    lease: ProcessLease
    sandbox: "Beside | None"
    wake: Callable[[], None]
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def restore(self) -> None:
        """Restore the clock as it was left, also by another process."""
        self.clock.offset = await self.store.read(stored_clock.clock_offset)

    async def now(self) -> datetime:
        """Return where the clock stands, though the news that another process has moved it may be on its way."""
        try:
            offset = await self.store.read(stored_clock.clock_offset)
        except StoreUnavailable:
            offset = self.clock.offset
        return self.clock.now() - self.clock.offset + offset

    async def advance(self, by: timedelta) -> datetime:
        """Move ahead; returns where the clock stands when all is done, or after ten seconds."""
        async with self._one_at_a_time:
            target = await self.now() + by
            with suppress(TimeoutError):  # the caller sees it by the returned time
                await self._walk(target, asyncio.get_running_loop().time() + PATIENCE_S)
            self._wake()
            return self.clock.now()

    async def reset(self) -> None:
        """Back to the machine's time."""

        def back(connection: sa.Connection) -> timedelta:
            stored_clock.set_clock_offset(connection, timedelta(0))
            return timedelta(0)

        async with self._one_at_a_time:
            await self._set(back)
            self._wake()

    def heard(self, announced: announce.Announcement) -> None:
        """Another process has moved the clock."""
        if announced.sender != self.lease.id and announced.about:
            self.clock.offset = timedelta(microseconds=int(announced.about[0]))
            self._wake()

    async def missed(self) -> None:
        """Re-read the clock after missed notifications."""
        with suppress(StoreUnavailable):
            await self.restore()
            self._wake()

    async def _walk(self, target: datetime, patience: float) -> None:
        await self._settle(patience)
        while (due := await self._next_due()) is not None and due <= target:
            await self._step(due, patience)
        await self._step(target, patience)

    async def _step(self, moment: datetime, patience: float) -> None:
        ahead = moment - self.clock.now()
        if ahead > timedelta(0):
            offset = self.clock.offset + ahead
            await self._set(lambda connection: stored_clock.move_clock_ahead(connection, offset))
        self.wake()
        if self.sandbox is not None:
            await self.sandbox.tick(self.clock.now())
        await self._settle(patience)
        await self.housekeeping.run_daily()

    async def _settle(self, patience: float) -> None:
        """All turns, the calls they caused and their results. Raises TimeoutError at `patience`, by the loop's time.

        Only the waiting ends there. A turn cut off after its commit would leave its jobs leased to nobody, until the
        lease runs out by this very clock.
        """
        while True:
            async with asyncio.timeout_at(patience):
                await self.worker.idle()
            fired = await self.timers.run_due()
            async with asyncio.timeout_at(patience):
                await self.delivery.idle()
            if not fired and await self.worker.is_idle():
                return

    async def _next_due(self) -> datetime | None:
        # Not simply the timer that was due first: one whose turn failed rests, and would be waited for on the spot.
        own = (await self.timers.next_due(), await self.store.read(jobs_table.next_planned))
        now = self.clock.now()
        others = await self.sandbox.next_due() if self.sandbox is not None else None
        return min((max(due, now) for due in (*own, others) if due is not None), default=None)

    async def _set(self, move: Callable[[sa.Connection], timedelta]) -> None:
        def moved(connection: sa.Connection) -> timedelta:
            offset = move(connection)
            microseconds = offset // timedelta(microseconds=1)
            announce.tell(connection, announce.CLOCK, self.lease.id, str(microseconds))
            return offset

        self.clock.offset = await self.store.write(moved)

    def _wake(self) -> None:
        """Only when the clock stands: on the way `_settle` looks itself, and a week has hundreds of stops."""
        self.timers.wake()
        self.worker.wake()
