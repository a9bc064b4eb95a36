"""`/sandbox`: the phone, the mailbox, the bank, the registers and the clock of the stand-ins, on one page.

And `/sandbox/telegram`: Telegram's chats, where a bot's name and `?start=` do what they do in `t.me/NAME?start=`.

The pages only draw what `/sandbox/api/…` and `/sandbox/telegram/api/…` say; they exist while the sandbox is on.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.pages import Pages
from bot.web.policy import content_policy


def routes(pages: Pages, bot_name: Callable[[], str | None] = lambda: None) -> list[Route]:
    """Return the page of the instruments, and the page to chat on. `bot_name`: the bot of the desk at hand."""
    headers = {"cache-control": "no-cache", "content-security-policy": content_policy()}

    async def sandbox(request: Request) -> Response:
        locale = pages.locale_of(request)
        return pages.answer("sandbox.html", locale, headers=headers, words=pages.words(locale).section("sandbox"))

    async def telegram(request: Request) -> Response:
        locale = pages.locale_of(request)
        return pages.answer(
            "telegram.html",
            locale,
            headers=headers,
            bot=request.path_params.get("bot") or bot_name() or "",
            start=request.query_params.get("start", ""),
            words=pages.words(locale).section("telegram"),
        )

    return [
        Route("/sandbox", sandbox),
        Route("/sandbox/telegram", telegram),
        Route("/sandbox/telegram/{bot}", telegram),
    ]
