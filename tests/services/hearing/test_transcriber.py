"""The recogniser's client: what it sends, how it reads the answers, and that nobody's voice or word is shown."""

import asyncio
import logging
import traceback
from datetime import timedelta
from email.message import Message
from email.parser import BytesParser

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.clients.http import make_client
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from services.hearing.transcriber import MOST_ANSWER_BYTES, PATIENCE_S, Transcriber, Transcript
from tests.kit.narrow import a
from tests.services.outside import FarEnd, breaker, said
from tests.table import table
from values.recording import AudioType

SOUND = b"OggS\x00canary of a voice\xff\xfe\r\n--"
PROMPT = "FakturaSmart, NIP"
CANARY = "kanarek"


def recogniser(client: httpx.AsyncClient, key: str = "tok", timeout_s: float = PATIENCE_S) -> Transcriber:
    return Transcriber(
        client,
        url="https://hears.example/v1",
        key=key,
        model="whisper-1",
        breaker=breaker("transcription"),
        timeout_s=timeout_s,
    )


async def heard(far: FarEnd, key: str = "tok") -> Transcript:
    return await recogniser(far.client, key).transcribe(
        SOUND, AudioType.OGG, locale="pl", prompt=PROMPT, key="note:7:1"
    )


def parts(request: httpx.Request) -> dict[str, Message]:
    """The parts of a multipart request by their names."""
    kind = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    whole = BytesParser().parsebytes(kind + request.content)
    return {str(p.get_param("name", header="content-disposition")): p for p in whole.walk() if p is not whole}


def content(part: Message) -> bytes:
    return a(bytes, part.get_payload(decode=True))


async def test_a_recording_goes_out_in_the_usual_form() -> None:
    far = FarEnd(said({"text": " Dzień dobry. \n"}))
    assert await heard(far) == Transcript("Dzień dobry.", None)
    [asked] = far.asked
    assert (asked.method, str(asked.url)) == ("POST", "https://hears.example/v1/audio/transcriptions")
    assert (asked.headers["authorization"], asked.headers["idempotency-key"]) == ("Bearer tok", "note:7:1")
    found = parts(asked)
    shown = {name: content(part).decode() for name, part in found.items() if name != "file"}
    assert shown == {"model": "whisper-1", "language": "pl", "prompt": PROMPT, "response_format": "json"}
    assert (found["file"].get_filename(), found["file"].get_content_type()) == ("note.ogg", "audio/ogg")
    assert SOUND in asked.content


async def test_each_kind_has_its_name_and_type() -> None:
    for kind in AudioType:
        far = FarEnd(said({"text": "x"}))
        await recogniser(far.client).transcribe(SOUND, kind, locale="it", prompt="", key="k")
        file = parts(far.asked[0])["file"]
        assert (file.get_filename(), file.get_content_type()) == (f"note.{kind.value}", kind.media_type)


async def test_what_is_not_known_is_not_sent() -> None:
    far = FarEnd(said({"text": "x"}), said({"text": "x"}))
    quiet = recogniser(far.client, key="")
    await quiet.transcribe(SOUND, AudioType.OGG, locale="", prompt="", key="k")
    assert "authorization" not in far.asked[0].headers
    assert parts(far.asked[0]).keys() == {"model", "response_format", "file"}
    await quiet.transcribe(SOUND, AudioType.OGG, locale="IT-it", prompt="", key="k")
    assert content(parts(far.asked[1])["language"]) == b"it"


async def test_a_recogniser_may_be_silent_for_as_long_as_it_is_waited_for() -> None:
    far = FarEnd(said({"text": "x"}))
    await heard(far)
    assert far.asked[0].extensions["timeout"]["read"] == PATIENCE_S == 15


@pytest.mark.parametrize(
    ("told", "duration"),
    [
        (3.5, 3.5),
        (61, 61.0),
        (0, 0.0),
        ("3.5", None),
        (None, None),
        (True, None),
        (-1, None),
        (10**400, None),
        ([3], None),
        ({"seconds": 3}, None),
    ],
)
async def test_the_duration_is_read_where_it_is_a_number(told: object, duration: float | None) -> None:
    assert (await heard(FarEnd(said({"text": "x", "duration": told, "segments": [{}]})))).duration == duration


async def test_a_duration_that_is_not_even_a_number_is_none() -> None:
    for odd in (b"NaN", b"Infinity", b"-Infinity", b"1e999"):
        far = FarEnd(httpx.Response(200, content=b'{"text": "x", "duration": ' + odd + b"}"))
        assert (await heard(far)).duration is None


@pytest.mark.parametrize(
    ("status", "error", "asked"),
    [
        *((status, Misconfigured, 1) for status in (301, 302, 401, 403, 402, 404, 405)),
        *((status, ProviderRefused, 1) for status in (400, 413, 415, 422)),
        *((status, ProviderUnavailable, 3) for status in (408, 409, 425, 500, 502, 503, 504)),
        (429, ProviderUnavailable, 1),
    ],
)
async def test_errors_are_sorted_by_who_can_mend_them(status: int, error: type[ServiceError], asked: int) -> None:
    far = FarEnd(*[said({"error": {"message": CANARY}}, status)] * 3)
    with pytest.raises(error) as raised:
        await heard(far)
    assert raised.value.origin == f"http {status}"
    assert CANARY not in f"{raised.value} {raised.value!r}"
    assert len(far.asked) == asked


async def test_a_page_of_a_proxy_that_refuses_is_a_refusal_too() -> None:
    with pytest.raises(ProviderRefused, match="recording_refused"):
        await heard(FarEnd(httpx.Response(413, text="<html>Request Entity Too Large")))


async def test_a_wait_that_is_asked_for_is_passed_on() -> None:
    with pytest.raises(ProviderUnavailable) as raised:
        await heard(FarEnd(said({}, 429, **{"Retry-After": "17"})))
    assert raised.value.retry_after == timedelta(seconds=17)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>kanarek",
        b"Dzie\xc5\x84 dobry.",
        b"null",
        b"[]",
        b'"kanarek"',
        b"{}",
        b'{"text": null}',
        b'{"text": 7}',
        b'{"text": ["kanarek"]}',
        b'{"error": {"message": "kanarek"}}',
        b'{"text": "kanarek"',
        b'{"text": "\\ud800"}',
        b"[" * 10_000,
        b'{"text": "' + b"a" * MOST_ANSWER_BYTES + b'"}',
    ],
)
async def test_what_is_no_answer_is_none(body: bytes) -> None:
    far = FarEnd(*[httpx.Response(200, content=body)] * 3)
    with pytest.raises(ProviderUnavailable, match="garbage") as raised:
        await heard(far)
    assert CANARY not in "".join(traceback.format_exception(raised.value))


async def test_an_empty_text_is_an_answer() -> None:
    assert (await heard(FarEnd(said({"text": ""})))).text == ""


async def test_a_lost_answer_is_asked_for_again_under_the_same_key() -> None:
    far = FarEnd(httpx.ReadError("lost"), httpx.ConnectError("no"), said({"text": "tak"}))
    assert (await heard(far)).text == "tak"
    assert len({request.content for request in far.asked}) == 1
    assert {request.headers["idempotency-key"] for request in far.asked} == {"note:7:1"}


async def test_one_that_hangs_is_left_in_time() -> None:
    async def hang(_request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    slow = recogniser(make_client(transport=httpx.MockTransport(hang)), timeout_s=0.01)
    with pytest.raises(ProviderUnavailable, match="too_slow"):
        await slow.transcribe(SOUND, AudioType.OGG, locale="pl", prompt="", key="k")


@table("text", ["kanarek", ""])
def test_a_transcript_shows_no_words(text: str) -> None:
    assert repr(Transcript(text, 3.0)) == "Transcript(duration=3.0)"
    assert "kanarek" not in f"{Transcript(text, None)}"


ANSWERS = st.sampled_from([200, 204, 302, 400, 401, 404, 413, 422, 429, 500, 503])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(status=ANSWERS, sound=st.binary(max_size=40), words=st.text(max_size=40), whole=st.booleans())
def test_neither_voice_nor_words_are_logged_or_shown(
    caplog: pytest.LogCaptureFixture, status: int, sound: bytes, words: str, whole: bool
) -> None:
    async def told() -> str:
        audio, text = b"OggS-kanarek-" + sound, f"kanarek {words}"
        answer = said({"text": text}, status) if whole else httpx.Response(status, text=f"<html>{text}")
        line = recogniser(FarEnd(*[answer] * 3).client)
        try:
            found = await line.transcribe(audio, AudioType.OGG, locale="pl", prompt=f"kanarek {words}", key="k")
        except ServiceError as error:
            return f"{error} {error!r} {vars(error)} {error.__cause__} {line!r}"
        return f"{found} {found!r} {line!r}"

    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        assert CANARY not in asyncio.run(told())
    assert CANARY not in caplog.text
