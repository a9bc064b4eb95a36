"""A line to one provider over HTTP: time limit, quick retries and the circuit breaker in one place."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import httpx
import stamina

from services.clients.breaker import Breaker
from services.clients.http import HttpAnswer, fetch
from services.errors import ProviderUnavailable

Read = TypeVar("Read")


class ProviderClient:
    """Sends a provider's requests. `timeout_s` is for one try, `tries` for one request.

    Only quick hiccups are ridden out here; waiting for minutes belongs to the stored call that asked.
    """

    def __init__(self, client: httpx.AsyncClient, breaker: Breaker, *, timeout_s: float = 8.0, tries: int = 3) -> None:
        self._client = client
        self._breaker = breaker
        self._timeout_s = timeout_s
        self._tries = tries

    @asynccontextmanager
    async def operation(self, subject: str = "", within_s: float | None = None) -> AsyncGenerator[None]:
        """Let the breaker count one question to the provider, of one request or several, as one.

        `within_s` bounds the whole in seconds. Raises Unavailable when the breaker is open or the time is up.
        """
        with self._breaker.guard(subject):
            try:
                async with asyncio.timeout(within_s):
                    yield
            except TimeoutError:
                raise ProviderUnavailable("too_slow", origin=self._breaker.name, uncertain=True) from None

    async def send(self, request: httpx.Request, read: Callable[[HttpAnswer], Read], *, repeatable: bool) -> Read:
        """Send `request` and give what `read` makes of the answer; `read` raises what the answer means.

        `repeatable` says that the far end tells a repeat from a second wish (a read, or a key is sent). Then any quick
        failure is tried again, else only one in which the request certainly was not carried out.
        """

        def once_more(error: Exception) -> bool:
            return (
                isinstance(error, ProviderUnavailable)
                and error.retry_after is None
                and (repeatable or not error.uncertain)
            )

        async for attempt in stamina.retry_context(
            on=once_more,
            attempts=self._tries,
            timeout=2 * self._timeout_s,
            wait_initial=0.1,
            wait_max=1.0,
            wait_jitter=0.2,
        ):
            with attempt:
                return read(await fetch(self._client, request, timeout_s=self._timeout_s))
        raise AssertionError("stamina either returns or raises")
