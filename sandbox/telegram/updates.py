"""Delivery of updates to a bot: held for long polling, or posted to its webhook until accepted."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from sandbox.telegram.markup import MarkupRefused
from sandbox.telegram.shapes import KINDS, Json
from sandbox.telegram.store import TelegramStore
from sandbox.world import World

PROVIDER: Final = "telegram"
LONGEST_WAIT_S: Final = 50
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=10)
TWO_AT_ONCE: Final = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_SET: Final = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class Updates:
    """The queue of each bot."""

    def __init__(self, world: World, store: TelegramStore) -> None:
        self._world = world
        self._store = store
        self._asking: dict[int, asyncio.Event] = {}
        self._waiting: set[asyncio.Event] = set()
        world.timetable.register(PROVIDER, self._fire)

    def add(self, bot: int, kind: str, content: Json) -> None:
        """Keep an update for the bot, and let it know."""
        with self._world.ledger.write():
            if not self._store.add_update(bot, {kind: content}):
                return
            self.bring(bot)
        for event in self._waiting:
            event.set()

    def bring(self, bot: int) -> None:
        """Post what waits to the bot's webhook, if it has one."""
        if self._store.of_bot(bot, "webhook") is not None and self._store.pending(bot):
            self._post_after(bot, timedelta(0), FIRST_PAUSE)

    async def asked(self, bot: int, asked: Json, gone: Callable[[], Coroutine[Any, Any, None]]) -> list[Json]:
        """Answer getUpdates: at once what there is, else what comes in `timeout` seconds, while the asker is there."""
        if self._store.of_bot(bot, "webhook") is not None:
            raise MarkupRefused(WEBHOOK_SET, 409)
        if "allowed_updates" in asked:
            self.allow(bot, asked["allowed_updates"])
        self._store.confirm(bot, int(asked.get("offset") or 0))
        most = min(max(int(asked.get("limit") or 100), 1), 100)
        wait_s = min(int(asked.get("timeout") or 0), LONGEST_WAIT_S)
        with self._turn_of(bot) as replaced:
            if wait_s > 0:
                await self._something(bot, wait_s, replaced.wait(), gone())
            if replaced.is_set():
                raise MarkupRefused(TWO_AT_ONCE, 409)
            return self._store.updates(bot, most)

    def allow(self, bot: int, kinds: Any) -> None:
        """Keep which kinds the bot wants from now on; an empty list stands for all."""
        self._store.set_for_bot(bot, "allowed", [str(kind) for kind in kinds or KINDS])

    @contextmanager
    def _turn_of(self, bot: int) -> Generator[asyncio.Event]:
        """Only one may ask for a bot at a time: the newer one ends the older one's question."""
        if (before := self._asking.get(bot)) is not None:
            before.set()
        mine = self._asking[bot] = asyncio.Event()
        try:
            yield mine
        finally:
            if self._asking.get(bot) is mine:
                del self._asking[bot]

    async def _something(self, bot: int, wait_s: int, *ends: Coroutine[Any, Any, object]) -> None:
        """Return when there is an update, when the asker has gone, or when the time is over."""
        news = asyncio.Event()
        self._waiting.add(news)
        ending = [asyncio.create_task(end) for end in ends]
        try:
            async with asyncio.timeout(wait_s):
                while not self._store.pending(bot) and not any(end.done() for end in ending):
                    news.clear()
                    heard = asyncio.create_task(news.wait())
                    try:
                        await asyncio.wait([heard, *ending], return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        heard.cancel()
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(news)
            for end in ending:
                end.cancel()

    async def _fire(self, row: dict[str, Any]) -> None:
        bot, pause = int(row["bot"]), timedelta(seconds=row["pause_s"])
        while (webhook := self._store.of_bot(bot, "webhook")) is not None and (waiting := self._store.updates(bot, 1)):
            if not await self._posted(webhook, waiting[0]):
                self._post_after(bot, pause, min(pause * 2, LONGEST_PAUSE))
                return
            self._store.confirm(bot, waiting[0]["update_id"] + 1)

    def _post_after(self, bot: int, wait: timedelta, pause: timedelta) -> None:
        """Post what waits in a while; should that fail, again after `pause`."""
        with self._world.ledger.write():
            self._world.timetable.call_off(PROVIDER, str(bot))
            details = {"bot": bot, "pause_s": pause.total_seconds()}
            self._world.timetable.schedule(PROVIDER, str(bot), details, after=wait)

    async def _posted(self, webhook: Json, update: Json) -> bool:
        secret = webhook.get("secret_token")
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        return await self._world.courier.post(PROVIDER, webhook["url"], json.dumps(update).encode(), headers)
