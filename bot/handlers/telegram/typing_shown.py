"""The sign that an answer is being made, shown where it takes longer than a moment.

Telegram shows it for five seconds or until the bot's next message. Whoever is answered at once costs one timer that is
cancelled.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import structlog
from msgspec import Struct

from bot.handlers.telegram.client import BotClient, in_chat
from services import tasks

log = structlog.get_logger(__name__)

T = TypeVar("T")
AFTER_S = 0.5
AGAIN_AFTER_S = 4.5
#: So often at most: what takes longer has been told by a message.
MOST = 12

Lasts = Callable[[], Awaitable[bool]]


class _Wait(Struct):
    """One chat that waits for the answer to what it was told with the message `seq`."""

    seq: int
    timer: asyncio.TimerHandle


class TypingShown:
    """Shows in which chats something is being prepared."""

    def __init__(self, bot: BotClient, *, after_s: float = AFTER_S, again_after_s: float = AGAIN_AFTER_S) -> None:
        self._bot = bot
        self._after_s = after_s
        self._again_after_s = again_after_s
        self._waits: dict[str, _Wait] = {}
        self._shown: dict[str, asyncio.Task[None]] = {}

    @property
    def at_work(self) -> bool:
        """Return whether any chat shows it or is about to."""
        return bool(self._waits or self._shown)

    async def during(self, address: str, turn: Awaitable[T], topic: str | None = None) -> T:
        """Wait for a turn, which begins at once, and show that it takes long if it does."""
        done = False

        async def lasts() -> bool:
            return not done

        timer = asyncio.get_running_loop().call_later(self._after_s, self._begin, address, topic, lasts)
        try:
            return await turn
        finally:
            done = True
            timer.cancel()

    def until_answered(self, address: str, seq: int, due: Lasts, topic: str | None = None) -> None:
        """Show that a result is due, until a message after the message `seq` is sent or `due` says no."""
        timer = asyncio.get_running_loop().call_later(self._after_s, self._overdue, address, topic, due)
        if (earlier := self._waits.get(address)) is not None:
            earlier.timer.cancel()
        self._waits[address] = _Wait(seq, timer)

    def answered(self, address: str, seq: int | None) -> None:
        """Note that the message `seq` is being sent."""
        wait = self._waits.get(address)
        if wait is not None and seq is not None and seq > wait.seq:
            wait.timer.cancel()
            del self._waits[address]
        if (shown := self._shown.pop(address, None)) is not None:
            shown.cancel()

    def close(self) -> None:
        """Show nothing any more."""
        for wait in self._waits.values():
            wait.timer.cancel()
        for task in self._shown.values():
            task.cancel()
        self._waits.clear()
        self._shown.clear()

    def _overdue(self, address: str, topic: str | None, due: Lasts) -> None:
        self._waits.pop(address, None)
        self._begin(address, topic, due)

    def _begin(self, address: str, topic: str | None, lasts: Lasts) -> None:
        if address not in self._shown:
            task = tasks.spawn("typing", self._show(in_chat(address, topic), lasts))
            self._shown[address] = task
            task.add_done_callback(lambda done: self._forget(address, done))

    def _forget(self, address: str, task: asyncio.Task[None]) -> None:
        if self._shown.get(address) is task:
            del self._shown[address]

    async def _show(self, place: Mapping[str, int], lasts: Lasts) -> None:
        try:
            for _ in range(MOST):
                if not await lasts():
                    return
                await self._bot.call("sendChatAction", **place, action="typing")
                await asyncio.sleep(self._again_after_s)
        except Exception as error:  # a courtesy, whatever the Bot API answers
            log.debug("telegram.typing_not_shown", error=type(error).__name__)
