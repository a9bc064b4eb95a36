"""The sandbox alone, as `okienko sandbox` runs it: HTTP and SMTP on loopback, until SIGTERM."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Generator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx
import uvicorn
from starlette.routing import BaseRoute

from sandbox.app import Sandbox, assemble
from sandbox.clock import MovableClock
from sandbox.gate import QuietDrops
from sandbox.ledger import Ledger
from sandbox.people import load_people

LOOPBACK: Final = "127.0.0.1"
FILE: Final = "sandbox.sqlite3"


class Server(uvicorn.Server):
    """uvicorn without its own signal handling, which raises SIGTERM again and ends the process half-way."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self._on_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals are the caller's."""
        yield


async def run(
    port: int,
    data_dir: Path,
    *,
    real_time: Callable[[], datetime],
    host: str = LOOPBACK,
    on_ready: Callable[[str], None] = lambda url: None,
    extra_routes: Callable[[], Sequence[BaseRoute]] = tuple,
) -> None:
    """Serve until SIGTERM or SIGINT. Port 0 picks a free one; `on_ready` is told the address that answers.

    `real_time` says what time it is, aware; the sandbox's clock is that plus what it was moved ahead.
    """
    ledger = _open_ledger(data_dir)
    with _listen(host, port) as listening, contextlib.closing(ledger):
        url = f"http://{host}:{listening.getsockname()[1]}"
        async with httpx.AsyncClient(trust_env=False) as client:
            sandbox = assemble(
                ledger,
                load_people(),
                public_url=url,
                clock=MovableClock(real_time, ledger),
                sleep=asyncio.sleep,
                http_client=client,
                extra_routes=extra_routes(),
            )
            await _serve(sandbox, listening, lambda: on_ready(url))


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket that says it is TCP: asyncio turns Nagle's delay (40 ms an answer) off for such only."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(512)
    return listening


async def _serve(sandbox: Sandbox, listening: socket.socket, on_ready: Callable[[], None]) -> None:
    config = uvicorn.Config(QuietDrops(sandbox.app), lifespan="off", log_level="critical", timeout_graceful_shutdown=2)
    server = Server(config, on_ready)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, lambda: setattr(server, "should_exit", True))
    await sandbox.start_mail()
    timers = asyncio.create_task(sandbox.run_timers())
    try:
        await server.serve(sockets=[listening])
    finally:
        timers.cancel()
        await asyncio.gather(timers, return_exceptions=True)
        await sandbox.stop_mail()


def _open_ledger(data_dir: Path) -> Ledger:
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Ledger(data_dir / FILE)
