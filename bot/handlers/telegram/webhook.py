"""The webhook: Telegram brings updates; each is answered after its turn is committed, so that none is lost."""

import hashlib
import hmac
import json

import structlog
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.handlers.telegram.reception import Reception
from services.condition import ChannelStatus
from values.private import HiddenStruct

log = structlog.get_logger(__name__)

PATH = "/webhooks/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BODY_BYTES = 1024 * 1024
DONE = Response()


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
        response = await self.update(Headers(scope=scope), receive)
        await response(scope, receive, send)

    async def update(self, headers: Headers, receive: Receive) -> Response:
        """Return one update.

        200 once it is done with, 503 while nothing can be committed (Telegram brings it again).
        """
        shown = headers.get(SECRET_HEADER, "").encode("latin-1", "replace")
        if not any(hmac.compare_digest(shown, secret.encode()) for secret in self.secrets):
            log.warning("telegram.webhook_forged")
            return Response(status_code=403)
        try:
            raw: object = json.loads(await _body(receive))
        except ClientDisconnect:
            return Response(status_code=400)
        except (ValueError, RecursionError):
            log.error("telegram.unreadable_body")
            return DONE
        self.status.answered()
        done = await self.reception.take(raw)
        return DONE if done else Response(status_code=503, headers={"Retry-After": "2"})


async def _body(receive: Receive) -> bytearray:
    body = bytearray()
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise ValueError("too long for an update")
        if not message.get("more_body"):
            return body
    raise ClientDisconnect
