"""Addresses that only this machine reaches."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches `host` (a name or an address, IPv6 with or without brackets)."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def leads_to_loopback(url: str) -> bool:
    """Return whether only this machine reaches the host of a URL."""
    return is_loopback(urlsplit(url).hostname or "")
