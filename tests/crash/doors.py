"""The ways into an installation: each customer takes the next door at each turn; providers go by the front door."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.crash.process import Process

#: Longer than an answer takes (ten seconds, while a call is under way); a frozen process is left alone after it.
ANSWER_S = 11.0
FRONT_S = 9.0
#: What says "send it again": the store is away, or the stand-ins are.
AGAIN = (502, 503)


@dataclass
class Doors:
    """The processes that customers may be sent to. `knocked` is told of each request that is on its way."""

    processes: list[Process]
    knocked: Callable[[Process], None] = lambda _process: None
    _turns: "itertools.count[int]" = field(default_factory=itertools.count)

    async def next(self, turn: int) -> Process:
        """The door of this turn, or the next one that is open."""
        while True:
            for n in range(len(self.processes)):
                if (found := self.processes[(turn + n) % len(self.processes)]).up:
                    return found
            await asyncio.sleep(0.01)


class Visitor(httpx.AsyncClient):
    """One customer's way in by `http`: asks until there is an answer, each time at another door."""

    def __init__(self, http: httpx.AsyncClient, doors: Doors, first: int, answer_s: float = ANSWER_S) -> None:
        super().__init__(transport=httpx.AsyncBaseTransport())
        self._http = http
        self._answer_s = answer_s
        self._doors = doors
        self._turns = itertools.count(first)
        self.cut_at: float | None = None
        self.unanswered = 0

    async def request(self, *args: Any, **more: Any) -> httpx.Response:
        """The first answer that is none of AGAIN. `cut_at` is when the last request began to be asked in vain."""
        method, path = args
        self.cut_at = None
        while True:
            door = await self._doors.next(next(self._turns))
            self._doors.knocked(door)
            try:
                answer = await self._http.request(method, f"{door.url}{path}", timeout=self._answer_s, **more)
                if answer.status_code not in AGAIN:
                    return answer
            except httpx.HTTPError:
                pass
            self.unanswered += 1
            self.cut_at = self.cut_at or asyncio.get_running_loop().time()
            await asyncio.sleep(0.03)


@dataclass
class FrontDoor:
    """The public address: passes a request on to one of the processes; 503 where that one died of it."""

    http: httpx.AsyncClient
    doors: list[Doors]
    _turns: "itertools.count[int]" = field(default_factory=itertools.count)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        path = scope["path"] + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
        kept = {k: v for k, v in request.headers.items() if k not in ("host", "content-length", "connection")}
        body = await request.body()
        try:
            async with asyncio.timeout(FRONT_S):
                door = await self.doors[0].next(next(self._turns))
                answer = await self.http.request(request.method, f"{door.url}{path}", headers=kept, content=body)
        except (httpx.HTTPError, TimeoutError):
            await JSONResponse({"error": "nobody answers"}, 503)(scope, receive, send)
            return
        dropped = ("content-length", "content-encoding", "connection", "transfer-encoding")
        passed = {k: v for k, v in answer.headers.items() if k not in dropped}
        await Response(answer.content, answer.status_code, passed)(scope, receive, send)


@asynccontextmanager
async def front_door(http: httpx.AsyncClient) -> AsyncGenerator[tuple[str, FrontDoor]]:
    """Its address, and the door itself, which must be told of the processes."""
    door = FrontDoor(http, [])
    server = uvicorn.Server(uvicorn.Config(door, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", door
    finally:
        server.should_exit = True
        await serving
