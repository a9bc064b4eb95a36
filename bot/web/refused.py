"""Middleware that notes refused requests by path and status, whichever handler refused them."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.network import AddressOf
from services.refusals import Door, End, Note

_BY_STATUS: tuple[tuple[str, int, Door, End], ...] = (
    ("/api/v1", 401, "api_token", "wrong"),
    ("/api/v1", 429, "api_token", "held"),
    ("/webhooks/rest", 401, "rest_token", "wrong"),
    ("/webhooks/rest", 429, "flood", "held"),
    ("/webhooks/telegram", 403, "telegram_secret", "wrong"),
    ("/webhooks/helpdesk", 400, "helpdesk_signature", "wrong"),
    ("/webhooks/payments", 400, "payment_notice", "wrong"),
    ("/webhooks/payments", 429, "flood", "held"),
    ("/webchat", 429, "flood", "held"),
    ("/desk", 429, "flood", "held"),
)
_WATCHED = ("/api/", "/webhooks/", "/webchat/", "/desk")
_LOWEST = 400
_SAID = "okienko.refused"


def say_why(scope: Scope, door: Door) -> None:
    """Say what is refused, where the status alone doesn't tell."""
    scope[_SAID] = door


class RefusedTries:
    """ASGI middleware: notes refused requests by `note`."""

    def __init__(self, app: ASGIApp, *, note: Note, address_of: AddressOf) -> None:
        self._app = app
        self._note = note
        self._address_of = address_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; note it if its answer refuses."""
        if scope["type"] != "http" or not scope["path"].startswith(_WATCHED):
            await self._app(scope, receive, send)
            return
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, watched)
        refused = _refused(scope, status) if status >= _LOWEST else None
        if refused is not None:
            await self._note(*refused, self._address_of(Request(scope)))


def _refused(scope: Scope, status: int) -> tuple[Door, End] | None:
    if _SAID in scope:
        return scope[_SAID], "wrong"
    for under, code, door, end in _BY_STATUS:
        if code == status and scope["path"].startswith(under):
            return door, end
    return None
