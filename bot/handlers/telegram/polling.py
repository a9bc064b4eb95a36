"""Long polling: updates asked for again and again; an update is confirmed only once its turn is committed.

Confirming is done by the next question's offset: all below it are forgotten by Telegram. So the offset is the lowest
update that isn't done with yet; those above it that are done come again and are passed over.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter

from bot.handlers.telegram.client import BotClient, wait_of
from bot.handlers.telegram.reception import Reception
from services import tasks
from services.condition import ChannelStatus
from services.errors import describe
from services.store.errors import StoreUnavailable

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
#: A turn that takes longer holds up its own chat only: meanwhile the others' updates are asked for.
BREATH_S = 0.25
SHORTEST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
#: After so many failures in a row somebody is to look: the far end doesn't mend itself.
LASTING = 5
MOST_AT_ONCE = 100
#: How often a process that isn't the one to ask looks whether it is to be now.
LOOK_S = 2.0
#: For so long after the turn has come here the process before may still have a question under way: Telegram refuses one
#: of two.
HANDOVER_S = 40.0


async def is_only_poller() -> bool:
    """Return where there is one process, it is always its turn."""
    return True


class Polling:
    """One loop for one bot. Of all processes that serve it only one may ask at a time: `my_turn` says which."""

    def __init__(
        self,
        bot: BotClient,
        reception: Reception,
        *,
        wait_s: int = 30,
        my_turn: Callable[[], Awaitable[bool]] = is_only_poller,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        status: ChannelStatus | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bot = bot
        self._now = now
        self._mine_since: float | None = None  # since when it is this process's turn
        self._status = status or ChannelStatus()
        self._reception = reception
        self._wait_s = wait_s
        self._my_turn = my_turn
        self._sleep = sleep
        self._running: dict[int, asyncio.Task[bool]] = {}
        self._failed: set[int] = set()
        self._done: set[int] = set()
        self._next = 0
        self._pause_s = 0.0
        self._faults = 0

    async def run(self) -> None:
        """Run until cancelled; then finishes the turns that were begun."""
        try:
            while True:
                if await self._may_ask():
                    await self._round()
                else:
                    await self._sleep(LOOK_S)
        finally:
            if self._running:
                await asyncio.wait(self._running.values(), timeout=10)

    async def _may_ask(self) -> bool:
        try:
            mine = await self._my_turn()
        except StoreUnavailable:  # whatever it would take in couldn't be stored
            return False
        except Exception as error:  # nor does the channel end by a lease that can't be taken
            log.error("telegram.lease_failed", alarm=True, **describe(error))
            return False
        if not mine:  # another process asks: what was wrong here says nothing any more
            self._status.answered()
            self._pause_s, self._faults, self._mine_since = 0.0, 0, None
        elif self._mine_since is None:
            self._mine_since = self._now()
        return mine

    async def _is_handed_over(self, error: Exception) -> bool:
        """Return whether a question failed because another process asks now, or asked until just now."""
        if self._my_turn is is_only_poller:
            return False
        mine = await self._may_ask()
        return not mine or (isinstance(error, Conflict) and self._now() - (self._mine_since or 0.0) < HANDOVER_S)

    async def _round(self) -> None:
        try:
            found = await self._ask()
        except Exception as error:  # whatever it is, it must not end the channel
            await self._rest(error)
            return
        updates = [update for update in found if isinstance(update, dict) and isinstance(update.get("update_id"), int)]
        if known := len(updates) == len(found):
            self._pause_s, self._faults = 0.0, 0
            self._status.answered()
        self._begin(updates)
        await self._breathe()
        if not known:  # they can't be confirmed: asked for at once, they would come at once, for ever
            await self._rest(LookupError("updates without an id"))
            return
        if self._failed:
            self._pause_s = min(max(self._pause_s * 2, SHORTEST_PAUSE_S), LONGEST_PAUSE_S)
            await self._sleep(self._pause_s)

    @property
    def _offset(self) -> int:
        return min([*self._running, *self._failed], default=self._next)

    async def _ask(self) -> list[Any]:
        wait_s = 0 if self._running or self._failed else self._wait_s
        return await self._bot.raw_updates(
            offset=self._offset, wait_s=wait_s, limit=MOST_AT_ONCE, kinds=ALLOWED_UPDATES
        )

    def _begin(self, updates: list[dict[str, Any]]) -> None:
        ids = [update["update_id"] for update in updates]
        # What failed and isn't offered any more has expired at Telegram's (after a day).
        self._failed = {failed for failed in self._failed if ids and failed >= min(ids)}
        for update in updates:
            update_id: int = update["update_id"]
            if update_id in self._running or update_id in self._done:
                continue
            self._failed.discard(update_id)
            self._next = max(self._next, update_id + 1)
            # Tasks begin in the order in which they are made: that of the chat is kept.
            self._running[update_id] = tasks.spawn("update", self._reception.take(update), awaited=True)

    async def _breathe(self) -> None:
        if not self._running:
            return
        finished, _ = await asyncio.wait(self._running.values(), timeout=BREATH_S)
        for update_id, task in list(self._running.items()):
            if task in finished:
                del self._running[update_id]
                (self._done if task.result() else self._failed).add(update_id)
        self._done = {update_id for update_id in self._done if update_id >= self._offset}

    async def _rest(self, error: Exception) -> None:
        """Wait longer from fault to fault. Texts of errors may hold the token: only kinds are logged."""
        if await self._is_handed_over(error):
            log.info("telegram.handed_over", error=type(error).__name__)
            await self._sleep(SHORTEST_PAUSE_S)
            return
        self._pause_s = min(max(self._pause_s * 2, SHORTEST_PAUSE_S), LONGEST_PAUSE_S)
        if isinstance(error, RetryAfter):
            self._pause_s = max(self._pause_s, wait_of(error).total_seconds())
        self._faults += 1
        self._status.failed(type(error).__name__)
        if isinstance(error, Conflict):
            log.error(
                "telegram.conflict", alarm=True, hint="another process polls with this token, or a webhook is set"
            )
        elif isinstance(error, InvalidToken):
            log.error("telegram.token_refused", alarm=True)
        else:
            wakes = {"alarm": True} if self._faults >= LASTING else {}
            log.warning("telegram.polling_fault", **wakes, error=type(error).__name__)
        await self._sleep(self._pause_s)
