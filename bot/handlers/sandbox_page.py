"""`/sandbox`: the phone, the mailbox, the bank, the registers and the clock of the stand-ins, on one page.

The page only draws what `/sandbox/api/…` says; it exists while the sandbox is on.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.pages import Pages
from bot.web.policy import content_policy


def routes(pages: Pages) -> list[Route]:
    """The page of the instruments."""

    async def sandbox(request: Request) -> Response:
        locale = pages.locale_of(request)
        headers = {"cache-control": "no-cache", "content-security-policy": content_policy()}
        return pages.answer("sandbox.html", locale, headers=headers, words=pages.words(locale).section("sandbox"))

    return [Route("/sandbox", sandbox)]
