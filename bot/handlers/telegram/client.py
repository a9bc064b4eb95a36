"""The Bot API's client: python-telegram-bot's `Bot`, set up for one desk."""

import asyncio
import logging
import os
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from telegram import Bot
from telegram.error import RetryAfter
from telegram.request import HTTPXRequest

from bot.web.loopback import leads_to_loopback
from services.crash import crash_point

# PTB's durations become `timedelta` everywhere in its next major version; asked for now, it warns of nothing.
os.environ.setdefault("PTB_TIMEDELTA", "true")

#: Calls under way at once: enough for the 30 messages a second that Telegram takes, each with its button's answer and
#: the old buttons' end, at a tenth of a second each. More wait, and wait here: httpx's pool looks through all its
#: connections and all that wait for one at every call, which doubles what a call costs once there are dozens.
CALLS_AT_ONCE = 8
POOL_WAIT_S = 30.0


class BotClient(Bot):
    """PTB's `Bot`, and updates as they come: its own `get_updates` refuses a whole batch for one that it can't read."""

    async def raw_updates(self, *, offset: int, wait_s: int, limit: int, kinds: Sequence[str]) -> list[object]:
        """Update from `offset` on, in the Bot API's JSON; with none there, wait for one up to `wait_s` seconds."""
        asked = {"offset": offset, "timeout": wait_s, "limit": limit, "allowed_updates": kinds}
        found: Any = await self._post("getUpdates", asked, read_timeout=wait_s + 10)
        return found if isinstance(found, list) else []


class _Requests(HTTPXRequest):
    """PTB's requests, each between two crash points."""

    async def do_request(self, url: str, *args: Any, **settings: Any) -> tuple[int, bytes]:
        """As PTB's."""
        method = url.rpartition("/")[2]
        crash_point(f"before {method}")
        answer = await super().do_request(url, *args, **settings)
        crash_point(f"after {method}")
        return answer


class _Few(_Requests):
    """So many at a time."""

    def __init__(self, at_once: int, **settings: Any) -> None:
        super().__init__(connection_pool_size=at_once, **settings)
        self._free = asyncio.Semaphore(at_once)

    async def do_request(self, *args: Any, **settings: Any) -> tuple[int, bytes]:
        """As PTB's, in its turn."""
        async with self._free:
            return await super().do_request(*args, **settings)


def make_bot(token: str, *, base_url: str, file_url: str) -> BotClient:
    """Return a client of the Bot API at `base_url` (ending in `/bot`).

    Nothing is asked before its first method is called. Silences the loggers of httpx, httpcore and telegram for the
    whole process.
    """
    # At INFO httpx writes every address it calls, and the token is part of it; PTB's DEBUG writes all messages.
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # A local Bot API is reached directly, whatever proxy the environment names.
    direct = {"trust_env": not leads_to_loopback(base_url)}
    return BotClient(
        token,
        base_url=base_url,
        base_file_url=file_url,
        request=_Few(CALLS_AT_ONCE, pool_timeout=POOL_WAIT_S, read_timeout=10.0, httpx_kwargs=direct),
        get_updates_request=_Requests(connection_pool_size=1, pool_timeout=POOL_WAIT_S, httpx_kwargs=direct),
    )


def wait_of(error: RetryAfter) -> timedelta:
    """Return how long Telegram wants to be left alone."""
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
