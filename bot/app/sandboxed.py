"""The sandbox beside a desk: its own, in this process, or one that several desks share; what the desk adds to it."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.app.virtual_clock import VirtualClock
from bot.usecases.billing.pages import PaymentPages
from bot.web.network import by_proxy
from sandbox.app import Sandbox, assemble
from sandbox.clock import SandboxClock, Sleep
from sandbox.ledger import Ledger
from sandbox.people import load_people
from services.payments import record
from services.store.database import Store

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
        ...

    def agree(self, now: datetime) -> None:
        """Take over a clock that was moved before this start."""
        ...

    async def tick(self, now: datetime) -> None:
        """Follow the desk's clock, which was moved."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when a stand-in does something by itself."""
        ...

    def mount(self) -> ASGIApp:
        """Return what answers below `/sandbox`, whatever the desk adds."""
        ...


class OwnSandbox:
    """The stand-ins in this process; their ledger is a file in the data folder."""

    def __init__(self, data_dir: Path, public_url: str, clock: SandboxClock, sleep: Sleep = asyncio.sleep) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self._ledger = Ledger(data_dir / FILE)
        self._client = httpx.AsyncClient(trust_env=False)
        self.sandbox: Sandbox = assemble(
            self._ledger,
            load_people(),
            public_url=public_url,
            clock=clock,
            sleep=sleep,
            http_client=self._client,
        )
        self._timers: asyncio.Task[None] | None = None

    async def start(self) -> Mapping[str, Mapping[str, Any]]:
        """Let the mail relay listen and the stand-ins' own timers run."""
        await self.sandbox.start_mail()
        self._timers = asyncio.create_task(self.sandbox.run_timers(), name="sandbox-timers")
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


class SharedSandbox:
    """An `okienko sandbox` at another address: its paths are passed on. It may be away for a moment."""

    def __init__(self, url: str, sleep: Sleep = asyncio.sleep) -> None:
        self._client = httpx.AsyncClient(base_url=url, trust_env=False, timeout=30.0)
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
        self._telling = asyncio.create_task(self._tell(now), name="sandbox-clock")

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
        if telling is not None:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)

    def mount(self) -> ASGIApp:
        """Pass requests on as they are, but for what proxies have added."""
        return self._pass_on

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


@dataclass(frozen=True)
class DeskInstruments:
    """The desk's own part of the control API: its clock, its payments, and the reset of both."""

    beside: Beside
    clockwork: VirtualClock
    store: Store
    payments: PaymentPages
    pages: Sequence[Route]

    def routes(self) -> list[BaseRoute]:
        """Return all below `/sandbox`, the desk's own first."""
        return [
            *self.pages,
            Route("/sandbox/api/clock", self.clock, methods=["GET", "POST"]),
            Route("/sandbox/api/payments", self.payments_seen, methods=["GET"]),
            Route("/sandbox/api/payments/{id}", self.pay, methods=["POST"]),
            Route("/sandbox/api/reset", self.reset, methods=["POST"]),
            Route("/sandbox/panel", _panel),
            _PassOn("/sandbox", self.beside.mount()),
        ]

    async def clock(self, request: Request) -> Response:
        """`{"advance_s": N}` → `{"now"}`; 0 (or GET) reads it."""
        seconds = 0.0
        if request.method == "POST":
            try:
                seconds = float((await request.json()).get("advance_s", 0))
            except (ValueError, AttributeError, TypeError):
                return JSONResponse({"error": "give advance_s in seconds"}, 400)
        if not 0 <= seconds <= 3660 * 86400:
            return JSONResponse({"error": "the clock never goes back, and ten years at most ahead"}, 400)
        now = await self.clockwork.advance(timedelta(seconds=seconds)) if seconds else self.clockwork.clock.now()
        return JSONResponse({"now": now.isoformat()})

    async def payments_seen(self, request: Request) -> Response:
        """Return what the bank knows, and behind it the desk's payments that nobody has opened there yet."""
        answer = await _forward(self.beside.mount(), request, b"")
        if answer.status_code != 200:
            return answer  # a shared sandbox that is away
        known: list[dict[str, Any]] = json.loads(bytes(answer.body))
        ids = {payment["id"] for payment in known}
        for waiting in await self.store.read(record.pending):
            if waiting.id not in ids:
                fields = ("id", "provider", "method", "amount", "currency", "status")
                known.append({name: getattr(waiting, name) for name in fields})
        return JSONResponse(known)

    async def pay(self, request: Request) -> Response:
        """Let the payer act; open the attempt first if nobody has."""
        payment_id = str(request.path_params["id"])
        known = await self.store.read(lambda c: record.get(c, payment_id))
        body = await request.body()
        if known is not None and known.status in ("pending", "failed"):
            again = known.status == "failed" and b'"failed"' in body
            if not again:
                await self.payments.open_by_id(payment_id)
        return await _forward(self.beside.mount(), request, body)

    async def reset(self, request: Request) -> Response:
        """Clear the sandbox and the clock, not the desk's database."""
        answer = await _forward(self.beside.mount(), request, await request.body())
        if answer.status_code == 200:  # else both clocks stay as they are
            await self.clockwork.reset()
        return answer


async def _panel(_request: Request) -> Response:
    """Return where the seller's own panel would be."""
    page = (
        "<!doctype html><meta charset=utf-8><title>Okienko sandbox</title>"
        "<p>Here the seller's own panel opens. It is not part of the desk."
    )
    return Response(page, media_type="text/html")


async def _forward(app: ASGIApp, request: Request, body: bytes) -> Response:
    """Pass the same request to the sandbox's own handler."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        headers = {"content-type": request.headers.get("content-type", "application/json")}
        answer = await client.request(request.method, request.url.path, content=body, headers=headers)
    return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))


class _PassOn(Mount):
    """A mount that leaves the path as it is: the sandbox's routes carry their prefix themselves."""

    def __init__(self, path: str, app: ASGIApp) -> None:
        async def whole(scope: Scope, receive: Receive, send: Send) -> None:
            # Starlette's Mount only moves root_path on; the path stays whole.
            await app({**scope, "root_path": scope.get("app_root_path", "")}, receive, send)

        super().__init__(path, app=whole)
