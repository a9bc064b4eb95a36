"""The network of a request, which limits count."""

from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.requests import Request

AddressOf = Callable[[Request], str | None]

#: One customer's line has all addresses of a network of this size, and may take another one for each request.
IPV6_NETWORK = 64


def counts_all(request: Request) -> str | None:
    """Return the client's network as the server saw it (behind a proxy uvicorn puts the forwarded address there).

    An IPv4 address by itself, also where it is written as an IPv6 one; of IPv6 the /64.
    """
    if request.client is None:
        return None
    return network_of(request.client.host)


def network_of(host: str) -> str:
    """Return the network of a client's address, or the name of what is none."""
    address = _parsed_address(host)
    return host if address is None else _network(address)


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
