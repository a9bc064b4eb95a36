"""The webhook: Telegram brings updates; each is answered after its turn is committed, so that none is lost."""

import asyncio
import hashlib
import hmac

import structlog
from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.handlers.telegram.plain_json import read
from bot.handlers.telegram.reception import Reception
from bot.web.direct import GONE, TOO_SLOW, DoorAnswer, RawHeaders
from bot.web.guard import SLOWEST_BODY_S
from services.condition import ChannelStatus
from values.private import HiddenStruct

log = structlog.get_logger(__name__)

PATH = "/webhooks/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BODY_BYTES = 1024 * 1024
DONE = DoorAnswer(200)
AGAIN = DoorAnswer(503, ((b"retry-after", b"2"),))
_SECRET_NAME = SECRET_HEADER.lower().encode()


def secret_of(signing_key: str, token: str) -> str:
    """Return the word that Telegram shows with each update.

    Derived, so that every process knows it and nobody stores it.
    """
    return hmac.new(signing_key.encode(), b"telegram webhook\0" + token.encode(), hashlib.sha256).hexdigest()


class Webhook(HiddenStruct):
    """Telegram's way in. What can't be read is answered 200 and logged: sent again it would be no better.

    The server's protocol brings most updates (`bot.web.direct`), ASGI the rest: what it isn't sure of.
    """

    reception: Reception
    secrets: tuple[str, ...]
    status: ChannelStatus
    path: str = PATH
    most_bytes: int = MAX_BODY_BYTES

    def admits(self, headers: RawHeaders) -> bool:
        """Tell whether a request shows the secret."""
        shown = next((value for name, value in headers if name == _SECRET_NAME), b"")
        return any(hmac.compare_digest(shown, secret.encode()) for secret in self.secrets)

    async def answer(self, body: bytes) -> DoorAnswer:
        """Take one update.

        200 once it is done with, 503 while nothing can be committed (Telegram brings it again).
        """
        try:
            raw = read(body)
        except (ValueError, RecursionError):
            log.error("telegram.unreadable_body")
            return DONE
        self.status.answered()
        return DONE if await self.reception.take(raw) else AGAIN

    def routes(self) -> list[Route]:
        """To be mounted at the root."""
        return [Route(PATH, self, methods=["POST"])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as an ASGI application: Starlette's wrapper for functions catches what its middleware does already."""
        answer = await self._by_asgi(scope["headers"], receive)
        await answer.response()(scope, receive, send)

    async def _by_asgi(self, headers: RawHeaders, receive: Receive) -> DoorAnswer:
        if not self.admits(headers):
            return DoorAnswer(403)
        try:
            async with asyncio.timeout(SLOWEST_BODY_S):
                body = await _body(receive, self.most_bytes)
        except ClientDisconnect:
            return GONE
        except TimeoutError:
            return TOO_SLOW
        return await self.answer(body)


async def _body(receive: Receive, most: int) -> bytes:
    """Return the body, nothing of one that is too long for an update."""
    body = bytearray()
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if len(body) > most:
            return b""
        if not message.get("more_body"):
            return bytes(body)
    raise ClientDisconnect
