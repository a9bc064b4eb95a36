"""The mail relay: an SMTP server on loopback that keeps every letter, doubles too.

Faults: `down` 421 at the greeting · `error` 451 after DATA · `slow` · `timeout` · `garbage` an answer that is none ·
`reset` connection lost before the letter is kept · `lost` kept, connection lost before the answer.
"""

import asyncio
from importlib import import_module

from sandbox.clock import SandboxClock, Sleep
from sandbox.faults import Faults
from sandbox.ledger import Ledger
from sandbox.people import People


class MailRelay:
    """Listens once started."""

    def __init__(self, ledger: Ledger, people: People, faults: Faults, clock: SandboxClock, sleep: Sleep) -> None:
        self._ledger = ledger
        self._people = people
        self._faults = faults
        self._clock = clock
        self._sleep = sleep
        self._server: asyncio.Server | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> tuple[str, int]:
        """Listen; returns the address, with the port chosen where `port` is 0."""
        self._server = await asyncio.get_running_loop().create_server(self._answer_connection, host, port)
        address = self._server.sockets[0].getsockname()
        return str(address[0]), int(address[1])

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _answer_connection(self) -> asyncio.BaseProtocol:
        if self._faults.look("smtp") == "down":
            self._faults.take("smtp")
            self._ledger.note_call("smtp", "in", "CONNECT", "down", self._clock.now())
            return RelayClosed()
        # By name: the library takes 14 ms, which a sandbox to which nobody has sent a letter does without.
        made: asyncio.BaseProtocol = import_module("sandbox.smtp_session").session(
            self._ledger, self._people, self._faults, self._clock, self._sleep
        )
        return made


class RelayClosed(asyncio.Protocol):
    """A relay that is down: says so and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet with 421."""
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(b"421 4.3.2 Sandbox: service not available\r\n")
        transport.close()
