"""`/sandbox/api/recordings`: what the recogniser is to hear, and what came to it."""

import math
import re
from typing import Any

from msgspec import to_builtins
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.requests import BadRequest, read_object, told
from sandbox.transcription.store import RecordingStore

_SHA256 = re.compile(r"[0-9a-f]{64}")


class RecordingsApi:
    """The routes' handlers."""

    def __init__(self, store: RecordingStore) -> None:
        self._store = store

    async def tell(self, request: Request) -> Response:
        """`POST recordings {"text","sha256"?,"sender"?,"times"?,"duration"?}`; without a hash, of the next one."""
        asked = await read_object(request)
        made = self._store.tell(
            _text(asked, "text") or "",
            sha256=_hash(asked),
            sender=_text(asked, "sender"),
            times=_times(asked),
            duration=_duration(asked),
        )
        return JSONResponse(to_builtins(made))

    async def show(self, _request: Request) -> Response:
        """`GET recordings`: `told` and `heard`, oldest first; of each recording its hash and size, no sound."""
        return JSONResponse({"told": to_builtins(self._store.told()), "heard": to_builtins(self._store.heard())})


def recording_routes(store: RecordingStore) -> list[Route]:
    """Return the routes below `/sandbox/api`."""
    api = RecordingsApi(store)
    return [
        Route("/recordings", told(api.show), methods=["GET"]),
        Route("/recordings", told(api.tell), methods=["POST"]),
    ]


def _text(asked: dict[str, Any], name: str) -> str | None:
    given = asked.get(name)
    if (given is None and name == "text") or not isinstance(given, str | None):
        raise BadRequest(f"{name} is a text")
    return given


def _hash(asked: dict[str, Any]) -> str | None:
    given = asked.get("sha256")
    if given is not None and not (isinstance(given, str) and _SHA256.fullmatch(given)):
        raise BadRequest("sha256 is 64 hexadecimal digits in small letters")
    return given


def _times(asked: dict[str, Any]) -> int | None:
    given = asked.get("times")
    if given is not None and (type(given) is not int or given < 1):
        raise BadRequest("times is a whole number, 1 or more")
    return given


def _duration(asked: dict[str, Any]) -> float | None:
    given = asked.get("duration")
    if given is not None and (type(given) not in (int, float) or not math.isfinite(given) or given < 0):
        raise BadRequest("duration is seconds, 0 or more")
    return given
