"""Doors of the server's protocol, on a connection as a client sees it; all else reaches the application."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from bot.web import guard
from bot.web.direct import DoorAnswer, Doors, RawHeaders, direct_http

PATH = "/in"
MOST = 200_000
KEY = (b"x-key", b"right")
PATIENCE_S = 10.0


@dataclass
class Counter:
    """Notes each body; answers it as it is told to, once it may."""

    path: str = PATH
    most_bytes: int = MOST
    bodies: list[bytes] = field(default_factory=list[bytes])
    ended: int = 0
    go: asyncio.Event = field(default_factory=asyncio.Event)
    answers: Callable[[bytes], DoorAnswer] = lambda _: DoorAnswer(200)

    def admits(self, headers: RawHeaders) -> bool:
        return KEY in headers

    async def answer(self, body: bytes) -> DoorAnswer:
        self.bodies.append(body)
        await self.go.wait()
        self.ended += 1
        return self.answers(body)


@dataclass
class Served:
    """A server with one door; `seen` is what reached the application instead."""

    door: Counter
    server: uvicorn.Server
    address: tuple[str, int]
    serving: "asyncio.Task[None]"
    seen: list[bytes]

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(*self.address)


def request(body: bytes = b"{}", *, path: str = PATH, more: Mapping[str, str] | None = None) -> bytes:
    headers = {"Host": "desk", "X-Key": "right", "Content-Length": str(len(body)), **(more or {})}
    return f"POST {path} HTTP/1.1\r\n{lines(headers)}\r\n".encode() + body


def lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


async def answer_of(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    async with asyncio.timeout(PATIENCE_S):
        first, *others = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name: value for name, _, value in (line.partition(": ") for line in others)}
        return int(first.split()[1]), headers, await reader.readexactly(int(headers.get("content-length", "0")))


async def closed(reader: asyncio.StreamReader) -> bool:
    """Tell that the connection ends, and nothing more comes by it."""
    return await asyncio.wait_for(reader.read(), PATIENCE_S) == b""


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - it happens on the other side of a socket
            await asyncio.sleep(0.002)


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param}


@pytest.fixture
def passes() -> bool:
    """Tells if the application's own gate lets requests through."""
    return True


@pytest.fixture
async def served(passes: bool) -> AsyncIterator[Served]:
    door, seen = Counter(), list[bytes]()
    door.go.set()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await Request(scope, receive).body()
        except ClientDisconnect:
            return
        seen.append(body)
        await PlainTextResponse(f"by ASGI: {len(body)}")(scope, receive, send)

    doors = Doors([door], headers=[(b"x-strict", b"yes")], passes=lambda _: passes)
    config = uvicorn.Config(
        app,
        http=direct_http(doors),
        lifespan="off",
        log_level="critical",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await until(lambda: server.started)
        yield Served(door, server, listening.getsockname(), serving, seen)
        door.go.set()
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await serving


async def test_a_plain_request_passes_the_application_by_and_its_connection_is_kept(served: Served) -> None:
    reader, writer = await served.connect()
    served.door.answers = lambda body: DoorAnswer(503, ((b"retry-after", b"2"),)) if body == b"2" else DoorAnswer(200)
    for body, status in ((b"1", 200), (b"2", 503), (b"3", 200)):
        writer.write(request(body))
        found, headers, said = await answer_of(reader)
        assert (found, said) == (status, b"")
        assert headers.pop("date")
        again = {"retry-after": "2"} if status == 503 else {}
        assert headers == {"content-length": "0", "x-strict": "yes", **again}
    assert served.door.bodies == [b"1", b"2", b"3"]
    assert not served.seen
    writer.write(request(b"4", more={"Connection": "close"}))
    assert (await answer_of(reader))[1]["connection"] == "close"
    assert await closed(reader)
    assert served.server.server_state.total_requests == 4


@pytest.mark.parametrize(
    ("asked", "body"),
    [
        (request(b"{}", path="/elsewhere"), b"{}"),
        (request(b"{}", path=f"{PATH}?a=b"), b"{}"),
        (request(b"{}", path=f"{PATH}/"), b"{}"),
        (request(b"{}", path="/%69n"), b"{}"),
        (request(b"{}", path=f"http://desk{PATH}"), b"{}"),
        (request(b"{}", more={"X-Key": "wrong"}), b"{}"),
        (request(b"x" * (MOST + 1)), b"x" * (MOST + 1)),
        (request(b"{}").replace(b"POST", b"PUT"), b"{}"),
        (request(b"", more={"Connection": "Upgrade", "Upgrade": "h2c"}), b""),
        (f"GET {PATH} HTTP/1.1\r\nX-Key: right\r\n\r\n".encode(), b""),
        (f"POST {PATH} HTTP/1.1\r\nX-Key: right\r\n\r\n".encode(), b""),
        (f"POST {PATH} HTTP/1.1\r\nX-Key: right\r\nTransfer-Encoding: chunked\r\n\r\n".encode(), b"{} {}"),
    ],
)
async def test_whatever_is_not_plain_reaches_the_application(served: Served, asked: bytes, body: bytes) -> None:
    reader, writer = await served.connect()
    writer.write(asked)
    if b"chunked" in asked:
        writer.write(b"3\r\n{} \r\n")
        await asyncio.sleep(0)
        writer.write(b"2\r\n{}\r\n0\r\n\r\n")
    assert (await answer_of(reader))[2].startswith(b"by ASGI")
    assert served.seen == [body]
    assert not served.door.bodies


async def test_an_old_version_reaches_the_application(served: Served) -> None:
    reader, writer = await served.connect()
    writer.write(request().replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert (await answer_of(reader))[1]["connection"] == "close"
    assert served.seen == [b"{}"]


async def test_who_asks_before_the_body_is_told_to_go_on_by_the_application(served: Served) -> None:
    reader, writer = await served.connect()
    head, _, body = request(more={"Expect": "100-continue"}).partition(b"\r\n\r\n")
    writer.write(head + b"\r\n\r\n")
    assert (await answer_of(reader))[0] == 100
    writer.write(body)
    assert (await answer_of(reader))[0] == 200
    assert served.seen == [b"{}"]


@pytest.mark.parametrize("passes", [False])
async def test_what_the_application_may_refuse_reaches_it(served: Served) -> None:
    reader, writer = await served.connect()
    writer.write(request())
    await answer_of(reader)
    assert served.seen == [b"{}"]


@pytest.mark.parametrize("size", [0, 1, 70_000, MOST])
async def test_a_body_may_come_in_pieces_up_to_its_limit(served: Served, size: int) -> None:
    reader, writer = await served.connect()
    whole = request(b"x" * size)
    for at in range(0, len(whole), 30_001):
        writer.write(whole[at : at + 30_001])
        await writer.drain()
        await asyncio.sleep(0.001)
    assert (await answer_of(reader))[0] == 200
    assert [len(body) for body in served.door.bodies] == [size]


async def test_half_a_body_and_then_silence_is_ended(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "SLOWEST_BODY_S", 0.1)
    reader, writer = await served.connect()
    writer.write(request(b"x" * 100)[:-50])
    status, headers, _ = await answer_of(reader)
    assert (status, headers["connection"]) == (408, "close")
    assert await closed(reader)
    assert not served.door.bodies


async def test_half_a_head_after_an_answer_is_ended(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "HEAD_S", 0.1)
    reader, writer = await served.connect()
    writer.write(request())
    await answer_of(reader)
    writer.write(request()[:20])
    assert await asyncio.wait_for(reader.read(), 4) == b"", "before the keep-alive would end"


@pytest.mark.parametrize("whole", [False, True])
async def test_a_connection_that_is_lost(served: Served, whole: bool) -> None:
    """In mid-body it is no request; while its work is done, it is done to the end."""
    served.door.go.clear()
    _, writer = await served.connect()
    writer.write(request(b"x" * 100)[: None if whole else -50])
    await writer.drain()
    await until(lambda: served.door.bodies if whole else served.server.server_state.tasks)
    writer.close()
    await until(lambda: not served.server.server_state.connections)
    served.door.go.set()
    await until(lambda: not served.server.server_state.tasks)
    assert served.door.ended == whole
    reader, writer = await served.connect()
    writer.write(request())
    assert (await answer_of(reader))[0] == 200


async def test_pipelined_requests_are_answered_one_after_the_other(served: Served) -> None:
    served.door.go.clear()
    served.door.answers = lambda body: DoorAnswer(int(body))
    reader, writer = await served.connect()
    ways = [request(b"200"), request(b"503"), request(b"abc", path="/elsewhere"), request(b"400"), request(b"x" * 9)]
    writer.write(b"".join(ways)[:-5])
    await until(lambda: served.door.bodies)
    for _ in range(20):
        await asyncio.sleep(0)
    assert (served.door.bodies, served.seen) == ([b"200"], [])
    served.door.go.set()
    assert [(await answer_of(reader))[0] for _ in range(4)] == [200, 503, 200, 400]
    assert served.door.bodies == [b"200", b"503", b"400"]
    assert served.seen == [b"abc"]
    served.door.answers = lambda _: DoorAnswer(200)
    writer.write(b"x" * 5)
    assert (await answer_of(reader))[0] == 200


async def test_a_failure_is_told_without_a_word_of_the_request(served: Served) -> None:
    def fails(body: bytes) -> DoorAnswer:
        raise RuntimeError(body)

    served.door.answers = fails
    reader, writer = await served.connect()
    with capture_logs() as log:
        writer.write(request(b"secret"))
        status, headers, _ = await answer_of(reader)
    assert (status, headers["connection"]) == (500, "close")
    assert await closed(reader)
    (line,) = log
    assert (line["event"], line["alarm"], line["error"]) == ("request_failed", True, "RuntimeError")
    assert "secret" not in json.dumps(line)


async def test_a_server_that_stops_waits_for_what_has_begun(served: Served) -> None:
    served.door.go.clear()
    reader, writer = await served.connect()
    idle, _ = await served.connect()
    writer.write(request())
    await until(lambda: served.door.bodies)
    served.server.should_exit = True
    assert await closed(idle)
    assert not served.serving.done()
    served.door.go.set()
    status, headers, _ = await answer_of(reader)
    assert (status, headers["connection"]) == (200, "close")
    assert await closed(reader)
    await asyncio.wait_for(served.serving, PATIENCE_S)


async def test_a_server_that_stops_waits_no_longer_than_it_has_time(served: Served) -> None:
    served.door.go.clear()
    reader, writer = await served.connect()
    writer.write(request())
    await until(lambda: served.door.bodies)
    served.server.should_exit = True
    assert (await answer_of(reader))[0] == 500, "so that it comes again"
    assert await closed(reader)
    assert not served.door.ended


async def test_an_answer_is_the_same_by_asgi() -> None:
    answer: Response = DoorAnswer(503, ((b"retry-after", b"2"),)).response()
    assert answer.status_code == 503
    assert answer.body == b""
    assert dict(answer.headers) == {"retry-after": "2", "content-length": "0"}
