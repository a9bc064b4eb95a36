"""A recogniser of speech behind `POST …/audio/transcriptions`, in the form that OpenAI has made common.

Self-hosted servers speak it, too (docs/how-to/hear-voice-notes.md). The answer's `text` is all that is needed. A
repeat is harmless: the same sound gives the same words, and those who know the header `Idempotency-Key` count it once.
"""

import httpx
from pydantic import JsonValue

from services.clients.http import HttpAnswer
from services.clients.provider_client import Breaker, ProviderClient
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable
from services.late_model import LateModel
from values.private import Private, PrivateStruct
from values.recording import AudioType

PATIENCE_S = 15.0
"""In all: a customer waits."""
MOST_ANSWER_BYTES = 64 * 1024
LONGEST_S = 24 * 3600.0
"""A duration beyond it, in seconds, is none."""
#: This recording isn't taken: too large, of a kind or form that the recogniser can't read.
REFUSED = frozenset({400, 413, 415, 422})
#: The far end gave the request up, or has it in hand already.
BUSY = frozenset({408, 409, 425})


class Transcript(PrivateStruct):
    """The words of a recording; `duration` in seconds, where the recogniser told it."""

    text: Private[str]
    duration: float | None


class _Heard(LateModel):
    text: str
    duration: JsonValue = None


class Transcriber:
    """Turns recordings into words. `url` ends in `/v1`; without a `key` no authorization is sent."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        key: str,
        model: str,
        breaker: Breaker,
        timeout_s: float = PATIENCE_S,
    ) -> None:
        self._client = client
        self._url = f"{url.rstrip('/')}/audio/transcriptions"
        self._authorization = {"Authorization": f"Bearer {key}"} if key else {}
        self._model = model
        self._timeout_s = timeout_s
        self._line = ProviderClient(client, breaker, timeout_s=timeout_s, most_bytes=MOST_ANSWER_BYTES)

    async def transcribe(self, audio: bytes, kind: AudioType, *, locale: str, prompt: str, key: str) -> Transcript:
        """Return the words of a recording in the language of `locale`; `prompt` names words that may well be said.

        `key` names the recording: a repeat bears the same. Raises ProviderRefused("recording_refused"),
        ProviderUnavailable (ask again with the same key), Misconfigured.
        """
        request = self._client.build_request(
            "POST",
            self._url,
            headers={**self._authorization, "Idempotency-Key": key},
            data=self._form(locale, prompt),
            files={"file": (f"note.{kind.value}", audio, kind.media_type)},
            # A recogniser says nothing until it has heard all, for longer than most providers are silent.
            timeout=httpx.Timeout(self._timeout_s, connect=3.0, pool=3.0),
        )
        async with self._line.operation(subject=key, within_s=self._timeout_s):
            return await self._line.send(request, _read, repeatable=True)

    def _form(self, locale: str, prompt: str) -> dict[str, str]:
        language = locale[:2].lower()
        return {
            "model": self._model,
            **({"language": language} if len(language) == 2 else {}),
            **({"prompt": prompt} if prompt else {}),
            "response_format": "json",
        }


def _read(answer: HttpAnswer) -> Transcript:
    origin = f"http {answer.checked().status}"
    if answer.status in REFUSED:
        raise ProviderRefused("recording_refused", origin=origin)
    if answer.status in BUSY:
        raise ProviderUnavailable(origin=origin, uncertain=True)
    if answer.status >= 400:
        # The path, the model or the account: no customer can mend it.
        raise Misconfigured("recogniser", origin=origin)
    heard = answer.read_as(_Heard)
    return Transcript(heard.text.strip(), _seconds(heard.duration))


def _seconds(told: JsonValue) -> float | None:
    """Return a duration as it was told; None for what can be none: `NaN` lies between no bounds."""
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    return float(told) if 0 <= told <= LONGEST_S else None
