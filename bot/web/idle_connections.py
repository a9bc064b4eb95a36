"""Connections that wait for a next request: kept long for the desk's proxy alone, and for nobody at its expense."""

import asyncio
import resource
from typing import ClassVar

import structlog
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot.web.guard import TimedHeads
from bot.web.network import network_of

STRANGERS_S = 5.0
"""How long one waits whose other end isn't a proxy that the desk believes."""
MOST_OF_A_NETWORK = 20
"""So many of one network wait while another connection is made; those that are idle for longest are closed."""
SPARE = 16
"""So many descriptors are kept for the desk's own files and calls."""
TOLD_EACH_S = 60.0

_log = structlog.get_logger(__name__)


class IdleHeads(TimedHeads):
    """HTTP protocol of a server that keeps few idle connections of each network, and lets its proxy keep its own."""

    told_at: ClassVar[float] = float("-inf")
    _network: str | None = None  # None: the proxy's

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Tell the proxy's connection from others, and close idle ones where there are too many."""
        super().connection_made(transport)
        proxies = self.app.trusted_hosts if isinstance(self.app, ProxyHeadersMiddleware) else ()
        if self.client is not None and self.client[0] not in proxies:
            self._network, self.timeout_keep_alive = network_of(self.client[0]), STRANGERS_S
            _close([one for one in self._idle() if one._network == self._network][:-MOST_OF_A_NETWORK])
        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        # The system gives the lowest that is free. Without a limit it is -1.
        if 0 < limit - SPARE <= transport.get_extra_info("socket").fileno():
            _close(self._idle())
            if (now := asyncio.get_running_loop().time()) - IdleHeads.told_at >= TOLD_EACH_S:
                IdleHeads.told_at = now
                _log.error("descriptors_short", alarm=True, limit=limit)

    def _idle(self) -> "list[IdleHeads]":
        """Return the server's idle connections, those that are idle for longest first."""
        ends = [(one.timeout_keep_alive_task, one) for one in self.connections if one.timeout_keep_alive_task]
        return [one for _, one in sorted(ends, key=lambda end: end[0].when() - end[1].timeout_keep_alive)]


def _close(connections: list[IdleHeads]) -> None:
    for one in connections:
        one.transport.close()
