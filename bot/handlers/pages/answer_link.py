"""The link of a letter with an agent's answer, `/a/{token}`, and how such letters are stopped, `/a/{token}/stop`.

GET changes nothing, as often as it is asked for: mail scanners open links first. The token logs nobody in and is never
logged.
"""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.usecases.answers.unread import AnswerLinks
from bot.web.pages import Pages
from bot.web.policy import SECRET_PAGE
from bot.web.way_back import WayBack
from services.store.errors import StoreUnavailable


class AnswerPages:
    """The pages of one desk."""

    def __init__(self, links: AnswerLinks, pages: Pages) -> None:
        self._links = links
        self._pages = pages
        self._way_back = WayBack(pages.site)

    def routes(self) -> list[Route]:
        """Return the link's page and the one that stops such letters."""
        return [Route("/a/{token}", self._open), Route("/a/{token}/stop", self._stop, methods=["GET", "POST"])]

    async def _open(self, request: Request) -> Response:
        try:
            place = await self._links.open(str(request.path_params["token"]))
        except StoreUnavailable:
            return self._busy(request)
        if place is None:
            return self._unknown(request)
        if place.leads == "web" and self._way_back.of(request, place.chat).href == "/chat":
            return RedirectResponse("/chat", 303, headers=SECRET_PAGE)
        status = 410 if place.leads == "over" else 200
        return self._pages.answer("answer.html", place.locale, status=status, headers=SECRET_PAGE, place=place)

    async def _stop(self, request: Request) -> Response:
        """By POST alone, also without a cookie or a field: a mail program's own button sends it (RFC 8058)."""
        token = str(request.path_params["token"])
        try:
            place = await self._links.open(token)
            stopped = request.method == "POST" and await self._links.stop(token)
        except StoreUnavailable:
            return self._busy(request)
        if place is None and not stopped:
            return self._unknown(request)
        locale = place.locale if place is not None else self._pages.locale_of(request)
        return self._pages.answer("answer_stop.html", locale, headers=SECRET_PAGE, stopped=stopped)

    def _unknown(self, request: Request) -> Response:
        locale = self._pages.locale_of(request)
        return self._pages.answer("secure_unknown.html", locale, status=404, headers=SECRET_PAGE)

    def _busy(self, request: Request) -> Response:
        headers = {**SECRET_PAGE, "retry-after": "3"}
        locale = self._pages.locale_of(request)
        return self._pages.answer("busy.html", locale, status=503, headers=headers, again=request.url.path)
