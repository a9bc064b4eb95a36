"""Encryption of single values: AES-GCM under a key derived for one purpose, bound to the name of its owner."""

import os
from functools import cache
from importlib import import_module
from typing import Any

from services.keyed_hash import all_of, keyed

_NONCE = 12  # bytes


def seal(server_key: bytes, purpose: str, owner: str, plain: bytes) -> bytes:
    """Return the bytes as they may be stored. Others each time."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher()(keyed(server_key, purpose)).encrypt(nonce, plain, owner.encode())


def unseal(server_key: bytes, purpose: str, owner: str, sealed: bytes) -> bytes | None:
    """Return the bytes again; None if they were sealed under another key, for another owner, or were changed."""
    opened = (_opened(key, purpose, owner, sealed) for key in all_of(server_key))
    return next((plain for plain in opened if plain is not None), None)


def _opened(key: bytes, purpose: str, owner: str, sealed: bytes) -> bytes | None:
    try:
        return _cipher()(keyed(key, purpose)).decrypt(sealed[:_NONCE], sealed[_NONCE:], owner.encode())
    except (ValueError, import_module("cryptography.exceptions").InvalidTag):
        return None


@cache
def _cipher() -> Any:
    """Return the cipher. By name: its library takes 6 MiB, which a desk without recordings or second factors spares."""
    return import_module("cryptography.hazmat.primitives.ciphers.aead").AESGCM
