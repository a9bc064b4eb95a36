"""The timer loop: a due timer becomes an ordinary turn. Timers are rows, never sleeping tasks."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from msgspec import Struct

from services import tasks
from services.clock import Clock
from services.errors import describe
from services.jobs.backoff import Waker, cancel, pause
from services.store import timer_rows
from services.store.database import Store
from services.store.errors import StoreUnavailable

Fire = Callable[[timer_rows.Timer], Awaitable[None]]
"""Runs the timer's turn, which takes (`timers.take`) or moves the timer in its own transaction."""

MOST = 1024
"""How many timers one sweep reads."""

_log = structlog.get_logger(__name__)


class _Rest(Struct, frozen=True):
    """A timer that was fired and is still there: how often, and when it is fired again."""

    fired: int
    until: datetime


class TimerLoop:
    """Fires what is due, timers of one conversation one after the other, at most `concurrency` conversations at once.

    A timer that is still there after its turn (it raised, the store was away) is fired again, later each time.
    """

    def __init__(self, store: Store, clock: Clock, fire: Fire, *, concurrency: int = 16, poll: float = 1.0) -> None:
        self._store = store
        self._clock = clock
        self._fire = fire
        self._poll = poll
        self._slots = asyncio.Semaphore(concurrency)
        self._sweeping = asyncio.Lock()
        self._waker = Waker()
        self._resting: dict[tuple[int, datetime], _Rest] = {}
        self._looks_at: datetime | None = None  # when it looks again by itself; None while it is looking
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to fire what is due."""
        self._loop = tasks.keep("timers", self._run)

    async def stop(self) -> None:
        """End; a turn under way is broken off and its timer stays."""
        await cancel(self._loop)

    def wake(self, due: datetime | None = None) -> None:
        """Look again: a timer was set, or (None) the clock was moved. One due after the next look wakes nobody."""
        if due is None or self._looks_at is None or due < self._looks_at:
            self._waker.wake()

    async def run_due(self) -> int:
        """Fire all that is due now, and what that makes due; return how many. Raises StoreUnavailable."""
        count = 0
        while fired := await self._sweep():
            count += fired
        return count

    async def next_due(self) -> datetime | None:
        """When the next timer is to be fired: one whose time has come and that rests, after its rest.

        None if none is set. Raises StoreUnavailable.
        """
        now = self._clock.now()

        def look(connection: sa.Connection) -> tuple[tuple[timer_rows.Timer, ...], datetime | None]:
            return timer_rows.list_due(connection, now, MOST), timer_rows.next_after(connection, now)

        due, later = await self._store.read(look)
        again = [rest.until if (rest := self._resting.get(_key(timer))) is not None else timer.due_at for timer in due]
        return min(again if later is None else [*again, later], default=None)

    async def _run(self) -> None:
        while True:
            self._waker.listen()
            self._looks_at = None
            try:
                await self.run_due()
                rest = self._until(await self.next_due())
            except StoreUnavailable:
                rest = self._poll
            except Exception as error:
                _log.error("timers_failed", alarm=True, **describe(error))
                rest = self._poll
            self._looks_at = self._clock.now() + timedelta(seconds=rest)
            await self._waker.sleep(rest)

    def _until(self, due: datetime | None) -> float:
        return self._poll if due is None else min(self._poll, max(0.0, (due - self._clock.now()).total_seconds()))

    async def _sweep(self) -> int:
        async with self._sweeping:
            now = self._clock.now()
            due = await self._store.read(lambda connection: timer_rows.list_due(connection, now, MOST))
            self._resting = {key: self._resting[key] for timer in due if (key := _key(timer)) in self._resting}
            ready = [timer for timer in due if (rest := self._resting.get(_key(timer))) is None or rest.until <= now]
            lines: defaultdict[str, list[timer_rows.Timer]] = defaultdict(list)
            for timer in ready:
                lines[timer.conversation_id].append(timer)
            await asyncio.gather(*(self._in_line(line, now) for line in lines.values()))
            return len(ready)

    async def _in_line(self, line: list[timer_rows.Timer], now: datetime) -> None:
        async with self._slots:
            for timer in line:
                fired = self._resting[_key(timer)].fired + 1 if _key(timer) in self._resting else 1
                self._resting[_key(timer)] = _Rest(fired, now + pause(fired))
                if fired > 1:
                    _log.warning("timer_again", kind=timer.kind, fired=fired)
                try:
                    await self._fire(timer)
                except Exception as error:
                    _log.error("timer_raised", alarm=True, kind=timer.kind, **describe(error))


def _key(timer: timer_rows.Timer) -> tuple[int, datetime]:
    return timer.id, timer.due_at


class SweptTimers(TimerLoop):
    """Fires what is due when `run_due` is called, and never by itself."""

    async def start(self) -> None:
        """Nothing: the sweep comes every two seconds."""

    async def stop(self) -> None:
        """Nothing, either."""

    def wake(self, due: datetime | None = None) -> None:
        """Nothing: a timer may wait for the next sweep; who moves the clock wakes the engine, which sweeps."""
