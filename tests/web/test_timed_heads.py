"""Connections that don't say in time what they want are closed; those that are served aren't."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bot.web import guard

WHOLE = b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n"
Open = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


@pytest.fixture
async def connect(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Open, asyncio.Event]]:
    """Connect to a server whose heads have a tenth of a second, and whose answer waits for the event."""
    monkeypatch.setattr(guard, "HEAD_S", 0.1)
    go = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await go.wait()
        await PlainTextResponse("in")(scope, receive, send)

    server = uvicorn.Server(uvicorn.Config(app, http=guard.TimedHeads, lifespan="off", log_level="critical"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))

        def connection() -> Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
            return asyncio.open_connection(*listening.getsockname())

        yield connection, go
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await serving


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: desk\r\nX-A: "])
async def test_half_a_head_is_closed(connect: tuple[Open, asyncio.Event], sent: bytes) -> None:
    reader, writer = await connect[0]()
    writer.write(sent)
    assert await asyncio.wait_for(reader.read(), 10) == b""


async def test_a_request_that_is_being_answered_is_left_alone_and_the_next_one_is_timed(
    connect: tuple[Open, asyncio.Event],
) -> None:
    opened, go = connect
    reader, writer = await opened()
    writer.write(WHOLE)
    idle, _ = await opened()
    assert await asyncio.wait_for(idle.read(), 10) == b"", "longer than a head may take"
    go.set()
    assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\nin"), 10)).startswith(b"HTTP/1.1 200")
    writer.write(b"GET / HTTP/1.1\r\nHo")
    assert await asyncio.wait_for(reader.read(), 4) == b"", "before the keep-alive would end"
