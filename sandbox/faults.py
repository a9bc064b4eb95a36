"""Faults in force, and the gate before every HTTP stand-in that plays them.

One fault a provider; setting another replaces it. `times` N > 0 counts the provider's calls down, each mode alike
(`down` lasts until its calls are used up); left out, it lasts until cleared; 0 clears. Payers' pages and certificates
are not calls.

- `reset`: the connection is closed before anything is done.      - `timeout`: nothing is done, nothing is answered.
- `down`: 503, an HTML page.                                       - `error`: the provider's own server error.
- `garbage`: 200 with a proxy's page; nothing is done.             - `slow`: done and answered after 5 s.
- `lost`: done, and the connection closed without the answer.      - `too_many`: 429, to be tried again in a second.

ASGI can't close a connection. So the gate begins an answer, then raises: a web server that sees an answer begun and not
ended closes the connection. The exceptions are httpx's own, so that a client that calls the stand-ins in the same
process (`httpx.ASGITransport`) meets just what it would meet over the network.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, get_args

import httpx
from msgspec import Struct
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.clock import SandboxClock, Sleep
from sandbox.ledger import Ledger

Mode = Literal["timeout", "error", "slow", "down", "garbage", "lost", "reset", "too_many"]
MODES: Final = get_args(Mode)
SLOW_S: Final = 5.0
TIMEOUT_S: Final = 60.0
"""Longer than any client waits."""


class InjectedFault(Struct, frozen=True):
    """A fault in force; `times` is how often yet, None until cleared."""

    provider: str
    mode: Mode
    times: int | None


class Faults:
    """The faults in force, kept in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def set(self, provider: str, mode: str, times: int | None) -> None:
        """Put a fault in force, or clear it (`times` 0). Raises ValueError for a mode or number that is none."""
        if mode not in MODES:
            raise ValueError(f"mode is one of {', '.join(MODES)}")
        if times is not None and times < 0:
            raise ValueError("times is 0 or more")
        with self._ledger.write() as connection:
            connection.execute("DELETE FROM faults WHERE provider = ?", (provider,))
            if times != 0:
                connection.execute("INSERT INTO faults VALUES (?,?,?)", (provider, mode, times))

    def look(self, provider: str) -> Mode | None:
        """Return the mode that the provider's next call will meet; uses nothing up."""
        row = self._ledger.row("SELECT mode FROM faults WHERE provider = ?", provider)
        return None if row is None else row["mode"]

    def take(self, provider: str) -> Mode | None:
        """Return the mode that this call meets, used up once."""
        if self.look(provider) is None:
            return None
        with self._ledger.write() as connection:
            mode = self.look(provider)
            connection.execute("UPDATE faults SET times = times - 1 WHERE provider = ?", (provider,))
            connection.execute("DELETE FROM faults WHERE provider = ? AND times <= 0", (provider,))
        return mode

    def all(self) -> list[InjectedFault]:
        rows = self._ledger.rows("SELECT * FROM faults ORDER BY provider")
        return [InjectedFault(row["provider"], row["mode"], row["times"]) for row in rows]


DOWN_PAGE = "<html><body><h1>503 Service Unavailable</h1><p>Sandbox: this provider is down.</p></body></html>"
GARBAGE_PAGE = "<html><body>%%%&&& \u0000 Sandbox: this is no answer"


class ConnectionDropped(httpx.RemoteProtocolError):
    """The stand-in closed the connection without a whole answer."""


class NoAnswer(httpx.ReadTimeout):
    """The stand-in said nothing for longer than any client waits."""


@dataclass(eq=False)
class FaultGate:
    """Wraps one provider's API.

    `server_error` and `too_many` make that provider's own answers to an inner error and to a caller that is too
    fast.
    """

    api: ASGIApp
    provider: str
    server_error: Callable[[], Response]
    faults: Faults
    ledger: Ledger
    clock: SandboxClock
    sleep: Sleep
    too_many: Callable[[], Response]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or fail it."""
        if scope["type"] != "http":
            await self.api(scope, receive, send)
            return
        mode = self.faults.take(self.provider)
        what = f"{scope['method']} {scope['path']}"
        self.ledger.note_call(self.provider, "in", what, mode or "served", self.clock.now())
        match mode:
            case "reset":
                await self._drop(send)
            case "timeout":
                await self.sleep(TIMEOUT_S)
                await _begin(send)
                raise NoAnswer("no answer from the sandbox")
            case "down":
                await HTMLResponse(DOWN_PAGE, 503)(scope, receive, send)
            case "error":
                await self.server_error()(scope, receive, send)
            case "too_many":
                await self.too_many()(scope, receive, send)
            case "garbage":
                await HTMLResponse(GARBAGE_PAGE)(scope, receive, send)
            case "lost":
                await self.api(scope, receive, _nowhere)
                await self._drop(send)
            case "slow":
                await self.sleep(SLOW_S)
                await self.api(scope, receive, send)
            case None:
                await self.api(scope, receive, send)

    async def _drop(self, send: Send) -> None:
        await _begin(send)
        raise ConnectionDropped("the sandbox closed the connection")


def too_many_requests() -> Response:
    """Answer a caller that is too fast, as most providers do."""
    return PlainTextResponse("Too Many Requests", 429, headers={"Retry-After": "1"})


class QuietDrops:
    """The outermost wrapper under a web server: lets a drop be a closed connection and not a stack trace in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve; a drop ends here, with the answer begun and never ended."""
        try:
            await self._app(scope, receive, send)
        except (ConnectionDropped, NoAnswer):
            return


async def _begin(send: Send) -> None:
    await send({"type": "http.response.start", "status": 500, "headers": [(b"content-length", b"1")]})


async def _nowhere(message: Message) -> None:
    """Swallows the answer."""
