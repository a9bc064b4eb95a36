"""A lean transport under python-telegram-bot's seam for requests: kept-alive connections, HTTP/1.1, JSON bodies.

PTB stays the client: it builds the parameters and reads answers and errors. What each reply needs is called past its
objects (`LeanRequest.call`), and PTB reads only what such a call is refused with. PTB's own transport, httpx, serves
what the desk rarely needs: proxies, uploads, downloads.
"""

import asyncio
import json
import ssl
from asyncio.staggered import staggered_race
from collections.abc import Mapping
from functools import lru_cache, partial
from http import HTTPStatus
from socket import SOCK_STREAM
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.request import getproxies

import httpx
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser
from msgspec.json import Decoder, Encoder
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from services.clients.http import TOO_LONG, fetch
from services.crash import crash_point
from services.errors import ProviderUnavailable
from values.loopback import leads_to_loopback

CONNECT_S = 5.0
#: How long one address of a host may keep the next one from being tried.
NEXT_ADDRESS_S = 0.25
#: A connection that was idle for longer isn't used again: servers close theirs after five seconds or more.
MOST_IDLE_S = 4.0
FILE_S = 30.0
MOST_HEAD_BYTES = 64 * 1024
#: A hundred updates with the longest texts take a few megabytes.
MOST_ANSWER_BYTES = 16 * 1024 * 1024

Answer = tuple[int, bytes]

_decode, _encode = Decoder().decode, Encoder().encode


def read_json(payload: bytes | bytearray) -> object:
    """Return the value of the Bot API's JSON. Raises ValueError, RecursionError."""
    try:
        return _decode(payload)
    except ValueError:  # half a surrogate pair, a number beyond all bounds, a mark at the beginning
        return json.loads(payload)


def written_json(value: Mapping[str, object]) -> bytes:
    """Return the value as JSON."""
    try:
        return _encode(value)
    except UnicodeEncodeError:  # half a surrogate pair, which only an escape can say
        return json.dumps(value).encode()


class LeanRequest(HTTPXRequest):
    """PTB's requests to the Bot API at `base_url`, each between two crash points; at most `at_once` are under way.

    Nothing is sent twice: whether to repeat a call whose answer was lost is the caller's decision.
    """

    def __init__(self, base_url: str, tls: ssl.SSLContext, *, at_once: int, read_s: float, pool_s: float) -> None:
        local = leads_to_loopback(base_url)
        settings = {"trust_env": not local, "verify": tls}
        super().__init__(at_once, read_timeout=read_s, pool_timeout=pool_s, httpx_kwargs=settings)
        self._read_s, self._pool_s = read_s, pool_s
        parts = urlsplit(base_url)
        proxied = not local and not {parts.scheme, "all"}.isdisjoint(getproxies())
        self.is_lean = not proxied and parts.username is None and base_url.isascii()
        self._pool = _Pool(parts.hostname or "", parts.port, tls if parts.scheme == "https" else None, at_once)

    async def initialize(self) -> None:
        """As PTB's; also after a shutdown."""
        await super().initialize()
        self._pool.closed = False

    async def file(self, url: str, most: int) -> bytes | None:
        """Return a file of at most `most` bytes; None for one that is larger, or gone. Raises ProviderUnavailable."""
        try:
            answer = await fetch(self._client, httpx.Request("GET", url), timeout_s=FILE_S, most_bytes=most)
        except ProviderUnavailable as error:
            if error.origin == TOO_LONG:
                return None
            raise ProviderUnavailable("telegram") from None
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ProviderUnavailable("telegram")
        return answer.body if answer.status == HTTPStatus.OK else None

    async def shutdown(self) -> None:
        """As PTB's; requests under way fail."""
        await super().shutdown()
        self._pool.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> Answer:
        """As PTB's. Writing counts as part of the wait for the answer."""
        if self.is_lean and method == "POST" and not (request_data and request_data.contains_files):
            body = json.dumps(request_data.parameters if request_data else {}).encode()
            return await self._sent(
                url,
                body,
                connect_s=_given(connect_timeout, CONNECT_S),
                read_s=_given(read_timeout, self._read_s),
                pool_s=_given(pool_timeout, self._pool_s),
            )
        call = _method(url)
        crash_point(f"before {call}")
        timeouts = (read_timeout, write_timeout, connect_timeout, pool_timeout)
        answer = await super().do_request(url, method, request_data, *timeouts)
        crash_point(f"after {call}")
        return answer

    async def call(self, url: str, parameters: Mapping[str, object]) -> object:
        """Call a method with plain values and return its result; only where `is_lean`. Raises PTB's errors."""
        body = written_json(parameters)
        status, payload = await self._sent(url, body, connect_s=CONNECT_S, read_s=self._read_s, pool_s=self._pool_s)
        if status == HTTPStatus.OK:
            return self.parse_json_payload(payload)["result"]
        return await _Reader(status, payload).post(url)

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """As PTB's, which reads what no strict reader does."""
        try:
            return read_json(payload)
        except ValueError:
            return HTTPXRequest.parse_json_payload(payload)

    async def _sent(
        self, url: str, body: bytes, *, connect_s: float | None, read_s: float | None, pool_s: float | None
    ) -> Answer:
        call = _method(url)
        crash_point(f"before {call}")
        request = b"%b%d\r\n\r\n%b" % (_head(url), len(body), body)
        answer = await self._pool.exchange(request, connect_s=connect_s, read_s=read_s, pool_s=pool_s)
        crash_point(f"after {call}")
        return answer


class _Reader(BaseRequest):
    """PTB's own reading of an answer that is there already: what is raised for it is PTB's to say."""

    def __init__(self, status: int, payload: bytes) -> None:
        self._answer = status, payload

    @property
    def read_timeout(self) -> None:
        """Set no limit: there is nothing to wait for."""

    async def initialize(self) -> None:
        """Do nothing: it holds nothing open."""

    async def shutdown(self) -> None:
        """Do nothing."""

    async def do_request(self, *_: object, **__: object) -> Answer:
        """Return the answer."""
        return self._answer


def _method(url: str) -> str:
    return url.rpartition("/")[2]


def _given(timeout: Any, default: float) -> float | None:
    return default if timeout is BaseRequest.DEFAULT_NONE else timeout


@lru_cache(maxsize=64)
def _head(url: str) -> bytes:
    """Return a request's head as far as the length of its body."""
    _scheme, _, host, path = url.split("/", 3)
    target = quote(path, safe="/:%@!$&'()*+,;=")
    return (
        f"POST /{target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {BaseRequest.USER_AGENT}\r\n"
        "Accept-Encoding: identity\r\nContent-Type: application/json\r\nContent-Length: "
    ).encode("ascii")


class _Pool:
    """Connections to one server, at most `most`; requests that find none free are served in their order."""

    def __init__(self, host: str, port: int | None, tls: ssl.SSLContext | None, most: int) -> None:
        self.closed = False
        self._host, self._port, self._tls, self._most = host, port or (443 if tls else 80), tls, most
        self._loop: asyncio.AbstractEventLoop | None = None
        self._free = asyncio.Semaphore(most)
        self._idle: list[_Connection] = []
        self._busy: set[_Connection] = set()

    async def exchange(
        self, request: bytes, *, connect_s: float | None, read_s: float | None, pool_s: float | None
    ) -> Answer:
        """Send a request once; return the answer's status and body. Raises TimedOut, NetworkError."""
        if (loop := asyncio.get_running_loop()) is not self._loop:  # what belongs to another loop is left behind
            self._loop, self._free, self._idle, self._busy = loop, asyncio.Semaphore(self._most), [], set()
        free = self._free
        if free.locked():
            await _freed(free, pool_s)
        else:
            await free.acquire()
        try:
            connection = self._rested() or await self._connected(loop, connect_s)
            self._busy.add(connection)
            try:
                return await connection.exchange(request, read_s)
            finally:
                self._busy.discard(connection)
                if connection.usable and not self.closed:
                    self._idle.append(connection)
                else:
                    connection.close()
        finally:
            free.release()

    def close(self) -> None:
        """End all connections; no more are made."""
        self.closed = True
        for connection in (*self._idle, *self._busy):
            connection.close()
        self._idle.clear()

    def _rested(self) -> "_Connection | None":
        while self._idle:
            if (connection := self._idle.pop()).usable:
                return connection
            connection.close()
        return None

    async def _connected(self, loop: asyncio.AbstractEventLoop, connect_s: float | None) -> "_Connection":
        if self.closed:
            raise NetworkError("The transport is shut down.")
        name = self._host if self._tls else None

        async def connected(address: str) -> _Connection:
            made = await loop.create_connection(_Connection, address, self._port, ssl=self._tls, server_hostname=name)
            return made[1]

        try:
            async with asyncio.timeout(connect_s):
                # Addresses race here and not in `create_connection`, as uvloop's tries one after the other.
                found = await loop.getaddrinfo(self._host, self._port, type=SOCK_STREAM)
                tries = [partial(connected, str(address[0])) for *_, address in found]
                connection, _, errors = await staggered_race(tries, NEXT_ADDRESS_S)
        except TimeoutError as error:
            raise TimedOut from error
        except OSError as error:
            raise NetworkError(f"Not connected: {type(error).__name__}") from error
        if connection is None:
            raise NetworkError(f"Not connected: {', '.join(type(error).__name__ for error in errors)}")
        return connection


async def _freed(free: asyncio.Semaphore, pool_s: float | None) -> None:
    """Wait for a place. Raises TimedOut."""
    try:
        async with asyncio.timeout(pool_s):
            await free.acquire()
    except TimeoutError:
        raise TimedOut("Pool timeout: all connections are in use. The request was not sent.") from None


class _Connection(asyncio.Protocol):
    """One connection, for one request at a time."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._parser = HttpResponseParser(self)
        self._answer: asyncio.Future[Answer] | None = None
        self._silence: asyncio.TimerHandle | None = None
        self._heard_at = self._loop.time()
        self._keeps_alive = True
        self._received = 0
        self._body = bytearray()
        self._in_body = self._tells_length = False

    @property
    def usable(self) -> bool:
        """Return whether the next request can be sent on it."""
        idle_s = self._loop.time() - self._heard_at
        return self._keeps_alive and not self._transport.is_closing() and idle_s < MOST_IDLE_S

    async def exchange(self, request: bytes, read_s: float | None) -> Answer:
        """Send a request; the server may fall silent for `read_s` seconds. After a failure it isn't usable."""
        if self._transport.is_closing():
            raise NetworkError("The connection was closed before the request was sent.")
        self._answer = self._loop.create_future()
        self._keeps_alive = False
        self._received = 0
        self._heard_at = self._loop.time()
        if read_s is not None:
            self._silence = self._loop.call_later(read_s, self._listen, read_s)
        self._transport.write(request)
        try:
            return await self._answer
        finally:
            self._answer = None
            if self._silence is not None:
                self._silence.cancel()

    def close(self) -> None:
        """End it at once; a request under way fails."""
        self._fail(NetworkError("The transport is shut down."))

    def _listen(self, read_s: float) -> None:
        silent_s = self._loop.time() - self._heard_at
        if silent_s < read_s:
            self._silence = self._loop.call_later(read_s - silent_s, self._listen, read_s)
        else:
            self._fail(TimedOut())

    def _pending(self) -> "asyncio.Future[Answer] | None":
        return None if self._answer is None or self._answer.done() else self._answer

    def _finish(self, *, keeps_alive: bool) -> None:
        if pending := self._pending():
            self._keeps_alive = keeps_alive
            pending.set_result((self._parser.get_status_code(), bytes(self._body)))

    def _fail(self, error: TelegramError) -> None:
        if pending := self._pending():
            pending.set_exception(error)
        self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._fail(NetworkError("The answer isn't HTTP."))
        if self._pending() and self._received > (MOST_ANSWER_BYTES if self._in_body else MOST_HEAD_BYTES):
            self._fail(NetworkError("The answer is too long."))

    def eof_received(self) -> None:
        if self._in_body and not self._tells_length:  # such a body ends with the connection
            self._finish(keeps_alive=False)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(NetworkError("The connection was closed before the answer was there."))

    # httptools' parser; "100 Continue" and its like are messages before the answer

    def on_message_begin(self) -> None:
        self._body.clear()
        self._tells_length = False
        if not self._pending():  # nobody asked
            self._transport.abort()

    def on_header(self, name: bytes, _value: bytes) -> None:
        self._tells_length |= name.lower() in (b"content-length", b"transfer-encoding")

    def on_headers_complete(self) -> None:
        self._in_body = True

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        self._in_body = False
        if self._parser.get_status_code() >= 200:
            self._finish(keeps_alive=self._parser.should_keep_alive())
