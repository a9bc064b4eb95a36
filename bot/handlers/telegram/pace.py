"""Telegram's pace: about 30 messages a second over all chats and 1 a second in one chat, short bursts aside.

Its figures aren't contractual (core.telegram.org/bots/faq); what is too fast all the same is answered 429 and told as
`Later`. Kept per process.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import structlog
from msgspec import Struct

from bot.handlers.telegram.client import BotClient, in_chat
from services import tasks


class Bucket:
    """Lets `burst` through at once and `per_s` a second in the long run; later ones are told how long to wait."""

    def __init__(self, per_s: float, burst: int) -> None:
        self._interval = 1 / per_s
        self._slack = (burst - 1) * self._interval
        self._full_at = 0.0  # when the bucket would be empty again if nothing more came

    def take(self, now: float) -> float:
        """Take a place; the seconds until it comes."""
        wait = max(0.0, self._full_at - self._slack - now)
        self._full_at = max(self._full_at, now) + self._interval
        return wait

    def rested(self, now: float) -> bool:
        """Return whether forgetting it changes nothing."""
        return self._full_at <= now


class MinuteWindow:
    """Lets `most` through in any span of `per_s` seconds."""

    def __init__(self, most: int, per_s: float) -> None:
        self._per_s = per_s
        self._taken = deque[float](maxlen=most)

    def take(self, at: float) -> float:
        """Take the first place at that moment or later; return when it is."""
        if len(self._taken) == self._taken.maxlen:
            at = max(at, self._taken[0] + self._per_s)
        self._taken.append(at)
        return at


class Pace:
    """Makes senders wait their turn. `None` for a rate lifts it; `chat_per_minute` holds for any minute."""

    def __init__(
        self,
        *,
        overall_per_s: float | None = 30.0,
        chat_per_s: float | None = 1.0,
        chat_burst: int = 20,
        chat_per_minute: int | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        # A second's worth at once would be 30 in one moment and 30 a moment later; a fifth of it is smooth enough.
        self._overall = Bucket(overall_per_s, max(1, int(overall_per_s / 5))) if overall_per_s else None
        self._chat_per_s = chat_per_s
        self._chat_burst = chat_burst
        self._chats: dict[str, Bucket] = {}
        self._per_minute = chat_per_minute
        self._windows: dict[str, MinuteWindow] = {}
        self._monotonic = monotonic
        self._sleep = sleep

    async def turn(self, chat: str) -> None:
        """Return when a message to this chat may leave."""
        now = self._monotonic()
        waits = [self._overall.take(now)] if self._overall else []
        if self._chat_per_s:
            waits.append(self._bucket(chat, self._chat_per_s, now).take(now))
        wait = max(waits, default=0.0)
        if self._per_minute:
            window = self._windows.setdefault(chat, MinuteWindow(self._per_minute, 60.0))
            wait = window.take(now + wait) - now
        if wait > 0:
            await self._sleep(wait)

    def _bucket(self, chat: str, per_s: float, now: float) -> Bucket:
        if len(self._chats) > 10_000:
            self._chats = {name: bucket for name, bucket in self._chats.items() if not bucket.rested(now)}
        if chat not in self._chats:
            self._chats[chat] = Bucket(per_s, self._chat_burst)
        return self._chats[chat]


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
