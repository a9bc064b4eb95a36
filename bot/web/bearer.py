"""Bearer tokens of requests."""

import hmac

from pydantic import SecretStr
from starlette.requests import Request

Tokens = tuple[SecretStr, ...]
"""The tokens that are taken: several while one replaces another."""


def shows(request: Request, tokens: Tokens) -> bool:
    """Whether a request shows one of the tokens. Takes the same time for each."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    shown = given.strip().encode("latin-1", "replace")
    right = [hmac.compare_digest(shown, token.get_secret_value().encode()) for token in tokens]
    return any(right) and scheme.lower() == "bearer"
