"""`okienko hear` (extra `hearing`): a recogniser on one's own machine, which answers `/v1/audio/transcriptions`.

A process of its own: strangers' files are decoded beside none of the desk's data. It listens on loopback, takes what
the desk sends (`services/hearing/transcriber.py`), writes no file, and keeps nothing but answers that a repeat may ask
for.
"""

import asyncio
import importlib
import io
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Protocol

import structlog
import typer
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.app import logs
from bot.app.settings import Settings
from bot.cli import refuse
from bot.web.guard import RequestTurnedAway, Tokens, capped_body, shows_token
from bot.web.recording_form import LARGEST_FORM, RecordingForm, read_recording
from services.errors import describe
from services.hearing.transcriber import Transcript
from values.loopback import is_loopback
from values.recording import MOST_SECONDS, is_too_long, length_s

PORT = 8082
MOST_WAITING = 3
"""So many recordings wait while one is heard: another one's customer would have stopped waiting before its turn."""
MOST_CONNECTIONS = 16
KEPT_S = 120.0
"""So long, in seconds, an answer is there for a repeat, whose first request was given up."""
RATE = 16_000
"""Samples a second, as Whisper wants them."""
TEMPERATURES = (0.0, 0.4)
"""The library's four warmer tries take longer than a customer waits."""
MISSING = (
    "hearing needs the extra `hearing` and a model. In a checkout run `make hearing`; elsewhere"
    " `pip install 'okienko[hearing]'` and `okienko hear --fetch small`"
)
_LOOPBACK = "127.0.0.1"
_log = structlog.get_logger(__name__)


class Recogniser(Protocol):
    """A model that hears; one thread at a time asks it."""

    def hear(self, sound: bytes, language: str, prompt: str) -> Transcript:
        """Return the words of a sound file; no `language` has it guessed. Raises RequestTurnedAway."""
        ...


class Whisper:
    """A model in a folder, by the library faster-whisper. Raises OSError or RuntimeError where none is there."""

    def __init__(self, library: Any, folder: Path) -> None:
        if not (folder / "model.bin").is_file():
            raise FileNotFoundError("model.bin is missing")
        self._av: Any = importlib.import_module("av")
        self._numpy: Any = importlib.import_module("numpy")
        self._model = library.WhisperModel(str(folder), compute_type="int8")

    def hear(self, sound: bytes, language: str, prompt: str) -> Transcript:
        """Return the words and how long the sound is."""
        if language and language not in self._model.supported_languages:
            raise RequestTurnedAway(404, f"the model knows no {language!r}: fetch one of several languages")
        given = {"language": language or None, "initial_prompt": prompt or None, "temperature": TEMPERATURES}
        segments, told = self._model.transcribe(self._samples(sound), vad_filter=True, **given)
        return Transcript("".join(segment.text for segment in segments).strip(), told.duration)

    def _samples(self, sound: bytes) -> Any:
        """Return the decoded sound, no longer than is taken: a small file can hold days of silence."""
        resampler = self._av.AudioResampler(format="flt", layout="mono", rate=RATE)
        parts: list[Any] = []
        taken = 0
        try:
            with self._av.open(io.BytesIO(sound), metadata_errors="ignore") as file:
                for frame in chain(file.decode(audio=0), [None]):
                    new = [part.to_ndarray() for part in resampler.resample(frame)]
                    parts += new
                    taken += sum(part.shape[1] for part in new)
                    _refuse_long(taken / RATE)
            return self._numpy.concatenate(parts, axis=1)[0]
        except (self._av.FFmpegError, IndexError, ValueError):
            raise RequestTurnedAway(400, "the audio file could not be decoded") from None


class Ears:
    """The server: one recording is heard at a time, a few wait, and others are sent away for a moment."""

    def __init__(self, recogniser: Recogniser, tokens: Tokens = ()) -> None:
        self._recogniser = recogniser
        self._tokens = tokens
        self._thread = ThreadPoolExecutor(1)
        self._jobs: dict[object, asyncio.Future[Transcript]] = {}

    def make_app(self) -> Starlette:
        """Return what answers: the recogniser's path, and `/healthz`."""
        transcribe = Route("/v1/audio/transcriptions", self._transcribe, methods=["POST"])
        return Starlette(routes=[transcribe, Route("/healthz", self._tell_health)])

    async def _tell_health(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok", "under_way": self._under_way()})

    def _under_way(self) -> int:
        return sum(not job.done() for job in self._jobs.values())

    async def _transcribe(self, request: Request) -> Response:
        try:
            self._admit(request)
            form = await read_recording(request, await capped_body(request, LARGEST_FORM))
            said = await self._hear(form, request.headers.get("idempotency-key", ""))
        except RequestTurnedAway as turned:
            wait = {"Retry-After": str(turned.wait)} if turned.wait else None
            error = {"message": turned.error, "type": "invalid_request_error", "param": None, "code": None}
            return JSONResponse({"error": error}, turned.status, headers=wait)
        return JSONResponse({"text": said.text, "duration": said.duration})

    def _admit(self, request: Request) -> None:
        """Refuse pages of the web, whatever name leads them here, and who lacks the key where one is set."""
        if not is_loopback(request.url.hostname or "") or "origin" in request.headers:
            raise RequestTurnedAway(403, "no page may ask here")
        if self._tokens and not shows_token(request, self._tokens):
            raise RequestTurnedAway(401, "the bearer of OKIENKO_TRANSCRIPTION_KEY is needed")

    async def _hear(self, form: RecordingForm, key: str) -> Transcript:
        if not form.fields.get("model"):
            raise RequestTurnedAway(400, "model: any name")
        if form.fields.get("response_format", "json") != "json":
            raise RequestTurnedAway(400, "response_format: json alone")
        _refuse_long(length_s(form.sound))
        name: object = (key, form.mark) if key else object()
        job = self._jobs.get(name)
        if job is None:
            if self._under_way() > MOST_WAITING:
                raise RequestTurnedAway(429, "others are being heard", wait=5)
            ask = partial(self._ask, form.sound, form.fields.get("language", ""), form.fields.get("prompt", ""))
            job = self._jobs[name] = asyncio.get_running_loop().run_in_executor(self._thread, ask)
            job.add_done_callback(lambda done: self._forget_later(name, done))
        return await asyncio.shield(job)

    def _forget_later(self, name: object, done: asyncio.Future[Transcript]) -> None:
        failed = done.cancelled() or done.exception() is not None
        asyncio.get_running_loop().call_later(0 if failed else KEPT_S, self._jobs.pop, name, None)

    def _ask(self, sound: bytes, language: str, prompt: str) -> Transcript:
        try:
            return self._recogniser.hear(sound, language, prompt)
        except RequestTurnedAway:
            raise
        except Exception as error:
            _log.error("recogniser_failed", alarm=True, **describe(error))
            raise RequestTurnedAway(500, "the recogniser failed; its log tells at which place") from error


def _refuse_long(seconds: float | None) -> None:
    if is_too_long(seconds):
        raise RequestTurnedAway(413, f"file: at most {MOST_SECONDS} seconds")


def make_server(ears: Ears) -> uvicorn.Server:
    """Return a server that, told to end, takes no more and answers all that is under way."""
    return uvicorn.Server(
        uvicorn.Config(
            ears.make_app(),
            lifespan="off",
            log_level="critical",
            log_config=None,
            access_log=False,
            limit_concurrency=MOST_CONNECTIONS,
        )
    )


def hear(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.")] = PORT,
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the model; default: `whisper` in OKIENKO_DATA_DIR.")
    ] = None,
    fetch: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Fetch this model (base, small, medium …) into the folder, and end."),
    ] = None,
) -> None:
    """Turn recordings into words on this machine, for desks that name it in OKIENKO_TRANSCRIPTION_URL.

    The extra `hearing` is needed. With OKIENKO_TRANSCRIPTION_KEY set, whoever asks must bear it.
    """
    settings = Settings()
    logs.configure(settings.log_level)
    folder = model or settings.data_dir / "whisper"
    try:
        library: Any = importlib.import_module("faster_whisper")
        if fetch:
            library.download_model(fetch, output_dir=str(folder))
            typer.echo(f"{fetch} is in {folder}")
            return
        recogniser = Whisper(library, folder)
    except ModuleNotFoundError as missing:
        refuse(f"{missing}: {MISSING}")
    except (OSError, RuntimeError, ValueError) as error:
        refuse(error if fetch else f"no model in {folder}: {error}. {MISSING}")
    try:
        listening = socket.create_server((_LOOPBACK, port))
    except OSError as error:
        refuse(f"can't listen on port {port}: {error.strerror}")
    key = settings.transcription_key
    with listening:
        typer.echo(f"OKIENKO_TRANSCRIPTION_URL=http://{_LOOPBACK}:{listening.getsockname()[1]}/v1")
        make_server(Ears(recogniser, (key,) if key is not None else ())).run(sockets=[listening])
