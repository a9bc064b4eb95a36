"""Requests that the server's own protocol answers, past ASGI: for an address that is called for each message.

A `Door` gets only what nothing on the way through the application would refuse, note or change: a POST of HTTP/1.1 to
its very address, with a length that it takes, admitted by its headers. All else goes by ASGI, to the same handler.
Such a request is a request/response cycle of uvicorn's all the same: it has its place among pipelined ones, its
connection is kept alive or closed, and a server that stops waits for it.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Protocol

import structlog
from msgspec import Struct
from starlette.responses import Response
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from bot.web import guard
from bot.web.idle_connections import IdleHeads
from services.errors import describe

RawHeaders = Sequence[tuple[bytes, bytes]]
"""Names in small letters, as ASGI has them."""

_log = structlog.get_logger(__name__)


class DoorAnswer(Struct, frozen=True):
    """An answer without a body."""

    status: int
    headers: RawHeaders = ()

    def response(self) -> Response:
        """Return it for ASGI."""
        return Response(
            status_code=self.status, headers={name.decode(): value.decode() for name, value in self.headers}
        )


GONE = DoorAnswer(400)
TOO_SLOW = DoorAnswer(408, ((b"connection", b"close"),))
_BROKEN = DoorAnswer(500, ((b"connection", b"close"),))


class Door(Protocol):
    """An address whose requests are told by their head and their whole body."""

    @property
    def path(self) -> str:
        """Its path, in plain characters."""
        ...

    @property
    def most_bytes(self) -> int:
        """The longest body."""
        ...

    def admits(self, headers: RawHeaders) -> bool:
        """Tell whether a request proves that it may come in."""
        ...

    async def answer(self, body: bytes) -> DoorAnswer:
        """Do what an admitted request asks for."""
        ...


class Doors:
    """The doors of one server. `headers`: on each answer. `passes`: whether the way by ASGI lets a request through."""

    def __init__(
        self, doors: Iterable[Door] = (), *, headers: RawHeaders = (), passes: Callable[[Scope], bool] | None = None
    ) -> None:
        self._at = {door.path.encode("ascii"): door for door in doors}
        self._passes = passes
        self.headers = _lines(headers)

    def at(self, url: bytes) -> Door | None:
        """Return the door at this very address."""
        return self._at.get(url)

    def lets_in(self, door: Door, scope: Scope) -> bool:
        """Tell whether a request may go to the door, its method and version apart."""
        headers: RawHeaders = scope["headers"]
        length = b""
        for name, value in headers:
            if name == b"content-length":
                length = value
            elif name == b"transfer-encoding":
                return False
        fits = length.isdigit() and len(length) < 10 and int(length) <= door.most_bytes
        return fits and door.admits(headers) and (self._passes is None or self._passes(scope))


class DirectHttp(IdleHeads):
    """The server's protocol with doors: `direct_http` makes one of its own for each server."""

    doors: ClassVar[Doors]

    def on_headers_complete(self) -> None:
        """Begin a cycle: at a door, where there is one that takes the request."""
        door = self.doors.at(self.url)
        if door is not None and self._is_plain():
            self.scope["method"] = "POST"
            if self.doors.lets_in(door, self.scope):
                self._begin(door)
                return
        super().on_headers_complete()

    def _is_plain(self) -> bool:
        return (
            self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and not self.parser.should_upgrade()
            and not self.expect_100_continue
        )

    def _begin(self, door: Door) -> None:
        before = self.cycle
        self.cycle = _Exchange(
            door,
            self.doors.headers,
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=self.parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:  # pipelined: in its turn
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))


def direct_http(doors: Doors) -> type[DirectHttp]:
    """Return the protocol of a server with these doors, for uvicorn's configuration."""
    return type(DirectHttp.__name__, (DirectHttp,), {"doors": doors})


class _Exchange(RequestResponseCycle):
    """A cycle whose request goes to a door once its body is whole."""

    def __init__(self, door: Door, headers: bytes, **of_uvicorn: Any) -> None:
        super().__init__(**of_uvicorn)
        self._door = door
        self._headers = headers

    async def run_asgi(self, app: object) -> None:
        """Answer, past the application."""
        try:
            answer = await self._answered()
        except asyncio.CancelledError:  # the server has waited long enough: whoever asked may do so again
            answer = _BROKEN
        except Exception as error:
            _log.error("request_failed", alarm=True, method="POST", at=type(self._door).__qualname__, **describe(error))
            answer = _BROKEN
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if not self.disconnected:
            self._say(answer)
        self.on_response = _nothing

    async def _answered(self) -> DoorAnswer:
        if self.more_body:
            try:
                async with asyncio.timeout(guard.SLOWEST_BODY_S):
                    await self._rest()
            except TimeoutError:
                return TOO_SLOW
        return GONE if self.disconnected else await self._door.answer(bytes(self.body))

    async def _rest(self) -> None:
        while self.more_body and not self.disconnected:
            self.flow.resume_reading()
            await self.message_event.wait()
            self.message_event.clear()

    def _say(self, answer: DoorAnswer) -> None:
        own = _lines((*self.default_headers, *answer.headers))
        if (b"connection", b"close") in answer.headers:
            self.keep_alive = False
        elif not self.keep_alive:
            own += b"connection: close\r\n"
        self.response_started = self.response_complete = True
        self.transport.write(STATUS_LINE[answer.status] + own + b"content-length: 0\r\n" + self._headers + b"\r\n")
        if not self.keep_alive:
            self.transport.close()
        self.on_response()


def _lines(headers: RawHeaders) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def _nothing() -> None:
    """Stand in for what a cycle that is over tells nobody: its connection would be held by it."""
