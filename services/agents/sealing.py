"""What must be read again but not by whoever finds a copy of the database: encrypted under the desk's key.

AES-256-GCM; the purpose and the owner are authenticated with it, so that a value moved to another row doesn't open.
"""

import os
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.keyed_hash import all_of, keyed

_FORM = "1:"
_NONCE = 12  # bytes


def seal(server_key: bytes, purpose: str, owner: str, plain: str) -> str:
    """The text as it may be stored. Another one each time."""
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(keyed(server_key, purpose)).encrypt(nonce, plain.encode(), owner.encode())
    return _FORM + b64encode(nonce + sealed).decode("ascii")


def unseal(server_key: bytes, purpose: str, owner: str, sealed: str) -> str | None:
    """The text again; None if it was sealed under another key, for another owner, or was changed."""
    opened = (_opened(key, purpose, owner, sealed) for key in all_of(server_key))
    return next((plain for plain in opened if plain is not None), None)


def _opened(key: bytes, purpose: str, owner: str, sealed: str) -> str | None:
    if not sealed.startswith(_FORM):
        return None
    try:
        raw = b64decode(sealed.removeprefix(_FORM), validate=True)
        return AESGCM(keyed(key, purpose)).decrypt(raw[:_NONCE], raw[_NONCE:], owner.encode()).decode()
    except (ValueError, InvalidTag):
        return None
