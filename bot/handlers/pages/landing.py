"""The page at `/`, and the sandbox's pages while the sandbox is on.

`/` is the chat; with the sandbox on its instruments beside it, and links to everything else. `/sandbox` draws what
`/sandbox/api/…` returns: phone, mailbox, bank, registers and clock. `/sandbox/telegram` draws Telegram's chats, where a
bot's name and `?start=` do what they do in `t.me/NAME?start=`.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import assets
from bot.web.pages import Pages
from bot.web.policy import content_policy, rights


class LandingLink(Struct, frozen=True):
    """A link at the foot of the page; `key` names its words in the page texts (`[landing]` `way_…`)."""

    key: str
    href: str


class SampleReceipt(Struct, frozen=True):
    """A receipt as the chat would draw it, of an order that nobody has placed."""

    number: str
    bought: str
    total: str


def routes(
    pages: Pages,
    *,
    sandbox: bool,
    hears: bool = False,
    ways: tuple[LandingLink, ...] = (),
    sells: bool = True,
    receipt: Callable[[str], SampleReceipt | None] | None = None,
) -> list[Route]:
    """Return the landing page; `ways` and a `receipt` are shown with the sandbox on only.

    `hears`: its chat may use the microphone. `sells`: its chat ends in an order, not in an account.
    """

    async def landing(request: Request) -> Response:
        locale = pages.locale_of(request, builders=sandbox)
        headers = {"cache-control": "no-cache", "content-security-policy": content_policy(frames=True)}
        headers["permissions-policy"] = rights(microphone=hears)  # a frame may do what its page may
        asked = {"embed": "1", "lang": locale}
        if "start" in request.query_params:
            asked["start"] = request.query_params["start"]
        return pages.answer(
            "landing.html" if sandbox else "landing_plain.html",
            locale,
            headers=headers,
            chat=f"/chat?{urlencode(asked)}",
            ways=ways,
            sells=sells,
            receipt=receipt(locale) if sandbox and receipt else None,
            words=pages.words(locale).section("sandbox"),
            **_files(),
        )

    return [Route("/", landing)]


def _files() -> dict[str, Any]:
    """Return where the pages' style and the instruments' script are."""
    return {"style": assets.bundle("landing.css").path, "script": assets.bundle("instruments.js").path}


def sandbox_routes(pages: Pages, bot_name: Callable[[], str | None] = lambda: None) -> list[Route]:
    """Return the page of the instruments, and the page to chat on. `bot_name`: the bot of the desk at hand."""
    headers = {"cache-control": "no-cache", "content-security-policy": content_policy()}

    async def sandbox(request: Request) -> Response:
        locale = pages.locale_of(request, builders=True)
        words = pages.words(locale).section("sandbox")
        return pages.answer("sandbox.html", locale, headers=headers, words=words, **_files())

    async def telegram(request: Request) -> Response:
        locale = pages.locale_of(request, builders=True)
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
