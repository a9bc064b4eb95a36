"""Brings conversations that are a person's affair into the agents' group, each line at least once, in order.

One process does it, the one that holds the group's lease: the group's pace is one for all topics, and two processes
would make two topics. Led by news of the journal and by a look now and then; what was done is noted before the next is
begun, so another process goes on where a dead one stopped.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress

import structlog

from bot.conversation.port import Watch
from bot.handlers.telegram_group.faults import CardGone, NotAccepted, Shut, TopicGone, TopicShut, Wait
from bot.handlers.telegram_group.topic import TopicWork
from bot.handlers.telegram_group.trouble import Troubles
from services.errors import describe
from services.jobs.process_lease import ProcessLease
from services.store.database import Store
from services.store.errors import StoreUnavailable
from services.support import topics

log = structlog.get_logger(__name__)

LEASE = "telegram.forum"
"""The lease of the one process that writes into the group."""
SWEEP_S = 2.0
MOST_PASSES = 50
LONGEST_REST_S = 60.0
GRACE_S = 5.0
#: A topic that raises is let alone for so many looks.
SKIPPED = 15


class GroupMirror:
    """One loop for one group. `people` watches news of conversations that are a person's affair."""

    def __init__(
        self,
        store: Store,
        holder: ProcessLease,
        people: Callable[[], AbstractAsyncContextManager[Watch]],
        work: TopicWork,
        troubles: Troubles,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._holder = holder
        self._people = people
        self._work = work
        self._troubles = troubles
        self._sleep = sleep
        self._skipped: dict[str, int] = {}
        self._rests = 0
        self._stopping = False
        self._busy = False
        self._shut = False
        self._mended = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the loop."""
        self._task = asyncio.create_task(self._run(), name="forum")

    async def stop(self) -> None:
        """Finish the message at hand; the rest is written after the next start."""
        self._stopping = True
        if self._task is None:
            return
        if self._busy:
            await asyncio.wait([self._task], timeout=GRACE_S)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        async with self._people() as watch:
            while not self._stopping:
                rest = await self._round()
                if rest:
                    await self._left_alone(rest)
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(SWEEP_S):
                        await watch.changed()

    def mended(self) -> None:
        """Look again at once, because the bot's rights in the group have changed."""
        self._mended.set()

    async def _left_alone(self, seconds: float) -> None:
        """Sleep as long as the group asks, whatever the news; a mended group ends the rest."""
        self._mended.clear()
        rest = asyncio.ensure_future(self._sleep(seconds))
        mended = asyncio.ensure_future(self._mended.wait()) if self._shut else rest
        try:
            await asyncio.wait({rest, mended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rest.cancel()
            mended.cancel()

    async def _round(self) -> float:
        """Return all that is to be done now; for how many seconds the group is to be left alone then."""
        self._shut = False
        try:
            if not await self._holder.take(LEASE):
                return 0.0
            await self._all()
            await self._troubles.over()
            self._rests = 0
        except Wait as wait:
            if wait.silent:
                await self._quietly(self._troubles.silent())
            return self._rest(wait.after.total_seconds())
        except Shut as shut:
            self._shut = True
            await self._quietly(self._troubles.shut(shut))
            return LONGEST_REST_S
        except StoreUnavailable:
            return 1.0
        except Exception as error:
            log.error("forum_failed", alarm=True, **describe(error))
            return 5.0
        finally:
            self._busy = False
        return 0.0

    async def _quietly(self, telling: Awaitable[None]) -> None:
        with suppress(StoreUnavailable):
            await telling

    def _rest(self, at_least_s: float) -> float:
        """At least as long as the group says, and longer each time."""
        self._rests += 1
        return max(at_least_s, min(0.5 * 2 ** min(self._rests, 8), LONGEST_REST_S))

    async def _all(self) -> None:
        """One message of each topic in turn, until nothing is left: nobody waits for another's long talk."""
        self._skipped = {id: left - 1 for id, left in self._skipped.items() if left > 1}
        for _ in range(MOST_PASSES):
            wanted = await self._store.read(lambda c: topics.to_do(c, self._work.chat_id))
            wanted = [id for id in wanted if id not in self._skipped]
            for conversation_id in wanted:
                if self._stopping or not self._holder.holds(LEASE):
                    return
                self._busy = True
                await self._one(conversation_id)
                self._busy = False
            if not wanted:
                return

    async def _one(self, conversation_id: str) -> None:
        try:
            await self._work.bring(conversation_id)
        except (Wait, Shut, StoreUnavailable):
            raise
        except (TopicGone, TopicShut, CardGone, NotAccepted) as error:  # what `bring` could make nothing of
            log.error("forum_topic_refused", alarm=True, conversation=conversation_id, error=type(error).__name__)
            self._skipped[conversation_id] = SKIPPED
        except Exception as error:
            log.error("forum_topic_failed", alarm=True, conversation=conversation_id, **describe(error))
            self._skipped[conversation_id] = SKIPPED
