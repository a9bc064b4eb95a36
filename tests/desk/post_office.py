"""A public address that keeps what payment providers send, to be brought when, where and as often as a test wants."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.bot.handlers.telegram.bot_api import Hall, hall
from tests.desk.running import Running, http_client

NOTICES = "/webhooks/payments/"


@dataclass(frozen=True)
class Notice:
    """A notice as the provider sent it, or a payer's return (GET)."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def forged(self) -> "Notice":
        """The same with another amount or event in it."""
        return replace(self, body=self.body.replace(b"1", b"2", 1))


@dataclass
class PostOffice:
    """Passes on what comes, to one desk after the other, but for notices and returns: those it keeps."""

    url: str
    http: httpx.AsyncClient
    desks: list[Running] = field(default_factory=list[Running])
    kept: list[Notice] = field(default_factory=list[Notice])
    _turns: Iterator[int] = field(default_factory=itertools.count)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        dropped = ("host", "content-length", "connection")
        headers = {name: value for name, value in request.headers.items() if name not in dropped}
        query = scope["query_string"].decode()
        path = scope["path"] + (f"?{query}" if query else "")
        asked = Notice(request.method, path, headers, await request.body())
        if scope["path"].startswith(NOTICES) or scope["path"].endswith("/return"):
            self.kept.append(asked)
            await Response(status_code=200)(scope, receive, send)
            return
        answer = await self._pass_on(asked)
        kept = {k: v for k, v in answer.headers.items() if k not in ("content-length", "content-encoding")}
        await Response(answer.content, answer.status_code, kept)(scope, receive, send)

    async def bring(self, notice: Notice, times: int = 1) -> list[int]:
        """Brings it so many times at once, to desk after desk; how each was answered."""
        return [answer.status_code for answer in await asyncio.gather(*(self._pass_on(notice) for _ in range(times)))]

    def notices(self) -> list[Notice]:
        """What was kept of notices, in the order in which it was sent; no longer kept here."""
        found = [kept for kept in self.kept if kept.path.startswith(NOTICES)]
        self.kept = [kept for kept in self.kept if kept not in found]
        return found

    def returns(self) -> list[Notice]:
        """The same of payers who came back."""
        found, self.kept = self.kept, []
        return found

    async def _pass_on(self, asked: Notice) -> httpx.Response:
        desk = self.desks[next(self._turns) % len(self.desks)]
        url = f"{desk.url}{asked.path}"
        return await self.http.request(asked.method, url, headers=asked.headers, content=asked.body)


@asynccontextmanager
async def post_office() -> AsyncGenerator[PostOffice]:
    """One without desks yet; they are told its address as their public one."""
    found: Hall
    async with hall() as found, http_client() as http:
        office = PostOffice(found.address, http)
        found.app = office  # type: ignore[assignment]
        yield office
