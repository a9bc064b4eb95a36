"""`okienko run`: opens the database, listens, starts the desk; SIGTERM ends it cleanly."""

import asyncio
import contextlib
import hashlib
import signal
import socket
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import httpx
import structlog
import uvicorn
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from bot import secret_key
from bot.app.installation import Installation
from bot.app.providers import needed
from bot.profile import load
from bot.settings import SHORTEST_SECRET_KEY, Settings
from sandbox.gate import QuietDrops
from services.clock import SystemClock
from services.engine.faults import described
from services.store import migrate
from services.store.database import open_store

_log = structlog.get_logger(__name__)


class NotReady(Exception):
    """The desk can't start as it is set; the message says what to do."""


async def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT. Raises NotReady, ProfileErrors, StoreError."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    async with running(settings) as desk:
        print(f"Okienko: {desk.profile.seller.name} at {desk.base_url}/", flush=True)
        await stopping.wait()
        _log.info("desk_stopping")


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncGenerator[Installation]:
    """A desk that listens and works for as long as the context lasts. Raises as `run`."""
    profile = load(where(settings.profile))
    if missing := settings.missing_for_live(needed(profile.seller)):
        raise NotReady("with the sandbox off these must be set: " + ", ".join(missing))
    _make_folders(settings)
    await asyncio.to_thread(migrate.upgrade, settings.database)
    with _listen(settings.host, settings.port) as listening:
        port = listening.getsockname()[1]
        base_url = settings.base_url if settings.public_url or settings.port else f"http://127.0.0.1:{port}"
        store = open_store(settings.database)
        desk = Installation(settings, profile, store, SystemClock(), _key(settings), base_url)
        try:
            await desk.build()
        except httpx.HTTPError as error:
            await store.close()
            raise NotReady(f"the sandbox at {settings.sandbox_url} doesn't answer: {type(error).__name__}") from None
        server = _Server(desk)
        serving = asyncio.create_task(server.serve(sockets=[listening]), name="web")
        await server.listens.wait()
        await desk.start()
        try:
            yield desk
        finally:
            await desk.stop_taking()
            server.should_exit = True
            await serving
            await desk.stop()


def _listen(host: str, port: int) -> socket.socket:
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


def _make_folders(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.database.startswith("sqlite:///"):
        Path(settings.database.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)


def _key(settings: Settings) -> bytes:
    given = settings.secret_key
    if given is None:
        return secret_key.load_or_make(settings.data_dir).encode()
    key = given.get_secret_value().encode()
    # Nothing is derived from a short key; the sandbox takes any all the same.
    return key if len(key) >= SHORTEST_SECRET_KEY else hashlib.sha256(key).digest()


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


class _Server(uvicorn.Server):
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

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals are ours."""
        yield
