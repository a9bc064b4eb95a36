"""OpenAI's `POST /audio/transcriptions`: multipart in, `{"text"}` out, errors as `{"error": {…}}`.

A repeat with the same `Idempotency-Key` is answered as the first time and uses nothing up. Not played: other forms of
answers than `json`, streaming, timestamps, other models than those that take any name.
"""

import json
from typing import Any, Final

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from sandbox.credentials import TRANSCRIPTION_KEY
from sandbox.ledger import LedgerAnswer
from sandbox.requests import has_bearer
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
