"""Ports that fail as told: round the database, the way to the providers, to the Bot API and to the mail relay.

Nobody is waited for: what would be silent for seconds raises at once what the caller would have raised then.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from unittest.mock import patch

import aiosmtplib
import httpx
import sqlalchemy as sa
from sqlalchemy import exc
from telegram.error import NetworkError, TimedOut

from bot.app import channels, container, installation, serve
from bot.conversation import delivery, dispatch, reading
from bot.conversation.delivery import Delivery
from bot.handlers.telegram.channel import TelegramChannel
from bot.handlers.telegram.transport import LeanRequest
from services.clients.http import make_client
from services.jobs import attempt, backoff, worker
from services.jobs.process_lease import ProcessLease
from services.jobs.timers import TimerLoop
from services.jobs.worker import SqliteOutbox, Worker
from services.store import postgres_store
from services.store.database import Store, open_store
from services.store.errors import StoreUnavailable
from tests.nightly import each_by_day

T = TypeVar("T")
Work = Callable[[sa.Connection], T]

#: `error`: refused, nothing kept. `timeout`: a lock isn't had in time. `reset`: the connection breaks before the
#: commit. `lost`: after it. `slow`: it takes its time. (A database has no answer that can be garbage.)
WRITE = ("error", "timeout", "reset", "lost", "slow")
READ = ("error", "timeout", "reset", "slow")
#: `timeout`, `unreachable`, `reset`: nothing was done. `slow`, `lost`: it was done, and the caller doesn't hear of it.
ASK = ("timeout", "unreachable", "reset", "error", "garbage", "slow", "lost")
SLOW_S = 0.02
#: How long calls and conversations are lent out, and how often is looked for what is due: what was lost is back soon.
SHORT = timedelta(seconds=0.15)
PAGE = "<html><body>502 Bad Gateway</body></html>"


@dataclass
class Trouble:
    """Lets every call fail in every manner once: in one manner a journey, in two one after the other outside.

    `background` are parts of the names of calls that come from time to time, whatever the customer does; with `only`,
    no others fail than those whose names contain one of these parts. By day a call fails in each second manner, the
    next one in the others.
    """

    background: Sequence[str] = ()
    only: Sequence[str] = ("",)
    doing: str = ""
    on: bool = False
    met: dict[tuple[str, str], None] = field(default_factory=dict[tuple[str, str], None])
    known: dict[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    passed: dict[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    struck: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def acting(self, what: str) -> None:
        """What the customer is about from now on."""
        self.doing = what

    def begin(self) -> None:
        """A new journey."""
        self.struck.clear()
        self.passed.clear()
        self.on = True

    def strike(self, name: str, manners: Sequence[str]) -> str | None:
        """How this call is to fail, if it is."""
        if not self.on or not any(part in name for part in self.only):
            return None
        step = "any step" if any(part in name for part in self.background) else self.doing
        site = f"{step}: {name}"
        share = each_by_day(2)
        self.passed[site] = self.known.setdefault(site, manners[len(self.known) % share :: share])
        before = self.struck.get(site, [])
        if len(before) >= (2 if manners is ASK else 1):
            return None
        manner = next((manner for manner in self.passed[site] if (site, manner) not in self.met), None)
        if manner is not None:
            self.met[site, manner] = None
            self.struck[site] = [*before, manner]
        return manner

    def unheard(self, name: str) -> int:
        """How often in this journey a call of this name was done and the desk didn't hear of it."""
        return sum(manner in ("slow", "lost") for s, manners in self.struck.items() if name in s for manner in manners)

    def missing(self) -> list[tuple[str, str]]:
        """What this journey passed and what has not failed in every manner."""
        every = ((site, manner) for site, manners in self.passed.items() for manner in manners)
        return [one for one in every if one not in self.met]


class FaultyStore:
    """The store as the desk has it."""

    def __init__(self, inner: Store, trouble: Trouble) -> None:
        self.inner = inner
        self.dialect = inner.dialect
        self.exclusive = inner.exclusive
        self.commits_hold = inner.commits_hold
        self.read_only = inner.read_only
        self._trouble = trouble

    async def write(self, work: Work[T], **how: bool) -> T:
        manner = self._trouble.strike(f"write {work.__qualname__}", WRITE)
        if manner == "slow":
            await asyncio.sleep(SLOW_S)
        value = await self.inner.write(_failing(work, manner), **how)
        if manner == "lost":
            raise StoreUnavailable("the answer to a commit was lost")
        return value

    async def read(self, work: Work[T], **how: bool) -> T:
        manner = self._trouble.strike(f"read {work.__qualname__}", READ)
        if manner == "slow":
            await asyncio.sleep(SLOW_S)
        return await self.inner.read(_failing(work, manner), **how)

    async def close(self) -> None:
        await self.inner.close()


def _failing(work: Work[T], manner: str | None) -> Work[T]:
    if manner not in ("error", "timeout", "reset"):
        return work
    broken = False

    def fails(connection: sa.Connection) -> T:
        nonlocal broken
        value = work(connection)
        if manner != "reset" or not broken:  # a connection breaks once, the next one holds
            broken = True
            (_fail_postgres if connection.dialect.name == "postgresql" else _fail_sqlite)(connection, manner)
        return value

    fails.__qualname__ = work.__qualname__
    return fails


def _fail_postgres(connection: sa.Connection, manner: str) -> None:
    """In the server's own words: I/O error, lock not available, shut down."""
    if manner == "reset":
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    code = {"error": "58030", "timeout": "55P03"}[manner]
    connection.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'a fault' USING ERRCODE = '{code}'; END $$")


def _fail_sqlite(connection: sa.Connection, manner: str) -> None:
    """As the library says it: I/O error, locked; a transaction that it has ended by itself."""
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    error = sqlite3.OperationalError("a fault")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY if manner == "timeout" else sqlite3.SQLITE_IOERR
    if manner == "reset":
        driver.execute("ROLLBACK")
    raise exc.OperationalError(None, None, error)


class FaultyTransport(httpx.AsyncHTTPTransport):
    """The way to the providers."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__()
        self._trouble = trouble

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        words = [part for part in request.url.path.split("/") if part and not any(map(str.isdigit, part))]
        manner = self._trouble.strike(f"{request.method} {words[-1]}", ASK)
        match manner:
            case "timeout":
                raise httpx.ReadTimeout("a fault")
            case "unreachable":
                raise httpx.ConnectError("a fault")
            case "reset":
                raise httpx.ReadError("a fault")
            case "error":
                return httpx.Response(500, text="a fault")
            case "garbage":
                return httpx.Response(200, text=PAGE)
            case _:
                answer = await super().handle_async_request(request)
        if manner is not None:
            await answer.aread()
            await answer.aclose()
            raise TimeoutError if manner == "slow" else httpx.RemoteProtocolError("a fault")
        return answer


def _faulty_send(trouble: Trouble) -> Callable[..., Awaitable[Any]]:
    send = aiosmtplib.send

    async def failing(*args: Any, **more: Any) -> Any:
        match manner := trouble.strike("a letter", ASK):
            case "timeout":
                raise aiosmtplib.SMTPTimeoutError("a fault")
            case "unreachable":
                raise aiosmtplib.SMTPConnectError("a fault")
            case "reset":
                raise aiosmtplib.SMTPServerDisconnected("a fault")
            case "error":
                raise aiosmtplib.SMTPDataError(451, "a fault")
            case "garbage":
                raise aiosmtplib.SMTPDataError(299, PAGE)
            case _:
                answer = await send(*args, **more)
        if manner is not None:
            raise (aiosmtplib.SMTPTimeoutError if manner == "slow" else aiosmtplib.SMTPServerDisconnected)("a fault")
        return answer

    return failing


def _faulty_request(trouble: Trouble) -> Callable[..., Awaitable[tuple[int, bytes]]]:
    do_request = LeanRequest.do_request

    async def failing(requests: Any, url: str, *args: Any, **more: Any) -> tuple[int, bytes]:
        match manner := trouble.strike(url.rpartition("/")[2], ASK):
            case "timeout":
                raise TimedOut
            case "unreachable" | "reset":
                raise NetworkError("a fault")
            case "error":
                return 500, b'{"ok": false, "error_code": 500, "description": "Internal Server Error"}'
            case "garbage":
                return 200, PAGE.encode()
            case _:
                answer = await do_request(requests, url, *args, **more)
        if manner is not None:
            raise TimedOut if manner == "slow" else NetworkError("a fault")
        return answer

    return failing


async def _briefly(seconds: float) -> None:
    await asyncio.sleep(min(seconds, SLOW_S))


@contextmanager
def failing_borders(trouble: Trouble) -> Generator[None]:
    """Desks built meanwhile have these ports, and look soon again where they would have looked in some seconds."""
    with ExitStack() as stack:
        for owner, name, changed in (
            (serve, "open_store", lambda url: FaultyStore(open_store(url), trouble)),
            (installation, "make_client", lambda: make_client(transport=FaultyTransport(trouble))),
            (aiosmtplib, "send", _faulty_send(trouble)),
            (LeanRequest, "do_request", _faulty_request(trouble)),
            (channels, "TelegramChannel", partial(TelegramChannel, sleep=_briefly)),
            (container, "ProcessLease", partial(ProcessLease, lasting=SHORT)),
            (container, "Delivery", partial(Delivery, sleep=_briefly)),
            (attempt, "STORE_PAUSES", (0.01,)),
            (worker, "Worker", partial(Worker, lease=SHORT, poll=SHORT.total_seconds())),
            (worker, "SqliteOutbox", partial(SqliteOutbox, lease=SHORT)),
            (worker, "TimerLoop", partial(TimerLoop, poll=SHORT.total_seconds())),
            (dispatch, "SWEEP_S", 0.05),
            (delivery, "SWEEP_S", 0.05),
            (delivery, "SHARED_SWEEP_S", 0.05),
            (postgres_store, "PAUSES", (0.01, 0.01)),
            (reading, "LOOK_AGAIN_S", 0.05),
            (backoff, "STEPS", (SHORT, *backoff.STEPS[1:])),
        ):
            stack.enter_context(patch.object(owner, name, changed))
        yield
