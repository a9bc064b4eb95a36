"""Requests from this machine alone: what others send is answered 403, and closes the sandbox's own paths."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

import structlog
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.refused import say_why
from values.loopback import leads_to_loopback

A_SANDBOX = (
    "Here is a sandbox, where anybody can read a desk's SMS and mails: it answers to this machine alone, under a "
    "loopback address and without a proxy.\nTo go live set OKIENKO_SANDBOX=off at the desk; if others are meant to "
    "meet its sandbox, OKIENKO_SANDBOX=public.\n"
)
GUESSABLE = (
    "A key of this desk can be guessed: it answers to this machine alone, under a loopback address and without a "
    "proxy.\nSet OKIENKO_PUBLIC_URL to the address that others use; `okienko run` then names the keys to replace.\n"
)
CLOSED = (
    "The sandbox's pages are closed: a request came here through a proxy or under the name of another host, so others "
    "may reach this desk, and anybody who does could read its SMS and mails.\nTake the proxy away from it and restart "
    "the desk (and `okienko sandbox`, where it runs by itself): that opens them again. If others are meant to meet the "
    "sandbox, set OKIENKO_SANDBOX=public.\n"
)
SANDBOX = "/sandbox"

Sign = Literal["proxy_header", "foreign_host"]
"""What shows that others reach this process."""

#: What proxies and content networks add; each of them can be told to add no `X-Forwarded-…`.
_PROXIES_ADD = frozenset(
    {
        *("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip"),
        *("cf-connecting-ip", "cf-ray", "cdn-loop", "fastly-client-ip", "fly-client-ip"),
    }
)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_log = structlog.get_logger(__name__)


class Latch(ABC):
    """Closes the sandbox's paths until a restart. A proxy that rewrites the host is seen by few requests only."""

    @abstractmethod
    async def close(self, sign: Sign) -> None:
        """Close them; more than once is harmless."""

    @abstractmethod
    async def closed(self) -> bool:
        """Return whether they are closed."""


class OwnLatch(Latch):
    """The latch of one process."""

    def __init__(self) -> None:
        self._closed = False

    async def close(self, sign: Sign) -> None:
        """Close, with one alarm."""
        if not self._closed:
            self._closed = True
            _log.error("sandbox_closed", alarm=True, sign=sign)

    async def closed(self) -> bool:
        """Return whether a request has closed it."""
        return self._closed


class OnlyHere:
    """ASGI middleware: 403 for a request that names a foreign host, that a proxy has passed on, or of a foreign page.

    A page of another site whose name was made to lead to this machine (DNS rebinding) names a foreign host, too. With
    a latch, the first request under a foreign host or with a proxy's header closes `/sandbox` to all that follow;
    another site's page alone closes nothing, for anybody's page could do that.
    """

    def __init__(self, app: ASGIApp, why: str = A_SANDBOX, latch: Latch | None = None) -> None:
        self._app = app
        self._why = why
        self._latch = latch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        refused = await self._refused(scope) if scope["type"] == "http" else None
        if refused is not None:
            say_why(scope, "foreign_page")
            await PlainTextResponse(refused, 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _refused(self, scope: Scope) -> str | None:
        """Return why the request is refused; None if it isn't."""
        headers = Headers(scope=scope)
        sign = _from_elsewhere(headers)
        if sign is not None and self._latch is not None:
            await self._latch.close(sign)
        if sign is not None or not _from_here(headers, scope):
            return self._why
        if self._latch is not None and scope["path"].startswith(SANDBOX) and await self._latch.closed():
            return CLOSED
        return None


def _from_elsewhere(headers: Headers) -> Sign | None:
    if any(map(by_proxy, headers.keys())):
        return "proxy_header"
    named = [host for host in headers.getlist("host") if host]
    return None if all(map(_is_here, named)) else "foreign_host"


def _from_here(headers: Headers, scope: Scope) -> bool:
    hosts: Iterable[str] = headers.getlist("host") or ("",)
    # nginx before 1.29.7 without further settings: it names the upstream as host, and adds nothing of its own.
    bare_nginx = scope["http_version"] == "1.0" and headers.get("connection") == "close"
    reached_here = all(map(_is_here, hosts)) and not bare_nginx
    return reached_here and (scope["method"] in _SAFE or not _of_a_foreign_page(headers))


def _of_a_foreign_page(headers: Headers) -> bool:
    """Return whether another site's page, open in a browser here, sent it."""
    origin = headers.get("origin", "null")
    if origin == "null":  # also a page of ours that tells nobody where it leads
        return headers.get("sec-fetch-site") == "cross-site"
    return not _is_here(origin.partition("://")[2])


def by_proxy(name: str) -> bool:
    """Return whether a header's name, in small letters, is one that proxies add."""
    return name in _PROXIES_ADD or name.startswith(("x-forwarded-", "x-envoy-"))


@lru_cache(maxsize=64)
def _is_here(host: str) -> bool:
    try:
        return leads_to_loopback(f"//{host}")
    except ValueError:
        return False
