"""Requests and errors of the sandbox's control APIs."""

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
    """Return the JSON object in the body. Raises Wrong."""
    try:
        asked = json.loads(await request.body())
    except ValueError as error:
        raise BadRequest("the body is a JSON object") from error
    if not isinstance(asked, dict):
        raise BadRequest("the body is a JSON object")
    return asked


def told(handler: Handler) -> Handler:
    """Answer what is wrong with a request."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except BadRequest as wrong:
            return JSONResponse({"error": str(wrong)}, wrong.status)

    return answered
