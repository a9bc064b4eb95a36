"""The webhook: Telegram brings updates; each is answered after its turn is committed, so that none is lost."""

import asyncio
import hashlib
import hmac

import structlog
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.handlers.telegram.reception import Reception
from bot.handlers.telegram.transport import read_json
from bot.web.guard import SLOWEST_BODY_S
from services.condition import ChannelStatus
from values.private import HiddenStruct

log = structlog.get_logger(__name__)

PATH = "/webhooks/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BODY_BYTES = 1024 * 1024


def secret_of(signing_key: str, token: str) -> str:
    """Return the word that Telegram shows with each update.

    Derived, so that every process knows it and nobody stores it.
    """
    return hmac.new(signing_key.encode(), b"telegram webhook\0" + token.encode(), hashlib.sha256).hexdigest()


class Webhook(HiddenStruct):
    """Telegram's way in. What can't be read is answered 200 and logged: sent again it would be no better."""

    reception: Reception
    secrets: tuple[str, ...]
    status: ChannelStatus

    def routes(self) -> list[Route]:
        """To be mounted at the root."""
        return [Route(PATH, self, methods=["POST"])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as an ASGI application: Starlette's wrapper for functions catches what its middleware does already."""
        answer = await self._answered(scope, receive)
        await answer(scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive) -> Response:
        shown = Headers(scope=scope).get(SECRET_HEADER, "").encode()
        if not any(hmac.compare_digest(shown, secret.encode()) for secret in self.secrets):
            return Response(status_code=403)
        try:
            async with asyncio.timeout(SLOWEST_BODY_S):
                body = await _body(receive, MAX_BODY_BYTES)
        except ClientDisconnect:
            return Response(status_code=400)
        except TimeoutError:
            return Response(status_code=408, headers={"connection": "close"})
        return await self.answer(body)

    async def answer(self, body: bytes) -> Response:
        """Take one update.

        200 once it is done with, 503 while nothing can be committed (Telegram brings it again).
        """
        try:
            raw = read_json(body)
        except (ValueError, RecursionError):
            log.error("telegram.unreadable_body")
            return Response()
        self.status.answered()
        if await self.reception.take(raw):
            return Response()
        return Response(status_code=503, headers={"retry-after": "2"})


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
