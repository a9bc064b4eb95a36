"""Values derived from the desk's own key: tokens, codes and the hashes that stand for people in the store.

Single values are sealed under it: AES-GCM with a key derived for one purpose, bound to the name of its owner.

Every use names its purpose, so that a value made for one is worthless for another; the parts are told apart by their
lengths, so that ("ab", "c") and ("a", "bc") differ.

While one key replaces another (`ServerKey`), values are made with the new one and read with both. Ids from which a
token or a code follows carry a mark of their key, so that the same one follows from them whichever process asks.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64encode
from functools import cache
from importlib import import_module
from typing import Any, Self

_MARK = 8  # digits of an id


class ServerKey(bytes):
    """The desk's key, with those that it replaces and that are still good for reading (`former`)."""

    former: tuple[bytes, ...]

    def __new__(cls, key: bytes, *former: bytes) -> Self:
        """Return `key` as it is to be used from now on."""
        made = super().__new__(cls, key)
        made.former = former
        return made


def all_keys(server_key: bytes) -> tuple[bytes, ...]:
    """Return the key and those that it replaces, the one in use first."""
    return (server_key, *server_key.former) if isinstance(server_key, ServerKey) else (server_key,)


def mark_id(server_key: bytes, drawn: str) -> str:
    """Return an id of 32 hexadecimal digits with a mark of the key in its last ones."""
    kept = drawn[:-_MARK]
    return kept + keyed_hex(server_key, "mark of an id", kept)[:_MARK]


def is_marked(server_key: bytes, drawn: str) -> bool:
    """Return whether the id carries the mark of one of the keys: another desk's doesn't."""
    return any(mark_id(key, drawn) == drawn for key in all_keys(server_key))


def key_of(server_key: bytes, marked_id: str) -> bytes:
    """Return the key by which an id is marked; the oldest one for an id without a mark, as earlier releases made."""
    known = all_keys(server_key)
    if len(known) == 1:
        return server_key
    return next((key for key in known if mark_id(key, marked_id) == marked_id), known[-1])


def hash_with_key(server_key: bytes, purpose: str, *parts: str) -> bytes:
    """HMAC-SHA-256 (32 bytes) of the purpose and the parts."""
    if len(server_key) < 16:
        raise ValueError("the server key is too short to derive anything from")
    raw = [part.encode("utf-8", "surrogatepass") for part in (purpose, *parts)]
    message = b"".join([piece for part in raw for piece in (len(part).to_bytes(8, "big"), part)])
    return hmac.digest(server_key, message, "sha256")


def keyed_hex(server_key: bytes, purpose: str, *parts: str) -> str:
    """Return the hash as 64 hexadecimal digits: the form kept in the store."""
    return hash_with_key(server_key, purpose, *parts).hex()


def token(server_key: bytes, purpose: str, *parts: str) -> str:
    """Return the hash as a token for an address: 43 characters of base64url, 256 bits."""
    return urlsafe_b64encode(hash_with_key(server_key, purpose, *parts)).rstrip(b"=").decode("ascii")


def is_keyed_hex(server_key: bytes, given: str, purpose: str, *parts: str) -> bool:
    """Return whether `given` is what one of the keys makes of it. Takes the same time for each."""
    made = [keyed_hex(key, purpose, *parts) for key in all_keys(server_key)]
    return any(hmac.compare_digest(one.encode(), given.encode("utf-8", "surrogatepass")) for one in made)


def sha256_hex(value: str) -> str:
    """Hash under which a token of 128 bits and more is kept; no key is needed where nothing can be guessed."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def derived_id(*parts: str) -> str:
    """Return an id (32 hexadecimal digits) that follows from others, the same whenever a transaction is run again."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


_NONCE = 12  # bytes


def seal(server_key: bytes, purpose: str, owner: str, plain: bytes) -> bytes:
    """Return the bytes as they may be stored. Others each time."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher()(hash_with_key(server_key, purpose)).encrypt(nonce, plain, owner.encode())


def unseal(server_key: bytes, purpose: str, owner: str, sealed: bytes) -> bytes | None:
    """Return the bytes again; None if they were sealed under another key, for another owner, or were changed."""
    opened = (_opened(key, purpose, owner, sealed) for key in all_keys(server_key))
    return next((plain for plain in opened if plain is not None), None)


def _opened(key: bytes, purpose: str, owner: str, sealed: bytes) -> bytes | None:
    try:
        return _cipher()(hash_with_key(key, purpose)).decrypt(sealed[:_NONCE], sealed[_NONCE:], owner.encode())
    except (ValueError, import_module("cryptography.exceptions").InvalidTag):
        return None


@cache
def _cipher() -> Any:
    """Return the cipher. By name: its library takes 6 MiB, which a desk without recordings or second factors spares."""
    return import_module("cryptography.hazmat.primitives.ciphers.aead").AESGCM
