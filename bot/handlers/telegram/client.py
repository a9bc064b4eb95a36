"""The Bot API's client: python-telegram-bot's `Bot`, set up for one desk, and calls in plain JSON."""

import logging
import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.handlers.telegram.transport import LeanRequest
from services.clients.http import load_trusted
from services.errors import ProviderUnavailable
from values.recording import MOST_BYTES

# PTB's durations become `timedelta` everywhere in its next major version; asked for now, it warns of nothing.
os.environ.setdefault("PTB_TIMEDELTA", "true")

#: Calls under way at once: enough for the 30 messages a second that Telegram takes, each with its button's answer, at a
#: tenth of a second each.
CALLS_AT_ONCE = 8
POOL_WAIT_S = 30.0


class BotClient(Bot):
    """PTB's `Bot`, and what a turn needs of it in the Bot API's JSON: PTB's objects cost many times as much."""

    async def call(self, method: str, **parameters: object) -> object:
        """Call a method and return its result. Raises PTB's errors."""
        given = {name: value for name, value in parameters.items() if value is not None}
        if isinstance(self.request, LeanRequest) and self.request.is_lean:
            return await self.request.call(f"{self.base_url}/{method}", given)
        return await self._post(method, given)

    async def file(self, place: str) -> bytes | None:
        """Return a file that a customer sent, by its `file_id`; None for one that is gone or too large.

        Raises ProviderUnavailable. Nothing of an error is told: its text may hold the token.
        """
        try:
            found: Any = await self.call("getFile", file_id=place)
            path, size = found.get("file_path"), found.get("file_size") or 0
            if not isinstance(path, str) or size > MOST_BYTES or not isinstance(self.request, LeanRequest):
                return None
            return await self.request.file(f"{self.base_file_url}/{quote(path)}", MOST_BYTES)
        except (BadRequest, Forbidden, InvalidToken):
            return None
        except TelegramError:
            raise ProviderUnavailable("telegram") from None

    async def raw_updates(self, *, offset: int, wait_s: int, limit: int, kinds: Sequence[str]) -> list[object]:
        """Update from `offset` on; with none there, wait for one up to `wait_s` seconds.

        PTB's own `get_updates` refuses a whole batch for one that it can't read. Raises TypeError for an answer that is
        no list.
        """
        asked = {"offset": offset, "timeout": wait_s, "limit": limit, "allowed_updates": kinds}
        found: Any = await self._post("getUpdates", asked, read_timeout=wait_s + 10)
        if not isinstance(found, list):
            raise TypeError("updates that are no list")
        return found


def make_bot(token: str, *, base_url: str, file_url: str) -> BotClient:
    """Return a client of the Bot API at `base_url` (ending in `/bot`).

    Nothing is asked before its first method is called. Silences the loggers of httpx, httpcore and telegram for the
    whole process.
    """
    # At INFO httpx writes every address it calls, and the token is part of it; PTB's DEBUG writes all messages.
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)
    tls = load_trusted()
    return BotClient(
        token,
        base_url=base_url,
        base_file_url=file_url,
        request=LeanRequest(base_url, tls, at_once=CALLS_AT_ONCE, read_s=10.0, pool_s=POOL_WAIT_S),
        get_updates_request=LeanRequest(base_url, tls, at_once=1, read_s=5.0, pool_s=POOL_WAIT_S),
    )


def in_chat(address: str, topic: str | None) -> Mapping[str, int]:
    """Return the parameters that say where in which chat something stands."""
    return {"chat_id": int(address)} if topic is None else {"chat_id": int(address), "message_thread_id": int(topic)}


def wait_of(error: RetryAfter) -> timedelta:
    """Return how long Telegram wants to be left alone."""
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
