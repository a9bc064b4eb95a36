"""Sessions of the web chat: an unguessable token in a cookie, or in a header where cookies are blocked.

The conversation's address is the token's SHA-256, so that the store never holds what a browser presents. The address
never comes from JSON. Half of a token is a mark by which the desk knows that it issued it; the rest is drawn. When the
conversation becomes an account's the token is turned: the new one names the address and holds the conversation, the
one before is dead (docs/decisions/web-chat.md).
A frame on another site gets a partitioned cookie (CHIPS); where the browser refuses that as
well, the page keeps the token in its memory and its `sessionStorage` and sends it as a header.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from bot.web.pages import Site
from services import keyed_hash
from values.private import HiddenStruct

HEADER = "okienko-session"
LIFE_S = 30 * 24 * 3600  # NIST SP 800-63B, AAL1: re-authentication at least every 30 days
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}(?:[A-Za-z0-9_-]{43}s?)?")
_ADDRESS = 43  # characters of a turned token before its secret
_DRAWN = 16  # bytes
_ISSUED, _TURNED = "web session", "turned web session"


class WebSession(HiddenStruct):
    """A visitor's token; it is never printed."""

    token: str

    @property
    def is_turned(self) -> bool:
        """Return whether it took another's place, so that it names the address instead of hashing to it."""
        return len(self.token) > _ADDRESS

    @property
    def is_told(self) -> bool:
        """Return whether it holds a chat of the site's customer (`identity_keys.page_token`): no log-in turns it."""
        return len(self.token) > 2 * _ADDRESS

    @property
    def address(self) -> str:
        """The conversation's address on the web channel."""
        return _bytes(self.token[:_ADDRESS]).hex() if self.is_turned else self.proof

    @property
    def proof(self) -> str:
        """The hash that the conversation's holder must equal."""
        return hashlib.sha256(self.token.encode()).hexdigest()


class SessionKey(HiddenStruct):
    """Issues tokens, and knows those that it has issued."""

    server_key: bytes

    def new(self) -> WebSession:
        """Return a token for a conversation that nobody has begun."""
        drawn = secrets.token_bytes(_DRAWN)
        return WebSession(_text(drawn + self._mark(self.server_key, drawn)))

    def issued(self, session: WebSession) -> bool:
        """Return whether the desk issued the token for a conversation to be begun."""
        if session.is_turned:
            return False
        raw = _bytes(session.token)
        drawn, mark = raw[:_DRAWN], raw[_DRAWN:]
        return any(hmac.compare_digest(self._mark(key, drawn), mark) for key in keyed_hash.all_keys(self.server_key))

    def turned(self, address: str, cause: str) -> WebSession:
        """Return the token that takes the place of the conversation's; of one cause always the same."""
        secret = keyed_hash.token(self.server_key, _TURNED, address, cause)
        return WebSession(_text(bytes.fromhex(address)) + secret)

    def _mark(self, key: bytes, drawn: bytes) -> bytes:
        return keyed_hash.hash_with_key(key, _ISSUED, drawn.hex())[:_DRAWN]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


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
        return next((WebSession(token) for _, token in self._presented(request)), None)

    def replace(self, request: Request, response: Response, session: WebSession) -> bool:
        """Set the cookie that the request's session came by to another one; False where it came by the header."""
        name = next((name for name, _ in self._presented(request)), HEADER)
        if name != HEADER:
            self._set(response, name, session)
        return name != HEADER

    def _presented(self, request: Request) -> Iterator[tuple[str, str]]:
        cookies = ((name, request.cookies.get(name)) for name in self._names(request))
        for name, token in ((HEADER, request.headers.get(HEADER)), *cookies):
            if token and _TOKEN.fullmatch(token):
                yield name, token

    def remember(self, request: Request, response: Response, session: WebSession) -> None:
        """Set the cookie that fits how the page is shown.

        In a foreign frame it must be `Secure`: over plain http browsers take that from loopback only, elsewhere
        they drop it, and the page falls back to the header.
        """
        self._set(response, self._framed if _in_foreign_frame(request) else self._own, session)

    def _set(self, response: Response, name: str, session: WebSession) -> None:
        own = "SameSite=Lax; Secure" if self._secure else "SameSite=Lax"
        how = "SameSite=None; Secure; Partitioned" if name == self._framed else own
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
