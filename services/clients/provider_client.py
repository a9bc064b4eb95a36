"""The circuit breaker of one provider, and a client that speaks HTTP with time limit and quick retries through it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar

import httpx
import stamina

from services.clients.http import MAX_ANSWER_BYTES, HttpAnswer, fetch
from services.clock import Clock
from services.errors import Misconfigured, ProviderUnavailable, ServiceError
from services.jobs.outages import Outages

BreakerState = Literal["closed", "open", "half_open"]


class Breaker:
    """Guards calls to one provider; `name` and `state` are what the metrics show.

    Failures that concern the same `subject` (a number at which the far end always stumbles) count once, so that one bad
    question does not take the provider away from everybody else. It opens after `failures` different subjects failed
    within `window`, and lets one call try after `open_for`. `watch` is told how calls end, however few there are.
    """

    watch: Outages | None = None

    def __init__(
        self,
        name: str,
        clock: Clock,
        *,
        failures: int = 3,
        window: timedelta = timedelta(minutes=2),
        open_for: timedelta = timedelta(minutes=1),
    ) -> None:
        self.name = name
        self._clock = clock
        self._limit = failures
        self._window = window
        self._open_for = open_for
        self._failures: list[tuple[datetime, str]] = []
        self._opened_at: datetime | None = None
        self._probing = False

    @property
    def state(self) -> BreakerState:
        """closed: calls go through; open: none does; half_open: one may try."""
        if self._opened_at is None:
            return "closed"
        # A clock set back (the sandbox's reset) must not keep it open for as long as it had been moved.
        passed = self._clock.now() - self._opened_at
        return "open" if timedelta(0) <= passed < self._open_for else "half_open"

    @asynccontextmanager
    async def guard(self, subject: str = "") -> AsyncGenerator[None]:
        """Let one call through and learn from its end; what fails because of the provider bears its name.

        Raises ProviderUnavailable at once while it is open.
        """
        self._admit()
        try:
            yield
        except (ProviderUnavailable, Misconfigured) as error:
            if isinstance(error, Misconfigured):
                self._close()  # it answers, and refuses us
            elif not error.of_one:
                self._failed(subject)
            else:
                await self._answered()
                raise
            error.provider = self.name
            if self.watch is not None:
                await self.watch.failed(self.name, error.reason)
            raise
        except ServiceError:
            await self._answered()  # a refusal is an answer, too
            raise
        except BaseException:
            self._probing = False  # cancelled or our own bug: says nothing about the provider
            raise
        else:
            await self._answered()

    def _admit(self) -> None:
        state = self.state
        if state == "open" and self._opened_at is not None:
            rest = self._opened_at + self._open_for - self._clock.now()
            raise ProviderUnavailable("breaker_open", origin=self.name, retry_after=rest, provider=self.name)
        if state == "half_open":
            if self._probing:
                wait = timedelta(seconds=5)
                raise ProviderUnavailable("breaker_open", origin=self.name, retry_after=wait, provider=self.name)
            self._probing = True

    def _failed(self, subject: str) -> None:
        now = self._clock.now()
        recent = [(at, what) for at, what in self._failures if timedelta(0) <= now - at < self._window]
        self._failures = [*recent, (now, subject)]
        distinct = {what or number for number, (_, what) in enumerate(self._failures)}
        if self._probing or len(distinct) >= self._limit:
            self._opened_at = now
            self._failures = []
        self._probing = False

    async def _answered(self) -> None:
        self._close()
        if self.watch is not None:
            await self.watch.answered(self.name)

    def _close(self) -> None:
        self._failures = []
        self._opened_at = None
        self._probing = False


Read = TypeVar("Read")


@dataclass(eq=False)
class ProviderClient:
    """Sends a provider's requests. `timeout_s` is for one try, `tries` for one request, `most_bytes` for one answer.

    Only quick hiccups are ridden out here; waiting for minutes belongs to the stored call that asked.
    """

    client: httpx.AsyncClient
    breaker: Breaker
    timeout_s: float = 8.0
    tries: int = 3
    most_bytes: int = MAX_ANSWER_BYTES

    @asynccontextmanager
    async def operation(self, subject: str = "", within_s: float | None = None) -> AsyncGenerator[None]:
        """Let the breaker count one question to the provider, of one request or several, as one.

        `within_s` bounds the whole in seconds. Raises ProviderUnavailable when the breaker is open or the time is up.
        """
        async with self.breaker.guard(subject):
            try:
                async with asyncio.timeout(within_s):
                    yield
            except TimeoutError:
                raise ProviderUnavailable("too_slow", origin=self.breaker.name, uncertain=True) from None

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
            attempts=self.tries,
            timeout=2 * self.timeout_s,
            wait_initial=0.1,
            wait_max=1.0,
            wait_jitter=0.2,
        ).with_name(self.breaker.name, (), {}):
            with attempt:
                answer = await fetch(self.client, request, timeout_s=self.timeout_s, most_bytes=self.most_bytes)
                return read(answer)
        raise AssertionError("stamina either returns or raises")
