"""`okienko run`: opens the database, listens, starts the desk; SIGTERM ends it cleanly."""

import asyncio
import contextlib
import os
import resource
import socket
from collections.abc import AsyncGenerator, Generator
from typing import ClassVar

import httpx
import structlog
import uvicorn
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot.app import ready, secret_key
from bot.app import ready as ready_app
from bot.app.installation import Installation, open_installation
from bot.app.profile_contents import ProfileWatch, digest
from bot.app.settings import Settings
from bot.app.supervisor_pipe import SupervisorPipe
from bot.profile import Profile
from bot.web.guard import TimedHeads
from bot.web.network import network_of
from sandbox.faults import QuietDrops
from services import tasks
from services.clock import SystemClock
from services.errors import describe
from services.interpreter import pause_garbage_collection
from services.store.database import open_store

STRANGERS_S = 5.0
"""How long one waits whose other end isn't a proxy that the desk believes."""
MOST_OF_A_NETWORK = 20
"""So many of one network wait while another connection is made; those that are idle for longest are closed."""
SPARE = 16
"""So many descriptors are kept for the desk's own files and calls."""
TOLD_EACH_S = 60.0


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


_log = structlog.get_logger(__name__)

#: Longer than a proxy keeps an idle connection to us (Caddy two minutes, nginx one). It must be the one to close it:
#: what it sends into a connection that we are just closing is lost, and answered 502.
IDLE_CONNECTION_S = 130


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises NotReady, ProfileErrors, StoreError."""
    stopping = ready_app.stop_asked()
    async with contextlib.AsyncExitStack() as stack:
        with pause_garbage_collection():
            desk = await stack.enter_async_context(run_desk(settings))
        ready_app.say_where(desk.profile, desk.base_url)
        await stopping.wait()
        _log.info("desk_stopping")


async def run_worker(settings: Settings, listening: socket.socket, lifeline: SupervisorPipe) -> None:
    """Serve a socket shared with others, until SIGTERM or until whoever started us is gone.

    The supervisor has looked after all that is done once: the schema, the place at the database, the sandbox.
    """
    stopping = ready_app.stop_asked()
    async with contextlib.AsyncExitStack() as stack:
        with pause_garbage_collection():
            started = serve_desk(settings, ready_app.profile_of(settings), listening)
            _desk, server = await stack.enter_async_context(started)
        lifeline.say("ready")
        told = tasks.spawn("stop-asked", stopping.wait(), awaited=True)
        gone = tasks.spawn("lifeline", lifeline.cut(), awaited=True)
        await asyncio.wait([told, gone], return_when=asyncio.FIRST_COMPLETED)
        if gone.done():
            # At once, not when all else has ended: the next supervisor wants the port.
            server.close_listening()
        for task in (told, gone):
            task.cancel()
        _log.info("desk_stopping")


@contextlib.asynccontextmanager
async def run_desk(settings: Settings) -> AsyncGenerator[Installation]:
    """Yield a desk that listens and works for as long as the context lasts. Raises as `run`."""
    profile = ready_app.profile_of(settings)
    await ready_app.prepare(settings, profile.seller.id)
    async with ready_app.present(settings):
        with ready_app.listen(settings.host, settings.port) as listening:
            async with serve_desk(settings, profile, listening) as (desk, _server):
                yield desk


@contextlib.asynccontextmanager
async def serve_desk(
    settings: Settings, profile: Profile, listening: socket.socket
) -> AsyncGenerator[tuple[Installation, "DeskServer"]]:
    """Yield a desk that answers at this socket. Raises NotReady, StoreError."""
    async with contextlib.AsyncExitStack() as stack:
        store, clock = open_store(settings.database), SystemClock()
        stack.push_async_callback(store.close)
        try:
            key = await secret_key.key_of(settings, store, clock.now())
            await ready.claim(settings, store, profile.seller.id)
            parts = open_installation(settings, profile, store, clock, key, ready_app.base_url_of(settings, listening))
            desk = await stack.enter_async_context(parts)
        except httpx.HTTPError as error:
            raise ready_app.NotReady(
                f"the sandbox at {settings.sandbox_url} doesn't answer: {type(error).__name__}"
            ) from None
        except (secret_key.AnotherKey, ready.AnotherSeller) as error:
            raise ready_app.NotReady(str(error)) from None
        server = DeskServer(desk.app)
        task = tasks.spawn("web", server.serve(sockets=[listening]), awaited=True)
        await server.listens.wait()
        process, contents = f"{socket.gethostname()}:{os.getpid()}", digest(ready_app.find_profile(settings.profile))
        watch = ProfileWatch(store, clock, process, contents)
        try:
            await desk.start()
            watch.start()
            yield desk, server
        finally:
            await watch.stop()
            await desk.stop_taking()
            server.should_exit = True
            await task


class Alarmed:
    """Tells of errors that no handler caught, by kind and place.

    The web server's own lines, which quote the error's message, are silenced. Of the path only the first part is
    told: what follows may be a token.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve; the error goes on to the web server."""
        try:
            await self._app(scope, receive, send)
        except ClientDisconnect:
            raise
        except Exception as error:
            part = str(scope.get("path", "")).strip("/").partition("/")[0]
            _log.error("request_failed", alarm=True, part=part[:20], **describe(error))
            raise


class DeskServer(uvicorn.Server):
    """uvicorn without its own signal handling: the desk stops in its own order."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                Alarmed(QuietDrops(app)),
                http=IdleHeads,
                ws="none",  # else a library for it is loaded wherever it is installed
                lifespan="off",
                log_level="critical",
                log_config=None,  # its own writes to stderr beside ours
                access_log=False,
                server_header=False,
                timeout_keep_alive=IDLE_CONNECTION_S,
                timeout_graceful_shutdown=3,
            )
        )
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then says so."""
        await super().startup(sockets)
        self.listens.set()

    def close_listening(self) -> None:
        """Take no new connection; those that are open go on."""
        for server in self.servers:
            server.close()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals are ours."""
        yield
