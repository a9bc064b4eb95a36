"""The mirror of the help desk: brings new lines there and reads what its people do.

One process does it, the one that holds the lease: two would make two conversations there. Led by news, by webhooks and
by a look now and then. A help desk that doesn't answer is asked again ever later; nothing is lost meanwhile, for all
that is to be done follows from what is stored.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

import structlog

from bot.conversation.port import Watch
from bot.handlers.chatwoot.bringing import Bringing
from bot.handlers.chatwoot.hearing import ChatwootInbound
from bot.handlers.chatwoot.view import MOST_LINES, ThreadViews
from services.clock import Clock
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, describe
from services.jobs.backoff import Waker, pause
from services.jobs.process_lease import ProcessLease
from services.store.database import Store
from services.store.errors import StoreUnavailable
from services.support.chatwoot import threads
from services.support.chatwoot.client import ChatwootGone

_log = structlog.get_logger(__name__)

LEASE = "helpdesk"
"""The lease of the one process that works with the help desk."""
SWEEP_S = 1.0
READ_ANYWAY = timedelta(minutes=2)
"""So often a conversation that stands open is read though no webhook has come."""
LONGEST_REST = timedelta(minutes=2)
TOLD_AFTER = 3
"""The alarm is raised with the third failure in a row, once."""
SKIPPED = timedelta(minutes=1)
GRACE_S = 5.0


class Rounds:
    """One loop for one inbox. `people` watches news of conversations that are a person's affair."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        holder: ProcessLease,
        people: Callable[[], AbstractAsyncContextManager[Watch]],
        viewing: ThreadViews,
        bringing: Bringing,
        hearing: ChatwootInbound,
    ) -> None:
        self._store = store
        self._clock = clock
        self._holder = holder
        self._people = people
        self._viewing = viewing
        self._bringing = bringing
        self._hearing = hearing
        self._waker = Waker()
        self._read_at: dict[str, datetime] = {}
        self._skipped: dict[str, datetime] = {}
        self._rests: tuple[datetime, datetime] | None = None
        self._failures = 0
        self._busy = False
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start the loop and the watch of news."""
        self._tasks = [
            asyncio.create_task(self._run(), name="helpdesk"),
            asyncio.create_task(self._watched(), name="helpdesk-news"),
        ]

    async def stop(self) -> None:
        """Finish the conversation at hand; the rest is done after the next start."""
        self._stopping = True
        if self._tasks and self._busy:
            await asyncio.wait(self._tasks[:1], timeout=GRACE_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """Look again at once, because a webhook came."""
        self._waker.wake()

    async def _watched(self) -> None:
        async with self._people() as watch:
            while True:
                await watch.changed()
                self._waker.wake()

    async def _run(self) -> None:
        while not self._stopping:
            self._waker.listen()
            try:
                if await self._holder.take(LEASE):
                    await self._round()
                else:
                    self._read_at.clear()  # whoever has it knows better by now
            except StoreUnavailable:
                _log.info("helpdesk_waits_for_the_store")
            except Exception as error:
                _log.error("helpdesk_failed", alarm=True, **describe(error))
            finally:
                self._busy = False
            await self._waker.sleep(SWEEP_S)

    async def _round(self) -> None:
        now = self._clock.now()
        # A clock set back (the sandbox's reset) must not let it rest for as long as it had been moved.
        if self._rests is not None and self._rests[0] <= now < self._rests[1]:
            return
        for conversation_id in await self._due(now):
            if self._stopping or not self._holder.holds(LEASE):
                return
            self._busy = True
            if not await self._one(conversation_id):
                return
            self._busy = False

    async def _due(self, now: datetime) -> list[str]:
        at = self._viewing.account_id, self._viewing.inbox_id
        wanted = await self._store.read(lambda c: threads.to_do(c, *at))
        standing = await self._store.read(lambda c: threads.standing(c, *at))
        wanted += [one for one in standing if self._is_unread(one, now)]
        self._skipped = {one: until for one, until in self._skipped.items() if now < until <= now + SKIPPED}
        return [one for one in dict.fromkeys(wanted) if one not in self._skipped]

    def _is_unread(self, conversation_id: str, now: datetime) -> bool:
        read_at = self._read_at.get(conversation_id)
        return read_at is None or not timedelta(0) <= now - read_at < READ_ANYWAY

    async def _one(self, conversation_id: str) -> bool:
        """Return False if the help desk is to be left alone for a while."""
        try:
            await self._bring(conversation_id)
        except ChatwootGone:
            await self._was_lost(conversation_id)
        except (ProviderUnavailable, Misconfigured) as error:
            self._read_at.pop(conversation_id, None)  # what was sent may stand there: it is looked for first
            self._rest(error)
            return False
        except StoreUnavailable:
            self._read_at.pop(conversation_id, None)
            raise
        except Exception as error:
            self._read_at.pop(conversation_id, None)
            reason = error.origin if isinstance(error, ProviderRefused) else ""
            _log.error("helpdesk_conversation_failed", alarm=True, reason=reason, **describe(error))
            self._skipped[conversation_id] = self._clock.now() + SKIPPED
            return True
        if self._failures >= TOLD_AFTER:
            _log.info("helpdesk_answers_again")
        self._failures, self._rests = 0, None
        return True

    async def _bring(self, conversation_id: str) -> None:
        view = await self._viewing.look(conversation_id)
        if view.over:
            if view.row is not None:
                await self._bringing.remove(view.row)
            return
        if view.to_open:
            self._read_at.pop(conversation_id, None)
            await self._bringing.open(view)
            view = await self._viewing.look(conversation_id)
        if (row := view.row) is None or row.outside_id is None:
            return
        last_seen = row.seen_id
        if row.knocked > row.heard or view.to_close or self._is_unread(conversation_id, self._clock.now()):
            last_seen = (await self._hearing.hear(row)).last_seen
            self._read_at[conversation_id] = self._clock.now()
            view = await self._viewing.look(conversation_id)
        if view.to_open or view.row is None:
            self._waker.wake()  # a reply to a conversation that was over: at the next round
            return
        await self._bringing.lines(view, await self._bringing.standing(conversation_id))
        if view.to_close and len(view.entries) < MOST_LINES:
            await self._bringing.close(view.row, last_seen)

    async def _was_lost(self, conversation_id: str) -> None:
        """Forget a conversation that was deleted there; another is made if one is still wanted."""
        view = await self._viewing.look(conversation_id)
        row = view.row
        self._read_at.pop(conversation_id, None)
        if row is None:
            self._skipped[conversation_id] = self._clock.now() + SKIPPED
            return
        _log.warning("helpdesk_conversation_gone")
        wanted = view.request is not None
        again = threads.lost if wanted else lambda c, one: threads.forget(c, one.conversation_id)
        await self._store.write(lambda c: again(c, row))

    def _rest(self, error: ProviderUnavailable | Misconfigured) -> None:
        self._failures += 1
        asked = error.retry_after if isinstance(error, ProviderUnavailable) else None
        rest = max(min(pause(self._failures), LONGEST_REST), min(asked or timedelta(0), timedelta(minutes=10)))
        now = self._clock.now()
        self._rests = now, now + rest
        if self._failures == TOLD_AFTER or (self._failures == 1 and isinstance(error, Misconfigured)):
            _log.error("helpdesk_away", alarm=True, reason=error.reason, origin=error.origin)
        else:
            _log.warning("helpdesk_failed_once", reason=error.reason, origin=error.origin)
