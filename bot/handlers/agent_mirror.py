"""Mirrors conversations that need a person in a place outside where agents answer: a Telegram group, a help desk.

One process does it, the one that holds the place's lease: two would make two topics for one conversation. News of the
journal, webhooks and a look now and then lead it. What was done there is noted before the next is begun, so another
process goes on where a dead one stopped. A place that can't be written to is left alone ever longer; nothing is lost
meanwhile, for all that is to be done follows from what is stored.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

import structlog

from bot.conversation.port import Watch
from services import tasks
from services.clock import Clock
from services.errors import describe
from services.jobs.backoff import Waker, cancel
from services.jobs.process_lease import ProcessLease
from services.store.errors import StoreUnavailable

log = structlog.get_logger(__name__)

SWEEP_S = 1.0
GRACE_S = 5.0
SKIPPED = timedelta(minutes=1)
"""A conversation that fails is left out for so long, and the others go on."""
AFTER_A_FAULT = timedelta(seconds=5)


class MirrorPlace(ABC):
    """A place outside, as the mirror uses it. StoreUnavailable may be raised by each method."""

    name: str
    """How its log events begin."""
    lease: str
    most_passes: int = 1
    """How often at most `due` is asked in a row before the mirror rests."""

    @abstractmethod
    async def due(self) -> Iterable[str]:
        """Return the conversations for which something is to be done, the most urgent first."""

    @abstractmethod
    async def bring(self, conversation_id: str) -> None:
        """Bring a conversation one step on."""

    @abstractmethod
    async def failed(self, conversation_id: str, error: Exception, failures: int) -> timedelta | None:
        """Log what `bring` raised; return for how long to leave the place alone, or None to skip the conversation.

        `failures`: how many times in a row the place has failed so.
        """

    async def went_well(self) -> None:  # noqa: B027 - most places have nothing to note
        """Note that all that was due could be done."""

    def lease_missed(self) -> None:  # noqa: B027 - most places keep nothing
        """Forget what another process knows better by now."""


class AgentMirror:
    """The loop for one place. `people` watches news of conversations that need a person."""

    def __init__(
        self,
        clock: Clock,
        holder: ProcessLease,
        people: Callable[[], AbstractAsyncContextManager[Watch]],
        place: MirrorPlace,
    ) -> None:
        self._clock = clock
        self._holder = holder
        self._people = people
        self._place = place
        self._waker = Waker()
        self._skipped: dict[str, datetime] = {}
        self._rest: tuple[datetime, datetime] | None = None
        self._failures = 0
        self._busy = False
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start the loop and the watch of news."""
        name = self._place.name
        self._tasks = [tasks.keep(name, self._run), tasks.keep(f"{name}-news", self._watch)]

    async def stop(self) -> None:
        """Finish the conversation at hand; the rest is done after the next start."""
        self._stopping = True
        if self._tasks and self._busy:
            await asyncio.wait(self._tasks[:1], timeout=GRACE_S)
        await cancel(*self._tasks)

    def wake(self) -> None:
        """Look at once for what is to be done."""
        self._waker.wake()

    def mended(self) -> None:
        """Try the place again at once, because somebody has mended it."""
        self._rest = None
        self._waker.wake()

    async def _watch(self) -> None:
        async with self._people() as watch:
            while True:
                await watch.changed()
                self._waker.wake()

    async def _run(self) -> None:
        while not self._stopping:
            self._waker.listen()
            try:
                if not await self._holder.take(self._place.lease):
                    self._place.lease_missed()
                elif not self._rests():
                    await self._round()
            except StoreUnavailable:
                log.info("mirror_waits_for_the_store", place=self._place.name)
            except Exception as error:
                log.error(f"{self._place.name}_failed", alarm=True, **describe(error))
                self._leave_alone(AFTER_A_FAULT)
            finally:
                self._busy = False
            await self._waker.sleep(SWEEP_S)

    async def _round(self) -> None:
        """Bring one step of each conversation in turn: none waits for another's long talk."""
        for _ in range(self._place.most_passes):
            due = await self._due()
            for conversation_id in due:
                if self._stopping or not self._holder.holds(self._place.lease):
                    return
                self._busy = True
                if not await self._bring(conversation_id):
                    return
                self._busy = False
            if not due:
                break
        await self._place.went_well()

    async def _due(self) -> list[str]:
        now = self._clock.now()
        self._skipped = {id: until for id, until in self._skipped.items() if now < until <= now + SKIPPED}
        return [id for id in await self._place.due() if id not in self._skipped]

    async def _bring(self, conversation_id: str) -> bool:
        """Return False if the place is to be left alone for a while."""
        try:
            await self._place.bring(conversation_id)
        except StoreUnavailable:
            raise
        except Exception as error:
            rest = await self._place.failed(conversation_id, error, self._failures + 1)
            if rest is None:
                self._skipped[conversation_id] = self._clock.now() + SKIPPED
                return True
            self._failures += 1
            self._leave_alone(rest)
            return False
        if self._failures:
            log.info("mirror_goes_on", place=self._place.name, after=self._failures)
        self._failures = 0
        return True

    def _leave_alone(self, rest: timedelta) -> None:
        now = self._clock.now()
        self._rest = now, now + rest

    def _rests(self) -> bool:
        # A clock set back (the sandbox's reset) must not prolong a rest by as much as it had been moved.
        if self._rest is not None and not self._rest[0] <= self._clock.now() < self._rest[1]:
            self._rest = None
        return self._rest is not None
