"""The network of a request, which limits count, and requests from this machine."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.loopback import leads_to_loopback

AddressOf = Callable[[Request], str | None]

#: One customer's line has all addresses of a network of this size, and may take another one for each request.
IPV6_NETWORK = 64


def counts_all(request: Request) -> str | None:
    """Return the client's network as the server saw it (behind a proxy uvicorn puts the forwarded address there).

    An IPv4 address by itself, also where it is written as an IPv6 one; of IPv6 the /64.
    """
    if request.client is None:
        return None
    address = _parsed_address(request.client.host)
    return request.client.host if address is None else _network(address)


def counts_no_loopback(request: Request) -> str | None:
    """Return the client's network, or None for loopback: everybody who tries the sandbox comes from there."""
    address = _parsed_address(request.client.host) if request.client is not None else None
    return None if address is None or address.is_loopback else _network(address)


@lru_cache(maxsize=1024)
def _parsed_address(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address, None for a Unix socket or a test client, which has a name."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _network(address: IPv4Address | IPv6Address) -> str:
    return str(address if isinstance(address, IPv4Address) else ip_network((address, IPV6_NETWORK), strict=False))


A_SANDBOX = (
    "Here is a sandbox, where anybody can read a desk's SMS and mails: it answers to this machine alone, under a "
    "loopback address and without a proxy.\nTo go live set OKIENKO_SANDBOX=off at the desk; if others are meant to "
    "meet its sandbox, OKIENKO_SANDBOX=public.\n"
)
GUESSABLE = (
    "A key of this desk can be guessed: it answers to this machine alone, under a loopback address and without a "
    "proxy.\nSet OKIENKO_PUBLIC_URL to the address that others use; `okienko run` then names the keys to replace.\n"
)


#: What proxies and content networks add; each of them can be told to add no `X-Forwarded-…`.
_PROXIES_ADD = frozenset(
    {
        *("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip"),
        *("cf-connecting-ip", "cf-ray", "cdn-loop", "fastly-client-ip", "fly-client-ip"),
    }
)


_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class OnlyHere:
    """ASGI middleware: 403 for a request that names a foreign host, that a proxy has passed on, or of a foreign page.

    A page of another site whose name was made to lead to this machine (DNS rebinding) names a foreign host, too.
    """

    def __init__(self, app: ASGIApp, why: str = A_SANDBOX) -> None:
        self._app = app
        self._why = why

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http" and not _from_here(Headers(scope=scope), scope):
            await PlainTextResponse(self._why, 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _from_here(headers: Headers, scope: Scope) -> bool:
    hosts: Iterable[str] = headers.getlist("host") or ("",)
    # nginx without further settings: it names the upstream as host, and adds nothing of its own.
    bare_nginx = scope["http_version"] == "1.0" and headers.get("connection") == "close"
    reached_here = all(map(_is_here, hosts)) and not any(map(by_proxy, headers.keys())) and not bare_nginx
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
