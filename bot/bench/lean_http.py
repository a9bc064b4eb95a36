"""HTTP/1.1 on loopback at the least cost: a web framework would take longer than the floor that is measured."""

import asyncio
from collections import deque
from collections.abc import Callable
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from httptools import HttpRequestParser, HttpResponseParser

Take = Callable[["LoopbackRequest", str, bytes], None]


class LoopbackRequest(asyncio.Protocol):
    """An accepted connection: `take` is handed each request's path and body, and answers now or later."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._parser = HttpRequestParser(self)

    def answer(self, body: bytes = b"{}") -> None:
        """Answer 200 with JSON."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        self._transport.write(head % len(body) + body)

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._path, self._body = b"", b""

    def on_url(self, url: bytes) -> None:
        self._path += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        self._take(self, self._path.decode(), self._body)


class Posts:
    """Requests to one server in their order, at most `most` at a time; `fail` hears of one that isn't answered 200."""

    def __init__(self, url: str, most: int, fail: Callable[[str], None]) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._most, self.fail = most, fail
        self._open = set[_Posting | asyncio.Task[None]]()
        self._idle: list[_Posting] = []
        self._waiting = deque[bytes]()

    def send(self, path: str, body: bytes, headers: str = "") -> None:
        """Post JSON, on a connection that is open, as soon as one is free."""
        head = f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\n{headers}Content-Type: application/json\r\n"
        self._waiting.append(b"%bContent-Length: %d\r\n\r\n%b" % (head.encode(), len(body), body))
        if self._idle:
            self._idle.pop().send(self._waiting.popleft())
        elif len(self._open) < self._most:
            self._open.add(asyncio.get_running_loop().create_task(self._connect()))

    async def _connect(self) -> None:
        task: Any = asyncio.current_task()
        try:
            await asyncio.get_running_loop().create_connection(lambda: _Posting(self), self._host, self._port)
        except OSError as error:
            self.fail(f"port {self._port} takes no connection ({type(error).__name__})")
        self._open.discard(task)

    def take(self, connection: "_Posting") -> None:
        """Give a connection that is free the next request."""
        self._open.add(connection)
        if self._waiting:
            connection.send(self._waiting.popleft())
        else:
            self._idle.append(connection)

    def lose(self, connection: "_Posting", request: bytes) -> None:
        """Forget a closed connection; the request that it was closed upon fails."""
        self._open.discard(connection)
        if request:
            self.fail(f"port {self._port} closed the connection upon a request")
        else:
            self._idle.remove(connection)


class _Posting(asyncio.Protocol):
    """A connection of `Posts`, for one request at a time."""

    def __init__(self, posts: Posts) -> None:
        self._posts = posts
        self._parser = HttpResponseParser(self)
        self._request = b""

    def send(self, request: bytes) -> None:
        self._request = request
        self._transport.write(request)

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._transport = transport
        self._posts.take(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._posts.lose(self, self._request)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        if (status := self._parser.get_status_code()) != 200:
            self._posts.fail(f"a request was answered {status}")
        self._request = b""
        self._posts.take(self)


def serve(port: int, take: Take, begin: Callable[[], None] = lambda: None) -> None:
    """Listen on loopback, then `begin`, until the process is ended; on uvloop where it is installed, as the desk is."""

    async def serving() -> None:
        server = await asyncio.get_running_loop().create_server(
            lambda: LoopbackRequest(take), "127.0.0.1", port, backlog=512
        )
        begin()
        await server.serve_forever()

    try:
        loops = import_module("uvloop").new_event_loop
    except ImportError:
        loops = None
    with asyncio.Runner(loop_factory=loops) as runner:
        runner.run(serving())
