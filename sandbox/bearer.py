"""The two ways in which a stand-in's caller shows who it is, compared in constant time."""

import base64
import binascii
import hmac

from starlette.requests import Request


def bearer_of(request: Request) -> str:
    """Return the bearer token sent, or nothing."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def has_bearer(request: Request, expected: str) -> bool:
    """Return whether the request bears that token."""
    return hmac.compare_digest(bearer_of(request).encode(), expected.encode())


def has_basic(request: Request, username: str, password: str) -> bool:
    """Return whether the request names that user and password."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return scheme.lower() == "basic" and hmac.compare_digest(given, f"{username}:{password}".encode())
