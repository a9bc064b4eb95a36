"""Names the desk gives: derived from the server's key, so that a turn that runs twice names things alike."""

import hashlib
import hmac

from services.keyed_hash import keyed_hex, mark_id

HASHED = "sha256-"


def conversation_id(channel: str, address: str) -> str:
    """Return the id of the conversation at an address, which may be given hashed."""
    hashed = address if address.startswith(HASHED) else hashed_address(channel, address)
    return hashed.removeprefix(HASHED)[:32]


def hashed_address(channel: str, secret: str) -> str:
    """Return the address to store where whoever knows the address itself is the customer."""
    return HASHED + hashlib.sha256(f"{channel}\0{secret}".encode()).hexdigest()


def hash_network(server_key: bytes, network: str | None) -> str | None:
    """Return the hash of a network address, by which limits count it at every door; the address is never stored."""
    return None if network is None else keyed_hex(server_key, "network", network)


def derived_id(server_key: bytes, key: str) -> str:
    """Return 32 hexadecimal digits that belong to this job's or command's key for ever."""
    return hmac.new(server_key, f"id\0{key}".encode(), hashlib.sha256).hexdigest()[:32]


def marked_id(server_key: bytes, key: str) -> str:
    """Return an id from which tokens or codes are derived: it names its key."""
    return mark_id(server_key, derived_id(server_key, key))
