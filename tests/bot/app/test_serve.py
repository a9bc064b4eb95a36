"""The desk's own server: what it sets up otherwise than uvicorn does by itself."""

import asyncio
import contextlib
import resource
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from structlog.testing import capture_logs

from bot.app import serve
from bot.app.own_process import NotStarted, own_desk
from bot.app.serve import MOST_OF_A_NETWORK, STRANGERS_S, DeskServer

#: https://caddyserver.com/docs/caddyfile/directives/reverse_proxy: `keepalive`; nginx's `keepalive_timeout` is 60.
CADDY_KEEPS_S = 120
Connected = tuple[asyncio.StreamReader, asyncio.StreamWriter]
ELSEWHERE = "192.0.2.1"
"""A proxy that is none of the test's connections."""


@contextlib.asynccontextmanager
async def served() -> AsyncGenerator[tuple[DeskServer, Callable[[], Awaitable[Connected]]]]:
    """A server, and how to connect to it; a connection has been answered once, and waits for its next request."""
    server = DeskServer(PlainTextResponse("in"))
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))

        async def answered() -> Connected:
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            await asked(reader, writer)
            return reader, writer

        yield server, answered
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await serving


async def asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n")
    assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\nin"), 10)).startswith(b"HTTP/1.1 200")


def closes_in_s(server: DeskServer) -> float:
    [connection] = server.server_state.connections
    closes: asyncio.TimerHandle = vars(connection)["timeout_keep_alive_task"]
    return closes.when() - asyncio.get_running_loop().time()


async def test_an_idle_connection_is_left_for_the_proxy_to_close() -> None:
    async with served() as (server, answered):
        reader, _writer = await answered()
        assert closes_in_s(server) > CADDY_KEEPS_S
    assert await asyncio.wait_for(reader.read(), 10) == b"", "a desk that stops waits for no idle connection"


@pytest.mark.parametrize("more", ["Transfer-Encoding: chunked", "Content-Length: 5"])
async def test_a_request_whose_length_is_said_in_two_ways_is_refused(more: str) -> None:
    """Whoever stands in between might take the rest for another request."""
    async with served() as (_, answered):
        reader, writer = await answered()
        writer.write(f"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 4\r\n{more}\r\n\r\n0\r\n\r\n".encode())
        assert (await asyncio.wait_for(reader.read(), 10)).startswith(b"HTTP/1.1 400")


async def test_a_strangers_idle_connection_is_closed_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", ELSEWHERE)
    async with served() as (server, answered):
        await answered()
        assert closes_in_s(server) <= STRANGERS_S


@pytest.mark.parametrize("proxy", [True, False])
async def test_one_network_has_so_many_idle_connections_but_proxy(proxy: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not proxy:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", ELSEWHERE)
    more = 4
    async with served() as (server, answered):
        open_ones = [await answered() for _ in range(MOST_OF_A_NETWORK + more + 1)]
        longest, others = open_ones[:more], open_ones[more:]
        if not proxy:
            assert [await asyncio.wait_for(reader.read(), 10) for reader, _ in longest] == [b""] * more
        else:
            others = open_ones
        for reader, writer in others:
            await asked(reader, writer)
        assert len(server.server_state.connections) == len(others)


async def test_the_last_descriptors_are_told_and_idle_connections_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served() as (_server, answered):
        idle = [await answered() for _ in range(3)]
        with capture_logs() as log:
            monkeypatch.setattr(serve.IdleHeads, "told_at", float("-inf"))
            monkeypatch.setattr(serve, "SPARE", resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 1)
            for _ in range(3):
                await answered()
        assert [await asyncio.wait_for(reader.read(), 10) for reader, _ in idle] == [b""] * 3
    told = [line for line in log if line["event"] == "descriptors_short"]
    assert [line["alarm"] for line in told] == [True], "once, and not for each connection"


def test_a_desk_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(NotStarted) as failed, own_desk(tmp_path / "nowhere"):
        pass
    assert str(failed.value).strip()
