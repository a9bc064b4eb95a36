"""Middleware that notes refused requests by path and status, whichever handler refused them."""

from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.network import AddressOf
from bot.web.pages import Pages
from bot.web.policy import content_policy
from services.errors import describe
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
    ("/webchat/identity", 403, "identity_token", "wrong"),
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


def answer_404(pages: Pages) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Return the handler of a 404 that no route has answered itself."""

    async def answer(request: Request, _error: Exception) -> Response:
        if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", ""):
            headers = {"content-security-policy": content_policy()}
            return pages.answer("nowhere.html", pages.locale_of(request), status=404, headers=headers)
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"error": "nothing is at this address"}, 404)
        return PlainTextResponse("Not Found", 404)

    return answer


_log = structlog.get_logger(__name__)


RETRY_AFTER_S = 5


async def answer_503(_request: Request, _error: Exception) -> Response:
    """Answer 503: the store can't be reached (it has raised its own alarm), and the client may retry."""
    busy = {"error": "the desk can't store anything just now"}
    return JSONResponse(busy, 503, headers={"Retry-After": str(RETRY_AFTER_S)})


async def answer_500(request: Request, error: Exception) -> Response:
    """Log an alarm for an unexpected exception and answer with a plain 500.

    Neither address nor message is logged: tokens stand in the one, customers' words may stand in the other.
    """
    at = getattr(request.scope.get("endpoint"), "__qualname__", "unknown")
    _log.error("request_failed", alarm=True, method=request.method, at=at, **describe(error))
    return JSONResponse({"error": "this failed on our side"}, 500)
