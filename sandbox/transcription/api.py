"""OpenAI's `POST /audio/transcriptions`: multipart in, `{"text"}` out, errors as `{"error": {…}}`.

A repeat with the same `Idempotency-Key` is answered as the first time and uses nothing up. Not played: other forms of
answers than `json`, streaming, timestamps, other models than those that take any name.
"""

import json
import math
import re
from typing import Any, Final

from msgspec import to_builtins
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from sandbox.credentials import TRANSCRIPTION_KEY
from sandbox.ledger import LedgerAnswer
from sandbox.requests import BadRequest, answer_mistakes, has_bearer, read_object
from sandbox.transcription.store import RecordingStore
from sandbox.world import World

PROVIDER: Final = "transcription"
MODEL: Final = "whisper-1"
"""The usual one; any name is taken."""
MOST_BYTES: Final = 25 * 1024 * 1024
_ROUND_THE_FILE: Final = 64 * 1024
"""So much may the other fields take."""


class NotTranscribed(Exception):
    """An error answer; `field` is the one that is wrong."""

    def __init__(self, status: int, said: str, field: str | None = None) -> None:
        super().__init__(said)
        self.status = status
        self.said = said
        self.field = field

    def answer(self) -> Response:
        """Return it in the provider's form."""
        return _error(self.status, self.said, "invalid_request_error", self.field)


def transcription_api(world: World, store: RecordingStore) -> ASGIApp:
    """Return the recogniser, to be mounted at `/v1`."""

    async def transcribe(request: Request) -> Response:
        try:
            _check(request)
            async with request.form() as form:
                return JSONResponse(await _heard(world, store, request.headers.get("idempotency-key", ""), form))
        except NotTranscribed as refusal:
            return refusal.answer()

    api = Router([Route("/audio/transcriptions", transcribe, methods=["POST"])])
    return world.gate(
        PROVIDER,
        api,
        lambda: _error(500, "The server had an error while processing your request.", "server_error"),
        too_many=lambda: _error(429, "Rate limit reached.", "requests", headers={"Retry-After": "1"}),
    )


def _check(request: Request) -> None:
    if not has_bearer(request, TRANSCRIPTION_KEY):
        raise NotTranscribed(401, "Incorrect API key provided.")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MOST_BYTES + _ROUND_THE_FILE:
        raise NotTranscribed(413, f"Maximum content size limit ({MOST_BYTES}) exceeded.", "file")


async def _heard(world: World, store: RecordingStore, key: str, form: FormData) -> dict[str, Any]:
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        raise NotTranscribed(400, "Missing required parameter: 'file'.", "file")
    if not _text(form, "model"):
        raise NotTranscribed(400, "you must provide a model parameter", "model")
    if _text(form, "response_format") not in (None, "json"):
        raise NotTranscribed(400, "This stand-in answers in json only.", "response_format")
    sound = await upload.read()
    if len(sound) > MOST_BYTES:
        raise NotTranscribed(413, f"Maximum content size limit ({MOST_BYTES}) exceeded.", "file")
    if not sound:
        raise NotTranscribed(400, "The audio file could not be decoded.", "file")
    return _answered(world, store, key, sound, upload, form)


def _answered(
    world: World, store: RecordingStore, key: str, sound: bytes, upload: UploadFile, form: FormData
) -> dict[str, Any]:
    with world.ledger.write():
        if key and (known := world.ledger.answered(PROVIDER, key)) is not None:
            return json.loads(known.body)
        told = store.hear(
            sound,
            filename=upload.filename or "",
            media_type=upload.content_type or "",
            language=_text(form, "language"),
            prompt=_text(form, "prompt"),
        )
        answer: dict[str, Any] = {"text": told.text if told is not None else ""}
        if told is not None and told.duration is not None:
            answer["duration"] = told.duration
        if key:
            world.ledger.remember(PROVIDER, key, world.clock.now(), LedgerAnswer(200, json.dumps(answer)))
    return answer


def _text(form: FormData, name: str) -> str | None:
    value = form.get(name)
    return value if isinstance(value, str) else None


def _error(
    status: int, said: str, kind: str, field: str | None = None, headers: dict[str, str] | None = None
) -> Response:
    error = {"message": said, "type": kind, "param": field, "code": None}
    return JSONResponse({"error": error}, status, headers=headers)


_SHA256 = re.compile(r"[0-9a-f]{64}")


class RecordingsApi:
    """`/sandbox/api/recordings`: what the recogniser is to hear, and what came to it."""

    def __init__(self, store: RecordingStore) -> None:
        self._store = store

    async def tell(self, request: Request) -> Response:
        """`POST recordings {"text","sha256"?,"sender"?,"times"?,"duration"?}`; without a hash, of the next one."""
        asked = await read_object(request)
        made = self._store.tell(
            _words(asked, "text") or "",
            sha256=_hash(asked),
            sender=_words(asked, "sender"),
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
        Route("/recordings", answer_mistakes(api.show), methods=["GET"]),
        Route("/recordings", answer_mistakes(api.tell), methods=["POST"]),
    ]


def _words(asked: dict[str, Any], name: str) -> str | None:
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
