"""The link back from a page of ours: the chat that this browser holds, the seller's page that shows it, or Telegram.

A link in a letter may be opened in any browser. Where that one doesn't hold the conversation, `/chat` would begin
another: there the page only says where to go on. A chat within `<okienko-chat>` adds the seller's page around it to
the links that it shows (`?from=`); a frame's session doesn't reach a page of its own.
"""

from urllib.parse import quote, unquote, urlencode, urlsplit

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from bot.web.pages import Site
from bot.web.session import Sessions
from values.channel import Channel

FROM = "from"
_COOKIE = "okienko_from"
_LONGEST = 1000
_LIFE_S = 24 * 3600


class Back(Struct, frozen=True):
    """A link back to the conversation.

    `href`: where the conversation is shown to this browser, None if unknown; `host`: the page it is on, empty for
    ours; `in_a_tab`: it is a web chat open in some other tab or browser; `on_telegram`: it is a chat there, which `app`
    opens without a page of Telegram's between.
    """

    href: str | None = None
    host: str = ""
    in_a_tab: bool = False
    on_telegram: bool = False
    app: str | None = None


class WayBack:
    """The ways back to the chats of one installation."""

    def __init__(self, site: Site) -> None:
        self._embedders = site.embedders
        self._telegram = site.on_telegram
        self._sessions = Sessions(site)
        self._how = "HttpOnly; SameSite=Lax; Secure" if site.secure else "HttpOnly; SameSite=Lax"

    def of(self, request: Request, chat: str | None) -> Back:
        """Return the way back to the web conversation with this holder, or to Telegram; None: another channel, or none.

        A chat there is opened by the bot's name alone: whoever has the page's link learns nothing of whose it is.
        """
        if chat is None:
            return Back()
        if chat == Channel.TELEGRAM.value:
            chat_there = urlsplit(href := self._telegram() or "")
            name = chat_there.path.strip("/")
            app = f"tg://resolve?domain={name}" if chat_there.hostname == "t.me" else href
            return Back(href or None, on_telegram=True, app=app or None)
        session = self._sessions.of(request)
        if session is not None and session.proof == chat:
            return Back("/chat", in_a_tab=True)
        page = self._page(request)
        return Back(page, urlsplit(page or "").netloc, in_a_tab=True)

    def remember(self, request: Request, response: Response) -> None:
        """Store the seller's page in a cookie while the payer is at the provider, for this link only."""
        page = self._page(request)
        if page is not None:
            value = f"{_COOKIE}={quote(page, safe='')}; Path={quote(request.url.path)}; Max-Age={_LIFE_S}; {self._how}"
            response.headers.append("set-cookie", value)

    def onwards(self, request: Request, path: str) -> str:
        """Return the path of the page that comes after this one, with the way back."""
        page = self._page(request)
        return path if page is None else f"{path}?{urlencode({FROM: page})}"

    def _page(self, request: Request) -> str | None:
        """Return the seller's page if it is on a site that may show the chat."""
        page = request.query_params.get(FROM) or unquote(request.cookies.get(_COOKIE, ""))
        try:
            parts = urlsplit(page)
        except ValueError:
            return None
        return page if len(page) <= _LONGEST and f"{parts.scheme}://{parts.netloc}" in self._embedders else None
