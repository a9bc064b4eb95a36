"""All pages of a browser as one app, over the recorder and the real sandbox; and a server for it on loopback."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from bot.conversation.read_aloud import ReadAloud
from bot.handlers.pages import landing, payment_link, secure
from bot.handlers.pages.landing import LandingLink, SampleReceipt
from bot.handlers.webchat import channel
from bot.handlers.webchat.parts import WebChat
from bot.handlers.webchat.stream import Streams
from bot.usecases.accounts.pages import AccountPages
from bot.web import assets
from bot.web.flood import Flood, FloodRules
from bot.web.network import counts_no_loopback
from bot.web.pages import Pages, Site
from bot.web.policy import Headers
from bot.web.session import SessionKey
from sandbox.app import assemble
from sandbox.clock import MovableClock
from sandbox.ledger import Ledger
from sandbox.people import load_people
from tests.crash.process import free_port
from tests.shipped import profile
from tests.web.doors import Links, Payments
from tests.web.journey import Journey
from tests.web.recorder import RecorderDesk

T = TypeVar("T")
WAYS = tuple(LandingLink(key, h) for key, h in (("desk", "/desk"), ("api", "/api/v1/docs"), ("sandbox", "/sandbox")))
ALOUD = ReadAloud(profile("fakturasmart").renderer())
KEYS = SessionKey(b"the key of the house of the tests")


@dataclass
class House:
    """The pages and all that stands behind them."""

    url: str = "http://testserver"
    flood: FloodRules | None = None
    reads: FloodRules | None = None
    embedders: tuple[str, ...] = ()
    heartbeat_s: float = 15.0
    hears: bool = False
    dictation: dict[str, str] = field(default_factory=dict[str, str])
    bot: str | None = None  # where the chat with it opens
    receipt: SampleReceipt | None = None
    links: Links = field(default_factory=Links)
    payments: Payments = field(default_factory=Payments)

    def __post_init__(self) -> None:
        self.desk = RecorderDesk(lambda _: Journey(self.url))
        self.renew()

    def renew(self) -> None:
        """New streams, as after a restart of the process."""
        self.streams = Streams(self.heartbeat_s)

    @property
    def site(self) -> Site:
        """FakturaSmart's."""
        about: dict[str, Any] = {
            "profile": "fakturasmart",
            "required": ("privacy", "invoices"),
            "on_telegram": lambda: self.bot,
            "about": {"pl": "E-faktury przez internet", "en": "E-invoices online"},
        }
        return Site(self.url, "FakturaSmart", "Okienko FakturaSmart", embedders=self.embedders, **about)

    def app(self, extra: list[BaseRoute] | None = None) -> ASGIApp:
        """Everything below one root; `extra` are the sandbox's routes."""
        pages = Pages(self.site)
        chat = WebChat(
            *(self.desk, pages, Flood(self.flood), self.streams, counts_no_loopback, KEYS),
            reads=Flood(self.reads),
            hears=self.hears,
            dictation=self.dictation,
            aloud=ALOUD,
            judge=self.desk.judge,
        )
        routes: list[BaseRoute] = [
            *landing.routes(pages, sandbox=extra is not None, ways=WAYS, receipt=lambda _: self.receipt),
            *landing.sandbox_routes(pages),
            *channel.routes(chat),
            *secure.routes(secure.SecurePageParts(cast("AccountPages", self.links), pages, counts_no_loopback, KEYS)),
            *payment_link.routes(self.payments, pages, Flood(self.reads), counts_no_loopback),
            *assets.routes(self.site),
            *(extra or []),
        ]
        return Headers(Starlette(routes=routes), secure=self.site.secure)


def sandbox_of(folder: Path, url: str) -> Any:
    """The real stand-ins with a clock of their own."""
    ledger = Ledger(folder / "sandbox.db")
    clock = MovableClock(lambda: datetime(2026, 11, 20, 9, 0, tzinfo=UTC), ledger)
    return assemble(
        ledger, load_people(), public_url=url, clock=clock, sleep=asyncio.sleep, http_client=httpx.AsyncClient()
    )


class Served:
    """An app under uvicorn in a thread of its own; it can be stopped and started again on the same port."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Future[None] | None = None

    def do(self, work: Callable[[], T]) -> T:
        """Runs `work` in the server's loop, where the desk lives."""

        async def in_loop() -> T:
            return work()

        return self.wait(in_loop())

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine in the server's loop and waits for it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(20)

    def start(self, app: ASGIApp) -> None:
        """Serves `app`; returns when it answers."""
        config = uvicorn.Config(app, "127.0.0.1", self.port, log_level="error", lifespan="off", access_log=False)
        config.timeout_graceful_shutdown = 1
        self._server = server = uvicorn.Server(config)
        server.install_signal_handlers = lambda: None  # pyright: ignore[reportAttributeAccessIssue]

        async def begin() -> None:
            self._task = asyncio.ensure_future(server._serve())  # `serve` would take the signals of the main thread
            while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
                await asyncio.sleep(0.01)

        self.wait(begin())

    def stop(self) -> None:
        """Ends the server; what it held open is cut."""

        async def end() -> None:
            if self._server and self._task:
                self._server.should_exit = True
                with suppress(asyncio.CancelledError):
                    await self._task

        self.wait(end())

    def close(self) -> None:
        """Ends the server and its thread."""
        self.stop()
        self.loop.call_soon_threadsafe(self.loop.stop)
