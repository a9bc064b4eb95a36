"""Checks of a request before it is handled: its origin or token, its form, its size.

A body may be large because of one long text in it; what isn't text may not. Reading costs by size, so bytes are counted
chunk by chunk. Parsing costs by structure: millions of small values block the process, one long text doesn't.
"""

import asyncio
import hmac
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from pydantic import SecretStr
from starlette.requests import ClientDisconnect, Request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.web.pages import Site
from bot.web.refused import say_why
from values.loopback import leads_to_loopback

MARK = "okienko-chat"
LIMIT = 64 * 1024
SLOWEST_BODY_S = 30.0


class RequestTurnedAway(Exception):
    """A refused request: `status` and the short `error` are the whole answer.

    `wait`: seconds until it may come again.
    """

    def __init__(self, status: int, error: str, wait: int = 0) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.wait = wait


def own_page(request: Request, site: Site) -> None:
    """Require a request from one of our pages. Errors: RequestTurnedAway 403.

    A foreign page can neither set the custom header without asking first (which is never granted) nor change what
    the browser says in `Sec-Fetch-Site` and `Origin`.
    """
    if request.headers.get(MARK) != "1":
        raise RequestTurnedAway(403, "foreign_page")
    same_origin(request, site)


def same_origin(request: Request, site: Site) -> None:
    """Refuse what another site's page sent, as the browser reports it. Errors: RequestTurnedAway 403.

    For forms, which can set no header: pages that need more put a token into them. The page must be of PUBLIC_URL;
    whatever host the request names is the sender's to choose, but at a site of any host.
    """
    claimed = request.headers.get("origin")
    of_ours = claimed in (None, site.origin) or _by_another_name(request, str(claimed), site)
    if not of_ours or request.headers.get("sec-fetch-site") not in (None, "same-origin"):
        say_why(request.scope, "foreign_page")
        raise RequestTurnedAway(403, "foreign_page")


def _by_another_name(request: Request, claimed: str, site: Site) -> bool:
    """Return whether a desk of this machine alone is visited under another of its names, such as localhost.

    The page must be of the very address that the request was sent to: another port is another program's page. A name
    that was made to lead here (DNS rebinding) is none of this machine's. At a site of any host such a name is as good
    as another, for whoever made it could visit the site themselves; a proxy may have taken TLS off.
    """
    if site.any_host:
        _, _, named = claimed.partition("://")
        return named != "" and named.lower() == request.headers.get("host", "").lower()
    sent_to = str(request.base_url).rstrip("/")
    return claimed == sent_to and leads_to_loopback(claimed) and leads_to_loopback(site.origin)


async def capped_body(request: Request, limit: int = LIMIT) -> bytes:
    """Return the body of at most `limit` bytes, read within a time limit. Errors: RequestTurnedAway 413, 408, 400."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > limit:
        raise RequestTurnedAway(413, "too_long")
    try:
        async with asyncio.timeout(SLOWEST_BODY_S):
            return await _read(request, limit)
    except TimeoutError:
        raise RequestTurnedAway(408, "too_slow") from None
    except ClientDisconnect:
        raise RequestTurnedAway(400, "gone") from None


async def _read(request: Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise RequestTurnedAway(413, "too_long")
    return bytes(body)


async def json_object(request: Request) -> dict[str, object]:
    """Return the JSON object of the body. Errors: RequestTurnedAway 415, 413, 400."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RequestTurnedAway(415, "json_only")
    try:
        value: object = json.loads(await capped_body(request))
    except (ValueError, RecursionError):
        raise RequestTurnedAway(400, "not_json") from None
    return object_of(value)


def object_of(value: object) -> dict[str, object]:
    """Return a value of JSON that is an object. Errors: RequestTurnedAway 400."""
    if not isinstance(value, dict):
        raise RequestTurnedAway(400, "not_an_object")
    return cast("dict[str, object]", value)


def text_of(fields: dict[str, object], name: str, *, longest: int) -> str:
    """Return a text field.

    Errors: RequestTurnedAway 400 when it is missing, of another kind or longer than `longest` characters.
    """
    value = fields.get(name)
    if not isinstance(value, str) or len(value) > longest:
        raise RequestTurnedAway(400, f"bad_{name}")
    return value


Tokens = tuple[SecretStr, ...]
"""The tokens that are taken: several while one replaces another."""


def shows_token(request: Request, tokens: Tokens) -> bool:
    """Return whether a request shows one of the tokens, in constant time."""
    return bears_token(request.headers.get("authorization", ""), tokens)


def bears_token(authorization: str, tokens: Tokens) -> bool:
    """Return whether the header `Authorization` has one of the tokens, in constant time."""
    scheme, _, given = authorization.partition(" ")
    shown = given.strip().encode("latin-1", "replace")
    right = [hmac.compare_digest(shown, token.get_secret_value().encode()) for token in tokens]
    return any(right) and scheme.lower() == "bearer"


_BIG = 256 * 1024
_BIG_AT_ONCE = 2
_MOST_STRINGS = 4096
# Each quotation mark is looked at once, whatever is written: the end of the body ends a string that nothing ends.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)


class LargeBodies:
    """Reader of bodies of at most `largest` bytes; few big ones are held at once."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._big = asyncio.Semaphore(_BIG_AT_ONCE)

    async def read(self, request: Request, count: Callable[[], None], *, texts: bool = True) -> bytes:
        """Return the body. `count` is called for every 64 KB after the first and raises when these are too many.

        `texts`: it is to be parsed as JSON; a recording has no values that would cost.
        Errors: RequestTurnedAway 413; 400 for one that is more than its texts; what `count` and the connection raise.
        """
        checked = _plain if texts else bytes
        body, counted = bytearray(), LIMIT
        chunks = request.stream()
        async for chunk in chunks:
            body += chunk
            if len(body) > _BIG:
                break
            counted = _count(body, counted, count)
        else:
            return checked(body)
        async with self._big:
            counted = self._grown(body, counted, count)
            async for chunk in chunks:
                body += chunk
                counted = self._grown(body, counted, count)
            return checked(body)

    def _grown(self, body: bytearray, counted: int, count: Callable[[], None]) -> int:
        if len(body) > self._largest:
            raise RequestTurnedAway(413, "the request is too large")
        return _count(body, counted, count)


def _count(body: bytearray, counted: int, count: Callable[[], None]) -> int:
    while len(body) > counted:
        count()
        counted += LIMIT
    return counted


def _plain(body: bytearray) -> bytes:
    """Return the body if it is short or consists almost entirely of its texts."""
    if len(body) <= LIMIT:
        return bytes(body)
    rest = len(body)
    for n, text in enumerate(_STRING.finditer(body)):
        rest -= text.end() - text.start()
        if n >= _MOST_STRINGS:
            raise RequestTurnedAway(400, "the request has too many values")
    if rest > LIMIT:
        raise RequestTurnedAway(400, "the request has too many values")
    return bytes(body)


HEAD_S = 10.0
"""From the connection, or from the first byte of a later request, to the end of its head."""


if TYPE_CHECKING:

    class _Http(asyncio.Protocol):
        """The part of uvicorn's protocol that is used here: by its types there is always a cycle."""

        transport: asyncio.Transport
        client: tuple[str, int] | None
        connections: set[Any]
        timeout_keep_alive: float
        timeout_keep_alive_task: asyncio.TimerHandle | None
        app: Any
        cycle: Any

else:
    _Http = HttpToolsProtocol


class TimedHeads(_Http):
    """HTTP protocol that closes a connection whose request head doesn't arrive in time."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the timer of the first head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Stop the timer once a new request/response cycle shows that the head is complete."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._stop()
        elif self._waiting is None and (before is None or before.response_complete):
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = asyncio.get_running_loop().call_later(HEAD_S, self._too_slow)

    def _stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _too_slow(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
