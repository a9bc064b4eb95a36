"""Which network a request comes from, as limits count it."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.requests import Request

AddressOf = Callable[[Request], str | None]

#: One customer's line has all addresses of a network of this size, and may take another one for each request.
IPV6_NETWORK = 64


def counts_all(request: Request) -> str | None:
    """The client's network as the server saw it (behind a proxy uvicorn puts the forwarded address there).

    An IPv4 address by itself, also where it is written as an IPv6 one; of IPv6 the /64.
    """
    if request.client is None:
        return None
    address = _parsed(request.client.host)
    return request.client.host if address is None else _network(address)


def counts_no_loopback(request: Request) -> str | None:
    """The same, but loopback is no address: everybody who tries the sandbox comes from there."""
    address = _parsed(request.client.host) if request.client is not None else None
    return None if address is None or address.is_loopback else _network(address)


def _parsed(host: str) -> IPv4Address | IPv6Address | None:
    """None: a Unix socket or a test client, which has a name."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _network(address: IPv4Address | IPv6Address) -> str:
    return str(address if isinstance(address, IPv4Address) else ip_network((address, IPV6_NETWORK), strict=False))
