"""An address at which there is nothing: a page for whoever reads it in a browser, two words for programs."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.web.pages import Pages
from bot.web.policy import content_policy


def nowhere(pages: Pages) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Return the handler of a 404 that no route has answered itself."""

    async def answer(request: Request, _error: Exception) -> Response:
        if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", ""):
            headers = {"content-security-policy": content_policy()}
            return pages.answer("nowhere.html", pages.locale_of(request), status=404, headers=headers)
        return PlainTextResponse("Not Found", 404)

    return answer
