"""The one place that makes HTTP clients and that turns httpx's errors and common statuses into ours."""

import asyncio
import json
import logging
import ssl
from collections.abc import Container
from datetime import timedelta
from functools import cache
from typing import Annotated, TypeVar

import httpx
from pydantic import BaseModel, StringConstraints, ValidationError

from services.crash import crash_point
from services.errors import Misconfigured, ProviderUnavailable
from values.private import Private, PrivateStruct

Model = TypeVar("Model", bound=BaseModel)
#: An address as settings hold it.
Url = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]

#: No provider's answer comes near this; a larger one is not the provider speaking.
MAX_ANSWER_BYTES = 2 * 1024 * 1024
TOO_LONG = "too long"
#: A far end may ask us to wait, but not for longer than this.
MAX_WAIT = timedelta(hours=24)


@cache
def load_trusted() -> ssl.SSLContext:
    """Return the certificates that all clients of a process go by: reading them takes 30 ms each time."""
    return httpx.create_ssl_context()


def make_client(*, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Return a client for providers: short time-outs, bounded pool, no redirects (they would carry keys elsewhere).

    Loopback is always reached directly, whatever proxy the environment names. httpx's own line per request is silenced:
    addresses hold tax numbers and tokens.
    """
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return httpx.AsyncClient(
        verify=load_trusted(),
        transport=transport,
        timeout=httpx.Timeout(10.0, connect=3.0, pool=3.0),
        limits=httpx.Limits(max_connections=50, max_keepalive_connections=10, keepalive_expiry=30),
        follow_redirects=False,
        headers={"User-Agent": "okienko"},
        mounts={"all://127.0.0.1": transport, "all://localhost": transport, "all://[::1]": transport},
    )


class HttpAnswer(PrivateStruct):
    """An HTTP answer of the far end. The repr leaves the body out: it may hold personal data."""

    status: int
    headers: Private[httpx.Headers]
    body: Private[bytes]

    def checked(self, answers: Container[int] = ()) -> "HttpAnswer":
        """Return this answer, unless its status alone says that there is nothing to read.

        `answers` are statuses beside the 2xx that this API answers with, such as a 302 with a body. Raises
        Misconfigured for a refused key or a redirect, ProviderUnavailable for an overloaded or broken far end.
        """
        if self.status in answers:
            return self
        if self.status in (401, 403):
            raise Misconfigured("credentials_refused", origin=f"http {self.status}")
        if 300 <= self.status < 400:
            raise Misconfigured("redirected", origin=f"http {self.status}")
        if self.status == 429:
            raise ProviderUnavailable(
                "too_many_requests", origin="http 429", retry_after=self._wait() or timedelta(seconds=30)
            )
        if self.status >= 500:
            raise ProviderUnavailable(origin=f"http {self.status}", retry_after=self._wait(), uncertain=True)
        return self

    def checked_json(self, answers: Container[int] = ()) -> "HttpAnswer":
        """Check as `checked`; a body that is no JSON at all (a proxy's page) is no answer either: Unavailable."""
        try:
            json.loads(self.checked(answers).body)
        except (ValueError, RecursionError):
            raise ProviderUnavailable("garbage", origin=f"http {self.status}", uncertain=True) from None
        return self

    def read_as(self, model: type[Model]) -> Model:
        """Return the JSON body as `model`; anything else is no answer of this provider, so Unavailable."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError:
            # The validation error quotes the body, so it must not be chained.
            raise ProviderUnavailable("garbage", origin=f"http {self.status}", uncertain=True) from None

    def _wait(self) -> timedelta | None:
        """Return the wait asked for in Retry-After, given in seconds (dates are not used by our providers)."""
        asked = self.headers.get("retry-after", "").strip()
        if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
            return None
        return min(timedelta(seconds=int(asked)), MAX_WAIT)


async def fetch(
    client: httpx.AsyncClient, request: httpx.Request, *, timeout_s: float, most_bytes: int = MAX_ANSWER_BYTES
) -> HttpAnswer:
    """Send one request once and read the whole answer, of at most `most_bytes`, within `timeout_s` seconds.

    Raises ProviderUnavailable; it is `uncertain` unless the request certainly never left.
    """
    crash_point(f"before {(what := _named(request))}")
    try:
        async with asyncio.timeout(timeout_s):
            response = await client.send(request, stream=True)
            try:
                body = await _read(response, most_bytes)
            finally:
                await response.aclose()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise ProviderUnavailable("unreachable", origin=type(error).__name__) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ProviderUnavailable("no_answer", origin=type(error).__name__, uncertain=True) from None
    except TimeoutError:
        raise ProviderUnavailable("too_slow", uncertain=True) from None
    crash_point(f"after {what}")
    return HttpAnswer(response.status_code, response.headers, body)


def _named(request: httpx.Request) -> str:
    """Return the method and the last part of the path that is no number or id of anything."""
    words = [part for part in request.url.path.split("/") if part and not any(letter.isdigit() for letter in part)]
    return f"{request.method} {words[-1] if words else '/'}"


async def _read(response: httpx.Response, most_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > most_bytes:
            raise ProviderUnavailable("garbage", origin=TOO_LONG, uncertain=True)
    return bytes(body)
