"""The sandbox beside a desk: its own, in this process, or one that several desks share."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import httpx
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.app.supervisor_pipe import SupervisorPipe
from bot.handlers.pages.landing import sandbox_routes
from bot.web import assets
from bot.web.only_here import Latch, OnlyHere, OwnLatch, Sign, by_proxy
from bot.web.pages import Pages, Site
from sandbox.app import Sandbox, assemble
from sandbox.clock import SandboxClock, Sleep
from sandbox.ledger import Ledger
from sandbox.people import load_people
from sandbox.server import run
from services import tasks
from services.clients.http import load_trusted
from services.clock import SystemClock
from services.jobs.backoff import cancel

FILE = "sandbox.sqlite3"
START_PATIENCE_S = 20.0
START_PAUSE_S = 0.2
"""A desk and the sandbox that it shares are often started together."""
TELL_PAUSE_S = 1.0
_log = structlog.get_logger(__name__)


class Beside(Protocol):
    """A sandbox as the composition needs it."""

    async def start(self) -> Mapping[str, Mapping[str, Any]]:
        """Begin; give the stand-ins' addresses and keys."""
        ...

    async def stop(self) -> None:
        """Stop the sandbox."""

    def agree(self, now: datetime) -> None:
        """Take over a clock that was moved before this start."""

    async def tick(self, now: datetime) -> None:
        """Follow the desk's clock, which was moved."""

    async def next_due(self) -> datetime | None:
        """Return when a stand-in does something by itself."""
        ...

    def mount(self) -> ASGIApp:
        """Return what answers below `/sandbox`, whatever the desk adds."""
        ...

    def latch(self) -> Latch:
        """Return what closes these paths for every desk of this sandbox."""
        ...


class OwnSandbox:
    """The stand-ins in this process; their ledger is a file in the data folder."""

    def __init__(self, data_dir: Path, public_url: str, clock: SandboxClock, sleep: Sleep = asyncio.sleep) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self._ledger = Ledger(data_dir / FILE)
        self._client = httpx.AsyncClient(verify=load_trusted(), trust_env=False)
        self.sandbox: Sandbox = assemble(
            self._ledger, load_people(), public_url=public_url, clock=clock, sleep=sleep, http_client=self._client
        )
        self._timers: asyncio.Task[None] | None = None

    async def start(self) -> Mapping[str, Mapping[str, Any]]:
        """Let the mail relay listen and the stand-ins' own timers run."""
        await self.sandbox.start_mail()
        self._timers = tasks.keep("sandbox-timers", self.sandbox.run_timers)
        return self.sandbox.endpoints()

    async def stop(self) -> None:
        """End both and close the ledger."""
        if self._timers is not None:
            self._timers.cancel()
            with suppress(asyncio.CancelledError):
                await self._timers
        await self.sandbox.stop_mail()
        await self._client.aclose()
        self._ledger.close()

    def agree(self, now: datetime) -> None:
        """Nothing: it has no other clock than the desk's."""

    async def tick(self, now: datetime) -> None:
        """Let the stand-ins do what is due."""
        await self.sandbox.tick(now)

    async def next_due(self) -> datetime | None:
        """Return when a stand-in does something by itself."""
        return self.sandbox.next_due()

    def mount(self) -> ASGIApp:
        """Return the stand-ins' app."""
        return self.sandbox.app

    def latch(self) -> Latch:
        """Return a latch of this process: no other one has these stand-ins."""
        return OwnLatch()


class SharedSandbox:
    """An `okienko sandbox` at another address: its paths are passed on. It may be away for a moment."""

    def __init__(self, url: str, sleep: Sleep = asyncio.sleep) -> None:
        self._client = httpx.AsyncClient(base_url=url, verify=load_trusted(), trust_env=False, timeout=30.0)
        self._sleep = sleep
        self._telling: asyncio.Task[None] | None = None

    async def start(self) -> Mapping[str, Mapping[str, Any]]:
        """Ask for the stand-ins' addresses. Raises httpx.HTTPError if nobody answers there for twenty seconds."""
        last: httpx.HTTPError = httpx.ReadTimeout("no answer")
        try:
            async with asyncio.timeout(START_PATIENCE_S):
                while True:
                    try:
                        return await self._asked("GET", "endpoints")
                    except httpx.HTTPError as error:
                        last = error
                    await self._sleep(START_PAUSE_S)
        except TimeoutError:
            raise last from None

    async def stop(self) -> None:
        """Stop the sandbox."""
        await self._forget()
        await self._client.aclose()

    def agree(self, now: datetime) -> None:
        """Tell the shared sandbox what time it is as soon as it can be told; nobody waits for that."""
        self._telling = tasks.spawn("sandbox-clock", self._tell(now))

    async def tick(self, now: datetime) -> None:
        """Tell the shared sandbox what time it is; one that is away is told as soon as it is back."""
        await self._forget()
        if not await self._told(now):
            self.agree(now)

    async def next_due(self) -> datetime | None:
        """Return when a stand-in there does something by itself; None also while it is away."""
        with suppress(httpx.HTTPError):
            due = (await self._asked("GET", "clock")).get("next_due")
            return datetime.fromisoformat(due) if due else None
        return None

    async def _asked(self, method: str, what: str, **body: Any) -> Any:
        answer = await self._client.request(method, f"/sandbox/api/{what}", json=body or None)
        try:
            return answer.raise_for_status().json()
        except ValueError:
            raise httpx.DecodingError("no sandbox answers there") from None

    async def _told(self, now: datetime) -> bool:
        with suppress(httpx.HTTPError):
            await self._asked("POST", "clock", set_to=now.isoformat())
            return True
        _log.warning("sandbox_away")
        return False

    async def _tell(self, now: datetime) -> None:
        """Harmless however late: it moves the clock ahead only."""
        while not await self._told(now):
            await self._sleep(TELL_PAUSE_S)

    async def _forget(self) -> None:
        telling, self._telling = self._telling, None
        await cancel(telling)

    def mount(self) -> ASGIApp:
        """Pass requests on as they are, but for what proxies have added."""
        return self._pass_on

    def latch(self) -> Latch:
        """Return the latch of the shared sandbox' own process, which holds for all desks that use it."""
        return _SharedLatch(self._client, self._sleep)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if scope["path"] == "/sandbox/api/reset":
            await self._forget()
        # Who asks is the desk's to judge: a sandbox takes nothing that has come by a proxy.
        own = ("host", "content-length", "connection")
        kept = {k: v for k, v in request.headers.items() if k not in own and not by_proxy(k)}
        url = httpx.URL(path=scope["path"], query=request.url.query.encode())
        try:
            answer = await self._client.request(request.method, url, headers=kept, content=await request.body())
        except httpx.HTTPError:
            await JSONResponse({"error": "the shared sandbox doesn't answer"}, 502)(scope, receive, send)
            return
        passed = {
            k: v for k, v in answer.headers.items() if k not in ("content-length", "content-encoding", "connection")
        }
        await Response(answer.content, answer.status_code, passed)(scope, receive, send)


class _SharedLatch(Latch):
    """Closes the shared sandbox by a request such as closes it anyway, and asks it whether another desk has done so."""

    def __init__(self, client: httpx.AsyncClient, sleep: Sleep) -> None:
        self._client = client
        self._sleep = sleep
        self._closed = False
        self._telling: asyncio.Task[None] | None = None

    async def close(self, sign: Sign) -> None:
        """Close here at once, there as soon as it answers; the alarm is its own."""
        if not self._closed:
            self._closed = True
            self._telling = tasks.spawn("sandbox-latch", self._tell(sign))

    async def closed(self) -> bool:
        """Return whether this desk or another one has closed it."""
        if not self._closed:
            with suppress(httpx.HTTPError):
                self._closed = (await self._asked({})).status_code == 403
        return self._closed

    async def _tell(self, sign: Sign) -> None:
        foreign = {"host": "elsewhere.invalid"} if sign == "foreign_host" else {"forwarded": "for=unknown"}
        while True:
            with suppress(httpx.HTTPError, RuntimeError):  # away for a moment; or the desk ends, and its client with it
                await self._asked(foreign)
                return
            if self._client.is_closed:
                return
            await self._sleep(TELL_PAUSE_S)

    async def _asked(self, headers: Mapping[str, str]) -> httpx.Response:
        return await self._client.get("/sandbox/api/clock", headers=headers)


async def serve_alone(port: int, data_dir: Path, public_url: str | None, supervisor: SupervisorPipe | None) -> None:
    """Serve the stand-ins in a process of their own, until SIGTERM or until the supervisor is gone.

    With a `public_url` others are meant to meet it. Raises OSError if it can't listen.
    """
    latch = OwnLatch() if public_url is None else None
    site = Site(public_url=public_url or f"http://127.0.0.1:{port}", seller="Okienko", desk="Okienko")

    def ready(url: str) -> None:
        if supervisor is None:
            print(f"Okienko's sandbox at {url}/sandbox", flush=True)
        else:
            supervisor.say(url)

    await run(
        port,
        data_dir,
        real_time=SystemClock().now,
        public_url=public_url,
        on_ready=ready,
        until=supervisor.cut if supervisor is not None else None,
        extra_routes=lambda: [*sandbox_routes(Pages(site)), *assets.routes(site)],
        within=lambda app: OnlyHere(app, latch=latch),
    )
