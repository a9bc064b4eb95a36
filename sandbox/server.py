"""The sandbox alone, as `okienko sandbox` runs it: HTTP and SMTP on loopback, until SIGTERM."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable, Generator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx
import uvicorn
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from sandbox.app import Sandbox, assemble
from sandbox.clock import MovableClock
from sandbox.database import KeptPort
from sandbox.faults import QuietDrops
from sandbox.ledger import Ledger
from sandbox.people import load_people

LOOPBACK: Final = "127.0.0.1"
FILE: Final = "sandbox.sqlite3"


class SandboxServer(uvicorn.Server):
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
    public_url: str | None = None,
    on_ready: Callable[[str], None] = lambda url: None,
    until: Callable[[], Awaitable[None]] | None = None,
    extra_routes: Callable[[], Sequence[BaseRoute]] = tuple,
    within: Callable[[ASGIApp], ASGIApp] = lambda app: app,
) -> None:
    """Serve until SIGTERM or SIGINT, or until `until` returns. `on_ready` is told the address that answers.

    Port 0 is the one of the last time, if it is free, else any free one: desks hold the address from their start.
    `public_url` is the address of the root by which payers come, the answering one if left out. `real_time` says what
    time it is, aware; the sandbox's clock is that plus what it was moved ahead. `within` stands before everything.
    Raises OSError if it can't listen.
    """
    ledger = _open_ledger(data_dir)
    with contextlib.closing(ledger), await _listening(host, port, KeptPort(ledger, "http")) as listening:
        url = f"http://{host}:{listening.getsockname()[1]}"
        async with httpx.AsyncClient(trust_env=False) as client:
            sandbox = assemble(
                ledger,
                load_people(),
                public_url=public_url or url,
                clock=MovableClock(real_time, ledger),
                sleep=asyncio.sleep,
                http_client=client,
                extra_routes=extra_routes(),
            )
            await _serve(sandbox, within(sandbox.app), listening, lambda: on_ready(url), until)


async def _listening(host: str, port: int, kept: KeptPort) -> socket.socket:
    async def bound(wanted: int) -> socket.socket:
        return _listen(host, wanted)

    if port:
        return _listen(host, port)
    listening = await kept.bound(bound)
    kept.keep(listening.getsockname()[1])
    return listening


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket that says it is TCP.

    Asyncio turns Nagle's delay (40 ms an answer) off for such only.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(512)
    except OSError:
        listening.close()
        raise
    return listening


async def _serve(
    sandbox: Sandbox,
    app: ASGIApp,
    listening: socket.socket,
    on_ready: Callable[[], None],
    until: Callable[[], Awaitable[None]] | None,
) -> None:
    config = uvicorn.Config(
        QuietDrops(app),
        lifespan="off",
        log_level="critical",
        log_config=None,
        timeout_keep_alive=60,  # desks keep an idle connection for half of it, and are the ones to close it
        timeout_graceful_shutdown=2,
    )
    server = SandboxServer(config, on_ready)

    def stop() -> None:
        server.should_exit = True

    async def watch() -> None:
        if until is not None:
            await until()
            stop()

    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop)
    await sandbox.start_mail(again=True)
    beside = [asyncio.create_task(sandbox.run_timers()), asyncio.create_task(watch())]
    try:
        await server.serve(sockets=[listening])
    finally:
        # Cancelled, it leaves the socket with the loop: the next one of the same number would never be listened to.
        for accepting in server.servers:
            accepting.close()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await sandbox.stop_mail()


def _open_ledger(data_dir: Path) -> Ledger:
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Ledger(data_dir / FILE)
