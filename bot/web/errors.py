"""Answers to requests that no handler answered: an unknown address, an exception."""

from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.web.pages import Pages
from bot.web.policy import content_policy
from services.errors import describe


def nowhere(pages: Pages) -> Callable[[Request, Exception], Awaitable[Response]]:
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


async def away(_request: Request, _error: Exception) -> Response:
    """Answer 503: the store can't be reached (it has raised its own alarm), and the client may retry."""
    busy = {"error": "the desk can't store anything just now"}
    return JSONResponse(busy, 503, headers={"Retry-After": str(RETRY_AFTER_S)})


async def broken(request: Request, error: Exception) -> Response:
    """Log an alarm for an unexpected exception and answer with a plain 500.

    Neither address nor message is logged: tokens stand in the one, customers' words may stand in the other.
    """
    at = getattr(request.scope.get("endpoint"), "__qualname__", "unknown")
    _log.error("request_failed", alarm=True, method=request.method, at=at, **describe(error))
    return JSONResponse({"error": "this failed on our side"}, 500)
