"""The mail relay: an SMTP server on loopback that keeps every letter, doubles too.

Faults: `down` 421 at the greeting · `error` 451 after DATA · `slow` · `timeout` · `garbage` an answer that is none ·
`reset` connection lost before the letter is kept · `lost` kept, connection lost before the answer.
"""

import asyncio
from importlib import import_module

from sandbox.world import World


class MailRelay:
    """Listens once started."""

    def __init__(self, world: World) -> None:
        self._world = world
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
        world = self._world
        if world.faults.look("smtp") == "down":
            world.faults.take("smtp")
            world.ledger.note_call("smtp", "in", "CONNECT", "down", world.clock.now())
            return RelayClosed()
        # By name: the library takes 14 ms, which a sandbox to which nobody has sent a letter does without.
        made: asyncio.BaseProtocol = import_module("sandbox.smtp_session").session(world)
        return made


class RelayClosed(asyncio.Protocol):
    """A relay that is down: says so and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet with 421."""
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(b"421 4.3.2 Sandbox: service not available\r\n")
        transport.close()
