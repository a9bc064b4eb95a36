"""Whose network address counts in limits."""

import ipaddress
from collections.abc import Callable

from starlette.requests import Request

AddressOf = Callable[[Request], str | None]


def counts_all(request: Request) -> str | None:
    """The client's address as the server saw it (behind a proxy uvicorn puts the forwarded one there)."""
    return request.client.host if request.client else None


def counts_no_loopback(request: Request) -> str | None:
    """The same, but loopback is no address: everybody who tries the sandbox comes from there."""
    host = counts_all(request)
    try:
        return None if host is None or ipaddress.ip_address(host).is_loopback else host
    except ValueError:  # a Unix socket or a test client has a name, not an address
        return None
