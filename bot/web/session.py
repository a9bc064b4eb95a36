"""Sessions of the web chat: an unguessable token in a cookie, or in a header where cookies are blocked.

The conversation's address is the token's SHA-256, so that the store never holds what a browser presents. The address
never comes from JSON. A frame on another site gets a partitioned cookie (CHIPS); where the browser refuses that as
well, the page keeps the token in its memory and its `sessionStorage` and sends it as a header.
"""

import hashlib
import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from bot.web.pages import Site
from values.private import HiddenStruct

HEADER = "okienko-session"
LIFE_S = 30 * 24 * 3600  # NIST SP 800-63B, AAL1: re-authentication at least every 30 days
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class WebSession(HiddenStruct):
    """A visitor's token; it is never printed."""

    token: str

    @property
    def address(self) -> str:
        """The conversation's address on the web channel."""
        return hashlib.sha256(self.token.encode()).hexdigest()


def new_session() -> WebSession:
    return WebSession(secrets.token_urlsafe(32))


class Sessions:
    """The sessions of one installation, read from and written to requests."""

    def __init__(self, site: Site) -> None:
        self._secure = site.secure
        prefix = "__Host-" if site.secure else ""  # plain http knows no __Host- cookies
        self._own, self._framed = prefix + "okienko", prefix + "okienko_frame"

    def of(self, request: Request) -> WebSession | None:
        """Return the session a request presents, None if it presents none of our form.

        The header counts first: it is sent only by a page whose cookie doesn't arrive.
        """
        from_cookies = (request.cookies.get(name) for name in self._names(request))
        candidates = (request.headers.get(HEADER), *from_cookies)
        return next((WebSession(token) for token in candidates if token and _TOKEN.fullmatch(token)), None)

    def remember(self, request: Request, response: Response, session: WebSession) -> None:
        """Set the cookie that fits how the page is shown.

        In a foreign frame it must be `Secure`: over plain http browsers take that from loopback only, elsewhere
        they drop it, and the page falls back to the header.
        """
        if _in_foreign_frame(request):
            name, how = self._framed, "SameSite=None; Secure; Partitioned"
        else:
            name, how = self._own, "SameSite=Lax; Secure" if self._secure else "SameSite=Lax"
        # By hand: Python's http.cookies knows `Partitioned` only from 3.14 on.
        value = f"{name}={session.token}; Path=/; Max-Age={LIFE_S}; HttpOnly; {how}"
        response.headers.append("set-cookie", value)

    def _names(self, request: Request) -> tuple[str, ...]:
        """Return the cookies to read: within a foreign frame only the frame's own, elsewhere the own one first."""
        return (self._framed,) if _in_foreign_frame(request) else (self._own, self._framed)


def _in_foreign_frame(request: Request) -> bool:
    """Return whether the browser opens the chat in a frame of another site."""
    site = request.headers.get("sec-fetch-site")
    return request.headers.get("sec-fetch-dest") == "iframe" and site in ("cross-site", "same-site")
