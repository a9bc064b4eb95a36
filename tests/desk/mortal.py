"""A desk that can be dropped at any point where it touches the outside, as by `kill -9`, and built anew on its files.

It runs on an event loop of its own, in a thread: when it dies that loop stops and nothing of it ever runs again. What
it had committed is there; what it was about to do isn't done.
"""

import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx
import sqlalchemy as sa
import uvicorn

from bot.app import installation
from bot.app.installation import Installation
from bot.profile import Profile, load
from bot.settings import Settings
from sandbox.gate import QuietDrops
from services.clock import SystemClock
from services.engine.port import Call, Outcome
from services.http import make_client
from services.store import migrate
from services.store.database import Store, open_store
from tests.desk.stubborn import PATIENCE_S

T = TypeVar("T")

# Loops that died keep their tasks: waking one to close it would run what a dead process can't run any more.
_graveyard: list[object] = []
_profiles: dict[Path, Profile] = {}


class Points:
    """The places where a desk touches the outside, as it comes by them. `deadly` says at which it dies."""

    def __init__(self, deadly: Callable[[str], bool]) -> None:
        self._deadly = deadly
        self.dead = False
        self.died = threading.Event()
        self.died_at = ""

    async def reach(self, name: str) -> None:
        if not self.dead and self._deadly(name):
            self.dead, self.died_at = True, name
            asyncio.get_running_loop().stop()
            self.died.set()
        if self.dead:
            await asyncio.Event().wait()


class MortalStore:
    """The store, with a point before and after each transaction."""

    def __init__(self, inner: Store, points: Points) -> None:
        self.inner = inner
        self.dialect = inner.dialect
        self.exclusive = inner.exclusive
        self._points = points

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        name = f"write of {work.__qualname__}"
        await self._points.reach(f"before {name}")
        value = await self.inner.write(work)
        await self._points.reach(f"after {name}")
        return value

    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        return await self.inner.read(work)

    async def close(self) -> None:
        await self.inner.close()


class MortalTransport(httpx.AsyncHTTPTransport):
    """The way to the providers, with a point before and after each request."""

    def __init__(self, points: Points) -> None:
        super().__init__()
        self._points = points

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = f"{request.method} {request.url.path.rpartition('/')[2]}"
        await self._points.reach(f"before {name}")
        answer = await super().handle_async_request(request)
        await self._points.reach(f"after {name}")
        return answer


class MortalDesk:
    """One life of a desk on `folder` at `port`."""

    def __init__(
        self, folder: Path, port: int, deadly: Callable[[str], bool] = lambda _name: False, **settings: Any
    ) -> None:
        given: dict[str, Any] = {
            "data_dir": folder,
            "port": port,
            "rate_limits": "off",
            "log_level": "error",
            **settings,
        }
        self.settings = Settings(_env_file=None, **given)  # type: ignore[call-arg]
        self.points = Points(deadly)
        self._loop = asyncio.new_event_loop()
        self._listening = socket.create_server(("127.0.0.1", port), backlog=512)
        self._thread = threading.Thread(target=self._live, name="mortal-desk", daemon=True)
        self._ready = threading.Event()
        self._server: uvicorn.Server | None = None
        self._error: BaseException | None = None
        self.desk: Installation | None = None

    async def live(self) -> bool:
        """Begins; True once it works, False if it died of it."""
        self._thread.start()
        await asyncio.to_thread(self._wait_for, self._ready)
        if self._error is not None:
            raise self._error
        return not self.points.dead

    async def death(self) -> str:
        """Returns where it died, when it has."""
        while not self.points.died.is_set():  # noqa: ASYNC110 - it dies in another thread
            await asyncio.sleep(0.002)
        return self.points.died_at

    async def bury(self) -> None:
        """Frees what the system would free of a dead process; nothing of the desk runs."""
        self.points.dead = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join, PATIENCE_S)
        assert not self._thread.is_alive()
        if self._error is not None:
            raise self._error

    def _wait_for(self, event: threading.Event) -> None:
        while not event.wait(0.01):
            if not self._thread.is_alive() or self.points.dead:
                return

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._begin())
            self._ready.set()
            self._loop.run_forever()
        except BaseException as error:
            if not self.points.dead:  # else it was stopped while it began
                self._error = error
        finally:
            self._free()

    async def _begin(self) -> None:
        path = Path("profiles/fakturasmart") if self.settings.profile is None else self.settings.profile
        if path not in _profiles:
            _profiles[path] = load(path)
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        migrate.upgrade(self.settings.database)
        store = MortalStore(open_store(self.settings.database), self.points)
        self.desk = Installation(
            self.settings, _profiles[path], store, SystemClock(), b"k" * 32, f"http://127.0.0.1:{self.settings.port}"
        )
        with _made_with(self.points):
            await self.desk.build()
        self._put_points_round_calls(self.desk)
        config = uvicorn.Config(QuietDrops(self.desk.app), lifespan="off", log_level="critical", access_log=False)
        self._server = uvicorn.Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._listening]))
        while not self._server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.001)
        await self.desk.start()

    def _put_points_round_calls(self, desk: Installation) -> None:
        worker = desk._worker
        execute = worker._execute

        async def mortal(call: Call) -> Outcome:
            await self.points.reach(f"before call {call.kind}")
            outcome = await execute(call)
            await self.points.reach(f"after call {call.kind}")
            return outcome

        worker._execute = mortal

    def _free(self) -> None:
        self._listening.close()
        for transport in list(getattr(self._loop, "_transports", {}).values()):
            if transport._sock is not None:
                transport._sock.close()
        if self.desk is not None:
            self.desk.store.inner._close()  # type: ignore[attr-defined]
            beside = self.desk._beside
            if beside is not None:
                beside._ledger.close()  # type: ignore[attr-defined]
                if (relay := beside.sandbox._relay._server) is not None:  # type: ignore[attr-defined]
                    for listening in relay.sockets:
                        listening._sock.close()
        _graveyard.append((self._loop, asyncio.all_tasks(self._loop), self))


class _made_with:
    """While it lasts the composition root makes its client with points round each request."""

    def __init__(self, points: Points) -> None:
        self._points = points

    def __enter__(self) -> None:
        installation.make_client = lambda: make_client(transport=MortalTransport(self._points))  # type: ignore[assignment]

    def __exit__(self, *_: object) -> None:
        installation.make_client = make_client


def free_port() -> int:
    """A port that nobody listens on; the desk of all lives keeps it."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]
