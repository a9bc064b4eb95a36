"""Requests to the stand-ins: bodies and errors of the control APIs, credentials compared in constant time."""

import base64
import binascii
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Handler = Callable[[Request], Awaitable[Response]]


class BadRequest(Exception):
    """A request that can't be served; told as `{"error"}`."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


async def read_object(request: Request) -> dict[str, Any]:
    """Return the JSON object in the body. Raises BadRequest."""
    try:
        asked = json.loads(await request.body())
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise BadRequest("the body is a JSON object")
    return asked


def answer_mistakes(handler: Handler) -> Handler:
    """Answer what is wrong with a request."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except BadRequest as wrong:
            return JSONResponse({"error": str(wrong)}, wrong.status)

    return answered


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
