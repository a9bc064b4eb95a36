"""What is derived from the desk's own key: tokens, codes and the hashes that stand for people in the store.

Every use names its purpose, so that a value made for one is worthless for another; the parts are told apart by their
lengths, so that ("ab", "c") and ("a", "bc") differ.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode


def keyed(server_key: bytes, purpose: str, *parts: str) -> bytes:
    """HMAC-SHA-256 (32 bytes) of the purpose and the parts."""
    if len(server_key) < 16:
        raise ValueError("the server key is too short to derive anything from")
    mac = hmac.new(server_key, digestmod=hashlib.sha256)
    for part in (purpose, *parts):
        raw = part.encode("utf-8", "surrogatepass")
        mac.update(len(raw).to_bytes(8, "big"))
        mac.update(raw)
    return mac.digest()


def keyed_hex(server_key: bytes, purpose: str, *parts: str) -> str:
    """The same as 64 hexadecimal digits: the form kept in the store."""
    return keyed(server_key, purpose, *parts).hex()


def token(server_key: bytes, purpose: str, *parts: str) -> str:
    """The same as a token for an address: 43 characters of base64url, 256 bits."""
    return urlsafe_b64encode(keyed(server_key, purpose, *parts)).rstrip(b"=").decode("ascii")


def sha256_hex(value: str) -> str:
    """Hash under which a token of 128 bits and more is kept; no key is needed where nothing can be guessed."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def derived_id(*parts: str) -> str:
    """An id (32 hexadecimal digits) that follows from others, the same whenever a transaction is run again."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
