"""What a request that changes something must show before it is read: where it comes from, its form, its size."""

import asyncio
import json
from typing import cast

from starlette.requests import ClientDisconnect, Request

MARK = "okienko-chat"
LIMIT = 64 * 1024
SLOWEST_BODY_S = 30.0


class RequestTurnedAway(Exception):
    """A request that isn't let in; `status` and the short `error` are the whole answer. `wait`: seconds until it may
    come again."""

    def __init__(self, status: int, error: str, wait: int = 0) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.wait = wait


def own_page(request: Request, origin: str) -> None:
    """Lets in what a page of ours sent. Errors: Turned 403.

    A foreign page can neither set the custom header without asking first (which is never granted) nor change what
    the browser says in `Sec-Fetch-Site` and `Origin`.
    """
    if request.headers.get(MARK) != "1":
        raise RequestTurnedAway(403, "foreign_page")
    same_origin(request, origin)


def same_origin(request: Request, origin: str) -> None:
    """Turns away what another site's page sent, as the browser tells it. Errors: Turned 403.

    For forms, which can set no header: whoever asks for more puts a token into them.
    """
    claimed = request.headers.get("origin")
    if request.headers.get("sec-fetch-site") not in (None, "same-origin"):
        raise RequestTurnedAway(403, "foreign_page")
    if claimed is not None and claimed not in (origin, str(request.base_url).rstrip("/")):
        raise RequestTurnedAway(403, "foreign_page")


async def capped_body(request: Request, limit: int = LIMIT) -> bytes:
    """The body, never holding more than `limit` bytes of it nor waiting for ever. Errors: Turned 413, 408, 400."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > limit:
        raise RequestTurnedAway(413, "too_long")
    try:
        async with asyncio.timeout(SLOWEST_BODY_S):
            return await _read(request, limit)
    except TimeoutError:
        raise RequestTurnedAway(408, "too_slow") from None
    except ClientDisconnect:
        raise RequestTurnedAway(400, "gone") from None


async def _read(request: Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise RequestTurnedAway(413, "too_long")
    return bytes(body)


async def json_object(request: Request) -> dict[str, object]:
    """The JSON object of the body. Errors: Turned 415, 413, 400."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RequestTurnedAway(415, "json_only")
    try:
        value: object = json.loads(await capped_body(request))
    except (ValueError, RecursionError):
        raise RequestTurnedAway(400, "not_json") from None
    if not isinstance(value, dict):
        raise RequestTurnedAway(400, "not_an_object")
    return cast("dict[str, object]", value)


def text_of(fields: dict[str, object], name: str, *, longest: int) -> str:
    """A text field. Errors: Turned 400 when it is missing, of another kind or longer than `longest` characters."""
    value = fields.get(name)
    if not isinstance(value, str) or len(value) > longest:
        raise RequestTurnedAway(400, f"bad_{name}")
    return value
