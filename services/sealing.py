"""Encryption of single values: AES-GCM under a key derived for one purpose, bound to the name of its owner."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.keyed_hash import all_of, keyed

_NONCE = 12  # bytes


def seal(server_key: bytes, purpose: str, owner: str, plain: bytes) -> bytes:
    """Return the bytes as they may be stored. Others each time."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(keyed(server_key, purpose)).encrypt(nonce, plain, owner.encode())


def unseal(server_key: bytes, purpose: str, owner: str, sealed: bytes) -> bytes | None:
    """Return the bytes again; None if they were sealed under another key, for another owner, or were changed."""
    opened = (_opened(key, purpose, owner, sealed) for key in all_of(server_key))
    return next((plain for plain in opened if plain is not None), None)


def _opened(key: bytes, purpose: str, owner: str, sealed: bytes) -> bytes | None:
    try:
        return AESGCM(keyed(key, purpose)).decrypt(sealed[:_NONCE], sealed[_NONCE:], owner.encode())
    except (ValueError, InvalidTag):
        return None
