"""The agents' pages over a real store and a clock that is moved by hand, without a network."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import sqlalchemy as sa
from pyotp.totp import TOTP
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.handlers.console import log_in, own_account, second_factor
from bot.handlers.console.access import DeskAccess, SignedIn
from bot.handlers.console.cookies import DeskCookies
from bot.handlers.console.page_requests import form_of
from bot.web import assets
from bot.web.flood import Flood
from bot.web.network import counts_all
from bot.web.pages import Pages, Site
from bot.web.policy import Headers
from services.agents import audit
from services.agents import second_factor as factor
from services.agents.agent_accounts import Agent, Role
from services.agents.log_in import AgentLogIns
from services.agents.provider import IdentityProvider
from services.store.database import Store
from tests.services.agents.conftest import KEY, Moved, Plain, put
from tests.services.databases import NOW

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_KEY = re.compile(r'<p class="copied">([A-Z2-7 ]+)</p>')
_RECOVERY = re.compile(r"<li>([a-z2-9]{5}(?:-[a-z2-9]{5}){4})</li>")


@dataclass
class House:
    """One installation."""

    store: Store
    clock: Moved = field(default_factory=Moved)
    url: str = "http://testserver"
    obligatory: bool = False
    flood: Flood = field(default_factory=lambda: Flood(None))
    calls: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    provider: IdentityProvider | None = None
    more: list[Route] = field(default_factory=list[Route])

    def __post_init__(self) -> None:
        pages = Pages(Site(public_url=self.url, seller="Sprzedawca", desk="Okienko"))
        self.access = DeskAccess(self.store, self.clock, pages, DeskCookies(pages.site, KEY), counts_all, self.flood)
        log_ins = AgentLogIns(self.store, self.clock, Plain(), KEY, quotas=True)
        self.entry = log_in.LogInPages(self.access, log_ins, KEY, self.flood, self.obligatory)

    def app(self) -> Any:
        async def act(request: Request, me: SignedIn) -> Response:
            self.calls.append({"who": me.login} | await form_of(request))
            return PlainTextResponse("done")

        async def home(request: Request, me: SignedIn) -> Response:
            return self.access.page(request, me, "desk/help.html", keys=())

        routes = [
            *log_in.routes(self.entry, self.provider),
            *second_factor.routes(self.entry),
            *own_account.routes(self.entry, with_telegram=True),
            *self.more,
            *assets.routes(self.access.pages.site),
            Route("/desk", self.access.guarded(home)),
            Route("/desk/act", self.access.guarded(act), methods=["GET", "POST"]),
            Route("/desk/funnel", self.access.guarded(act, role="supervisor")),
            Route("/desk/erase", self.access.guarded(act, fresh=10), methods=["GET", "POST"]),
            Route("/desk/events", self.access.guarded(act, active=False)),
        ]
        return Headers(Starlette(routes=routes), secure=self.access.pages.site.secure)

    def browser(self, address: str = "203.0.113.7") -> "Browser":
        transport = httpx.ASGITransport(self.app(), client=(address, 5000))
        return Browser(self, httpx.AsyncClient(transport=transport, base_url=self.url))

    async def agent(self, login: str = "ola", role: Role = "agent") -> Agent:
        return await self.store.write(lambda c: put(c, login, role))

    async def inside(self) -> "Browser":
        """A browser of an agent who has just logged in by password."""
        await self.agent()
        browser = self.browser()
        await browser.log_in()
        return browser

    async def trail(self) -> list[audit.AuditEntry]:
        return await self.store.read(audit.page)

    async def enrolled(self, login: str = "ola") -> "tuple[Agent, TOTP]":
        """An agent whose app is set up already."""
        agent, offered = await self.agent(login), factor.offer_secret(KEY, login)
        app = TOTP(offered.secret)

        def work(connection: sa.Connection) -> None:
            code, at = app.at(NOW - timedelta(minutes=5)), NOW - timedelta(minutes=5)
            assert factor.enrol(connection, agent_id=agent.id, enrolment=offered, code=code, server_key=KEY, now=at)

        await self.store.write(work)
        return agent, app


@dataclass
class Browser:
    """A client with a cookie jar, which sends what a page of ours would send."""

    house: House
    http: httpx.AsyncClient
    page: str = ""
    csrf: str = ""

    def _saw(self, page: str) -> None:
        self.page = page
        if found := _CSRF.search(page):
            self.csrf = found[1]

    @property
    def secret(self) -> str:
        found = _KEY.search(self.page)
        assert found is not None
        return found[1].replace(" ", "")

    @property
    def recovery_codes(self) -> list[str]:
        return _RECOVERY.findall(self.page)

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self.http.cookies.jar}

    async def get(self, path: str, **headers: str) -> httpx.Response:
        answer = await self.http.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        self._saw(answer.text)
        return answer

    async def post(self, path: str, *, headers: dict[str, str] | None = None, **fields: str) -> httpx.Response:
        """The form that was looked at last, with these fields."""
        sent = {"csrf": self.csrf} | fields
        ours = {"origin": self.house.url, "sec-fetch-site": "same-origin", "accept": "text/html"}
        answer = await self.http.post(path, data=sent, headers=ours | (headers or {}))
        if answer.status_code != 303:
            self._saw(answer.text)
        return answer

    async def log_in(self, login: str = "ola", password: str = "right", after: str = "/desk") -> httpx.Response:
        """The first step."""
        await self.get("/desk/login?again=1")
        return await self.post("/desk/login", login=login, password=password, next=after)

    async def code(self, code: str, after: str = "/desk") -> httpx.Response:
        """The second step."""
        await self.get("/desk/login/code")
        return await self.post("/desk/login/code", code=code, next=after)

    async def is_in(self) -> bool:
        return (await self.get("/desk")).status_code == 200
