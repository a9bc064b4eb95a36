"""uvicorn's HTTP protocol with a time limit for the head of a request.

uvicorn waits for ever for a first request, and for the rest of a head that has begun: a few thousand such connections
would take all the desk's files. Bodies have a limit of their own (`bot.web.guard`), as do idle connections (uvicorn's
keep-alive).
"""

import asyncio
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEAD_S = 10.0
"""From the connection, or from the first byte of a later request, to the end of its head."""

if TYPE_CHECKING:

    class _Http(asyncio.Protocol):
        """The common interface of uvicorn's two protocols."""

        transport: asyncio.Transport
        cycle: Any

else:
    _Http = AutoHTTPProtocol


class TimedHeads(_Http):
    """HTTP protocol that closes a connection whose request head doesn't arrive in time."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the timer of the first head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Stop the timer once a new request/response cycle shows that the head is complete."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._stop()
        elif self._waiting is None and (before is None or before.response_complete):
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = asyncio.get_running_loop().call_later(HEAD_S, self._too_slow)

    def _stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _too_slow(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
