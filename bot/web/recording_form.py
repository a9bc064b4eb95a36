"""A recording in `multipart/form-data`, as REST and the web chat take it: `file`, and `metadata` in JSON."""

import hashlib
import json
from collections.abc import AsyncGenerator, Mapping
from typing import cast

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from bot.web.guard import RequestTurnedAway
from values.private import Private, PrivateStruct
from values.recording import MOST_BYTES, AudioType, audio_type

MOST_METADATA_BYTES = 64 * 1024
LARGEST_FORM = MOST_BYTES + 4 * MOST_METADATA_BYTES
"""Bytes of a whole request: the file, four fields, and what stands between them."""


class RecordingForm(PrivateStruct):
    """A sound file with its digest as its mark, the form's fields, and what its `metadata` say, of whatever kind."""

    sound: Private[bytes]
    mark: str
    fields: Private[Mapping[str, str]]
    metadata: Private[object]


async def read_recording(request: Request, body: bytes) -> RecordingForm:
    """Return the recording in a body that was read whole. Raises RequestTurnedAway 400, 413 or 415."""

    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        parser = MultiPartParser(request.headers, whole(), max_files=1, max_fields=4, max_part_size=MOST_METADATA_BYTES)
        parser.spool_max_size = LARGEST_FORM  # a voice is never written to a temporary file
        form = await parser.parse()
        file = form.get("file")
        sound = await file.read() if isinstance(file, UploadFile) else b""
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        metadata = cast("object", json.loads(fields.get("metadata") or "{}"))
    except (MultiPartException, KeyError, ValueError, RecursionError):
        raise RequestTurnedAway(400, "multipart/form-data is needed, with metadata (JSON) and file") from None
    if len(sound) > MOST_BYTES:
        raise RequestTurnedAway(413, f"file: at most {MOST_BYTES} bytes")
    if audio_type(sound) is None:
        raise RequestTurnedAway(415, f"file: one of {', '.join(AudioType)}")
    return RecordingForm(sound, hashlib.sha256(sound).hexdigest(), fields, metadata)
