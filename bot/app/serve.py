"""`okienko run`: opens the database, listens, starts the desk; SIGTERM ends it cleanly."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncGenerator, Generator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import structlog
import uvicorn
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from bot import secret_key
from bot.app.installation import Installation
from bot.app.lifeline import Lifeline
from bot.app.providers import needed
from bot.profile import Profile, load
from bot.settings import Settings
from sandbox.gate import QuietDrops
from services.clock import SystemClock
from services.engine.faults import described
from services.store import migrate
from services.store.database import open_store, parse_url

_log = structlog.get_logger(__name__)


class NotReady(Exception):
    """The desk can't start as it is set; the message says what to do."""


async def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT. Raises NotReady, ProfileErrors, StoreError."""
    stopping = stop_asked()
    async with running(settings) as desk:
        say_where(desk.profile, desk.base_url)
        await stopping.wait()
        _log.info("desk_stopping")


async def run_worker(settings: Settings, listening: socket.socket, lifeline: Lifeline) -> None:
    """Serves a socket shared with others, until SIGTERM or until whoever started us is gone.

    The supervisor has looked after all that is done once: the schema, the place at the database, the sandbox.
    """
    stopping = stop_asked()
    async with serving(settings, profile_of(settings), listening) as (_desk, server):
        lifeline.say("ready")
        told = asyncio.create_task(stopping.wait(), name="stop-asked")
        gone = asyncio.create_task(lifeline.cut(), name="lifeline")
        await asyncio.wait([told, gone], return_when=asyncio.FIRST_COMPLETED)
        if gone.done():
            # At once, not when all else has ended: the next supervisor wants the port.
            server.close_listening()
        for task in (told, gone):
            task.cancel()
        _log.info("desk_stopping")


def stop_asked() -> asyncio.Event:
    """Set by SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    return stopping


def say_where(profile: Profile, base_url: str) -> None:
    """The line that whoever started the desk waits for."""
    print(f"Okienko: {profile.seller.name} at {base_url}/", flush=True)


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncGenerator[Installation]:
    """A desk that listens and works for as long as the context lasts. Raises as `run`."""
    profile = profile_of(settings)
    await prepare(settings)
    async with present(settings):
        with listen(settings.host, settings.port) as listening:
            async with serving(settings, profile, listening) as (desk, _server):
                yield desk


def profile_of(settings: Settings) -> Profile:
    """The seller's profile. Raises ProfileErrors, and NotReady where it needs settings that aren't given."""
    profile = load(where(settings.profile))
    if missing := settings.missing_for_live(needed(profile.seller)):
        raise NotReady("with the sandbox off these must be set: " + ", ".join(missing))
    return profile


async def prepare(settings: Settings) -> None:
    """Makes the folders and brings the schema up to date. Raises StoreError."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.database.startswith("sqlite:///"):
        Path(settings.database.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(migrate.upgrade, settings.database)


@contextlib.asynccontextmanager
async def present(settings: Settings) -> AsyncGenerator[None]:
    """Keeps this desk's place at the database: alone with a sandbox of its own, else beside others. Raises NotReady.

    On SQLite the file's own lock says who may.
    """
    url = parse_url(settings.database)
    if url.drivername == "sqlite":
        yield
        return
    # By name, since the driver behind it is an extra that a desk on SQLite does without.
    presence: Any = import_module("services.store.presence")
    place = presence.Presence(url, alone=settings.sandboxed and settings.sandbox_url is None)
    try:
        await place.enter()
    except presence.Crowded:
        raise NotReady(_CROWDED) from None
    try:
        yield
    finally:
        await place.leave()


_CROWDED = (
    "another desk works on this database, and one of the two has a sandbox of its own. Several desks on one database "
    "share one sandbox: start `okienko sandbox` and set OKIENKO_SANDBOX_URL to its address for each of them"
)


def base_url_of(settings: Settings, listening: socket.socket) -> str:
    """Where the desk is reached; with port 0 the port that was found."""
    if settings.public_url or settings.port:
        return settings.base_url
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextlib.asynccontextmanager
async def serving(
    settings: Settings, profile: Profile, listening: socket.socket
) -> AsyncGenerator[tuple[Installation, "Server"]]:
    """A desk that answers at this socket. Raises NotReady, StoreError."""
    store = open_store(settings.database)
    try:
        key = await secret_key.key_of(settings, store)
        desk = Installation(settings, profile, store, SystemClock(), key, base_url_of(settings, listening))
        await desk.build()
    except httpx.HTTPError as error:
        await store.close()
        raise NotReady(f"the sandbox at {settings.sandbox_url} doesn't answer: {type(error).__name__}") from None
    except secret_key.AnotherKey as error:
        await store.close()
        raise NotReady(str(error)) from None
    server = Server(desk)
    task = asyncio.create_task(server.serve(sockets=[listening]), name="web")
    await server.listens.wait()
    await desk.start()
    try:
        yield desk, server
    finally:
        await desk.stop_taking()
        server.should_exit = True
        await task
        await desk.stop()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that says it is TCP: asyncio turns Nagle's delay (40 ms an answer) off for such only."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host.strip("[]"), port))
        listening.listen(512)
    except OSError as error:
        listening.close()
        raise NotReady(f"can't listen on {host} port {port}: {error.strerror}") from None
    return listening


def where(profile: Path) -> Path:
    """The profile's folder: as given, or one of the shipped ones."""
    shipped = Path(__file__).parents[2] / profile
    return profile if profile.exists() or not shipped.exists() else shipped


class Alarmed:
    """Tells of errors that no handler caught, by kind and place: the web server's own lines, which quote the error's
    message, are silenced. Of the path only the first part is told: what follows may be a token."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves; the error goes on to the web server."""
        try:
            await self._app(scope, receive, send)
        except ClientDisconnect:
            raise
        except Exception as error:
            part = str(scope.get("path", "")).strip("/").partition("/")[0]
            _log.error("request_failed", alarm=True, part=part[:20], **described(error))
            raise


class Server(uvicorn.Server):
    """uvicorn without its own signal handling: the desk stops in its own order."""

    def __init__(self, desk: Installation) -> None:
        super().__init__(
            uvicorn.Config(
                Alarmed(QuietDrops(desk.app)),
                lifespan="off",
                log_level="critical",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=3,
            )
        )
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens, then says so."""
        await super().startup(sockets)
        self.listens.set()

    def close_listening(self) -> None:
        """Takes no new connection; those that are open go on."""
        for server in self.servers:
            server.close()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals are ours."""
        yield
