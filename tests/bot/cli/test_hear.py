"""`okienko hear` over real HTTP with a recogniser of the test; its contract is the sandbox's stand-in's, too."""

import asyncio
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import httpx
import numpy
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from bot.cli import build, hear
from bot.cli.hear import MISSING, MOST_WAITING, Ears, Whisper, make_server
from bot.web.guard import RequestTurnedAway
from bot.web.recording_form import LARGEST_FORM
from sandbox.credentials import TRANSCRIPTION_KEY
from services.clients.http import make_client
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable
from services.hearing.transcriber import REFUSED, Transcriber, Transcript
from tests.kit.narrow import present
from tests.services.outside import breaker
from tests.services.standins import ROOT, StandIns
from tests.sounds import SOUNDS, ogg
from values.recording import MOST_BYTES, AudioType

SOUND = ogg(2)
KEY = SecretStr(TRANSCRIPTION_KEY)
PATH = "/v1/audio/transcriptions"


pytestmark = pytest.mark.usefixtures("kept_logging")


@dataclass
class Told:
    """A recogniser that says what it is told, once it may."""

    words: list[Transcript] = field(default_factory=list[Transcript])
    asked: list[tuple[bytes, str, str]] = field(default_factory=list[tuple[bytes, str, str]])
    may: threading.Event = field(default_factory=threading.Event)
    fault: Exception | None = None

    def hear(self, sound: bytes, language: str, prompt: str) -> Transcript:
        self.asked.append((sound, language, prompt))
        assert self.may.wait(60)
        if self.fault is not None:
            raise self.fault
        return self.words.pop(0) if self.words else Transcript("", None)


@dataclass
class Ear:
    """The server at work."""

    told: Told
    server: Any
    serving: asyncio.Task[None]
    client: httpx.AsyncClient
    url: str

    async def post(self, sound: bytes = SOUND, key: str = "", **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {TRANSCRIPTION_KEY}", **({"Idempotency-Key": key} if key else {})}
        given: dict[str, Any] = {
            "data": {"model": "m"},
            "files": {"file": ("/etc/../note.ogg", sound)},
            "timeout": 60,
            **more,
        }
        return await self.client.post(self.url + PATH, headers=headers | given.pop("headers", {}), **given)

    async def reaches(self, under_way: int) -> None:
        """Ask for its health until so many recordings are under way."""
        while (await self.client.get(f"{self.url}/healthz")).json() != {"status": "ok", "under_way": under_way}:
            pass

    async def closes(self) -> None:
        """Come as strangers until none is let in; those who were in the queue at that moment are cut off."""
        while True:
            async with httpx.AsyncClient() as stranger:
                try:
                    await stranger.get(f"{self.url}/healthz")
                except httpx.ConnectError:
                    break
                except httpx.TransportError:
                    continue


@asynccontextmanager
async def listening(told: Told) -> AsyncIterator[Ear]:
    server = make_server(Ears(told, (KEY,)))
    with socket.create_server(("127.0.0.1", 0)) as bound:
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        async with make_client() as client:
            url = f"http://127.0.0.1:{bound.getsockname()[1]}"
            yield Ear(told, server, serving, client, url)
        told.may.set()
        server.should_exit = True
        await serving


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    told = Told()
    told.may.set()
    async with listening(told) as made:
        yield made


@dataclass
class Contract:
    """A recogniser by its address, and a way to tell what it hears next."""

    client: httpx.AsyncClient
    url: str
    tell: Callable[[str, float | None], Awaitable[None]]

    async def hear(self, sound: bytes = SOUND, *, bearer: str = TRANSCRIPTION_KEY, key: str = "k") -> Transcript:
        line = Transcriber(self.client, url=self.url, key=bearer, model="m", breaker=breaker("transcription"))
        return await line.transcribe(sound, AudioType.OGG, locale="pl", prompt="NIP, KSeF", key=key)

    async def answer(self, **more: Any) -> httpx.Response:
        given: dict[str, Any] = {"data": {"model": "m"}, "files": {"file": ("a.ogg", SOUND)}, **more}
        headers = {"Authorization": f"Bearer {TRANSCRIPTION_KEY}"}
        return await self.client.post(f"{self.url}/audio/transcriptions", headers=headers, **given)


@pytest.fixture(params=["stand-in", "okienko hear"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Contract]:
    if request.param == "stand-in":
        world = StandIns(tmp_path)

        async def tell(text: str, duration: float | None) -> None:
            told = {"text": text, "duration": duration}
            assert (await world.client.post(f"{ROOT}/sandbox/api/recordings", json=told)).status_code == 200

        yield Contract(world.client, world.endpoints["transcription"]["url"], tell)
        return
    told = Told()
    told.may.set()

    async def put(text: str, duration: float | None) -> None:
        told.words.append(Transcript(text, duration))

    async with listening(told) as made:
        yield Contract(made.client, f"{made.url}/v1", put)


async def test_both_hear_a_recording_once_a_key(either: Contract) -> None:
    await either.tell("Dzień dobry", 2.5)
    await either.tell("tak", None)
    assert await either.hear() == Transcript("Dzień dobry", 2.5)
    assert await either.hear() == Transcript("Dzień dobry", 2.5), "a repeat"
    assert await either.hear(key="another") == Transcript("tak", None)
    assert await either.hear(key="silence") == Transcript("", None)


async def test_both_refuse_wrong_keys_and_recordings_that_are_none(either: Contract) -> None:
    for wrong in ("", "wrong"):
        with pytest.raises(Misconfigured, match="credentials_refused"):
            await either.hear(bearer=wrong)
    for sound in (b"", bytes(26 * 1024 * 1024)):
        with pytest.raises(ProviderRefused, match="recording_refused"):
            await either.hear(sound)


@pytest.mark.parametrize(
    "asked",
    [
        {"data": {}},
        {"files": {"other": ("a.ogg", SOUND)}},
        {"files": {}, "data": {"model": "m", "file": "words"}},
        {"files": {}, "data": {}, "content": b"{}"},
        {"data": {"model": "m", "response_format": "srt"}},
    ],
)
async def test_both_refuse_what_lacks_something(either: Contract, asked: dict[str, Any]) -> None:
    await either.tell("for a better one", None)
    refused = await either.answer(**asked)
    assert refused.status_code in REFUSED
    assert refused.json()["error"]["message"]
    assert (await either.hear()).text == "for a better one"


async def test_the_recogniser_gets_what_the_desk_says(ear: Ear) -> None:
    said = {"model": "m", "language": "it", "prompt": "KSeF", "response_format": "json"}
    assert (await ear.post(data=said)).json() == {"text": "", "duration": None}
    assert (await ear.post()).status_code == 200
    assert ear.told.asked == [(SOUND, "it", "KSeF"), (SOUND, "", "")]


async def test_every_kind_of_file_that_the_desk_takes_is_taken(ear: Ear) -> None:
    for sound in (made(1) for made, _kind in SOUNDS.values()):
        assert (await ear.post(sound)).status_code == 200
    assert len(ear.told.asked) == len(SOUNDS)


@pytest.mark.parametrize(
    ("sound", "status"), [(ogg(61), 413), (SOUND + bytes(MOST_BYTES), 413), (b"%PDF-1.7" + bytes(99), 415)]
)
async def test_what_is_too_long_too_large_or_no_sound_isnt_heard(ear: Ear, sound: bytes, status: int) -> None:
    assert (await ear.post(sound)).status_code == status
    assert ear.told.asked == []


async def test_a_body_of_untold_length_is_counted(ear: Ear) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(1 + LARGEST_FORM // 65_536):
            yield bytes(65_536)

    assert (await ear.post(files=None, data=None, content=chunks())).status_code == 413


@pytest.mark.parametrize("header", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
async def test_no_page_may_ask(ear: Ear, header: dict[str, str]) -> None:
    assert (await ear.post(headers=header)).status_code == 403
    assert ear.told.asked == []


async def test_one_is_heard_at_a_time_a_few_wait_and_others_are_sent_away() -> None:
    told = Told()
    async with listening(told) as ear:
        waiting = [asyncio.create_task(ear.post()) for _ in range(1 + MOST_WAITING)]
        await ear.reaches(1 + MOST_WAITING)
        one_more = await ear.post()
        assert (one_more.status_code, one_more.headers["retry-after"]) == (429, "5")
        assert len(told.asked) == 1
        told.may.set()
        assert {(await answer).status_code for answer in waiting} == {200}
        assert (await ear.post()).status_code == 200


async def test_a_repeat_under_way_waits_for_the_same_answer() -> None:
    told = Told([Transcript("raz", 1.0)])
    async with listening(told) as ear:
        both = [asyncio.create_task(ear.post(key="k")) for _ in range(2)]
        await ear.reaches(1)
        told.may.set()
        assert [(await answer).json()["text"] for answer in both] == ["raz", "raz"]
        assert (await ear.post(ogg(1), key="k")).json()["text"] == "", "another sound under the same key"


async def test_an_answer_is_forgotten_in_time(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hear, "KEPT_S", 0)
    ear.told.words += [Transcript("raz", None), Transcript("dwa", None)]
    assert [(await ear.post(key="k")).json()["text"] for _ in range(2)] == ["raz", "dwa"]


async def test_a_recogniser_that_fails_is_told_in_the_log_and_asked_again(
    ear: Ear, capfd: pytest.CaptureFixture[str]
) -> None:
    ear.told.fault = RuntimeError("out of memory, kanarek")
    failed = await ear.post(key="k")
    assert failed.status_code == 500
    assert "kanarek" not in failed.text
    written = "".join(capfd.readouterr())
    assert "recogniser_failed" in written
    assert "kanarek" not in written
    ear.told.fault = RequestTurnedAway(400, "unreadable")
    assert (await ear.post(key="k")).status_code == 400
    ear.told.fault = None
    assert (await ear.post(key="k")).status_code == 200


async def test_told_to_end_it_answers_what_is_under_way() -> None:
    told = Told([Transcript("do końca", None)])
    async with listening(told) as ear:
        last = asyncio.create_task(ear.post())
        await ear.reaches(1)
        ear.server.should_exit = True
        await ear.closes()
        told.may.set()
        assert (await last).json()["text"] == "do końca"
        await ear.serving


async def test_the_desk_waits_while_others_are_heard() -> None:
    told = Told()
    async with listening(told) as ear:
        waiting = [asyncio.create_task(ear.post()) for _ in range(1 + MOST_WAITING)]
        await ear.reaches(1 + MOST_WAITING)
        with pytest.raises(ProviderUnavailable) as raised:
            await Contract(ear.client, f"{ear.url}/v1", lambda *_: asyncio.sleep(0)).hear()
        assert raised.value.retry_after is not None
        told.may.set()
        await asyncio.gather(*waiting)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(build("hear"), ["hear", *arguments])


def test_without_the_extra_the_commands_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OKIENKO_DATA_DIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    for asked in ((), ("--fetch", "small")):
        ended = run(*asked)
        assert ended.exit_code == 1
        assert MISSING in ended.output


def test_without_a_model_the_commands_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for library in ("faster_whisper", "av"):
        monkeypatch.setitem(sys.modules, library, SimpleNamespace())
    ended = run("--model", str(tmp_path))
    assert ended.exit_code == 1
    assert str(tmp_path) in ended.output
    assert MISSING in ended.output


def test_a_model_is_fetched_into_the_folder_or_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fetched: list[tuple[str, str]] = []

    def download(name: str, *, output_dir: str) -> None:
        if name == "huge":
            raise ValueError("Invalid model size 'huge'")
        fetched.append((name, output_dir))

    monkeypatch.setitem(sys.modules, "faster_whisper", SimpleNamespace(download_model=download))
    assert run("--fetch", "small", "--model", str(tmp_path)).exit_code == 0
    assert fetched == [("small", str(tmp_path))]
    ended = run("--fetch", "huge", "--model", str(tmp_path))
    assert ended.exit_code == 1
    assert "Invalid model size" in ended.output
    assert MISSING not in ended.output


class Unreadable(Exception):
    """Stands for the decoder's error."""


class PlayedDecoder:
    """PyAV with files that hold so many seconds; None for one that it can't read."""

    FFmpegError = Unreadable

    def __init__(self, seconds: int | None) -> None:
        self.seconds = seconds
        self.decoded = 0

    def AudioResampler(self, **how: object) -> Any:
        assert how == {"format": "flt", "layout": "mono", "rate": 16_000}
        return SimpleNamespace(resample=lambda frame: [] if frame is None else [frame])

    @contextmanager
    def open(self, file: BytesIO, **_how: object) -> Iterator[Any]:
        if self.seconds is None:
            raise Unreadable
        assert file.read() == SOUND
        yield SimpleNamespace(decode=self.decode)

    def decode(self, audio: int) -> Iterator[Any]:
        for _ in range(present(self.seconds)):
            self.decoded += 1
            yield SimpleNamespace(to_ndarray=lambda: numpy.ones((1, 16_000), numpy.float32))


class PlayedModel:
    supported_languages: ClassVar = ["pl", "it"]

    def __init__(self, folder: str, **how: object) -> None:
        self.asked: list[tuple[int, dict[str, Any]]] = []

    def transcribe(self, samples: Any, **how: Any) -> Any:
        self.asked.append((len(samples), how))
        return iter([SimpleNamespace(text=" Dzień"), SimpleNamespace(text=" dobry. ")]), SimpleNamespace(duration=2.0)


def whisper(monkeypatch: pytest.MonkeyPatch, folder: Path, decoder: PlayedDecoder) -> Any:
    (folder / "model.bin").touch()
    monkeypatch.setitem(sys.modules, "av", decoder)
    return Whisper(SimpleNamespace(WhisperModel=PlayedModel), folder)


def test_the_model_gets_samples_language_and_prompt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    heard = whisper(monkeypatch, tmp_path, PlayedDecoder(2))
    assert heard.hear(SOUND, "pl", "KSeF") == Transcript("Dzień dobry.", 2.0)
    heard.hear(SOUND, "", "")
    told = [(length, how["language"], how["initial_prompt"], how["vad_filter"]) for length, how in heard._model.asked]
    assert told == [(32_000, "pl", "KSeF", True), (32_000, None, None, True)]


@pytest.mark.parametrize(("seconds", "language", "status"), [(None, "", 400), (0, "", 400), (2, "de", 404)])
def test_what_the_model_cant_hear_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seconds: int | None, language: str, status: int
) -> None:
    with pytest.raises(RequestTurnedAway) as refused:
        whisper(monkeypatch, tmp_path, PlayedDecoder(seconds)).hear(SOUND, language, "")
    assert refused.value.status == status


def test_a_small_file_of_days_is_left_after_a_minute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    decoder = PlayedDecoder(3 * 86_400)
    with pytest.raises(RequestTurnedAway, match="60 seconds"):
        whisper(monkeypatch, tmp_path, decoder).hear(SOUND, "", "")
    assert decoder.decoded == 61
