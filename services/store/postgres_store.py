"""The store of a desk that runs in several processes: PostgreSQL by psycopg, one transaction per piece of work.

Each connection has a thread: a statement costs half of what it does on an event loop, which is told of every packet.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy import exc

from services.crash import commit_point
from services.store.errors import StoreUnavailable
from services.store.tables.base import canonical

T = TypeVar("T")
Work = Callable[[sa.Connection], object]

CONNECTIONS = 8
"""More make the desk's threads wait for each other: with 16 it does a tenth less."""
PATIENCE_S = 8.0
"""How long a piece of work waits for one of them."""

PAUSES = (0.1, 0.5)
"""Seconds before the second and third try; few, since a channel waits for its answer."""

SETTINGS = {
    "timezone": "UTC",
    "default_transaction_isolation": "read committed",
    # A frozen process must not keep a conversation's row lock.
    "idle_in_transaction_session_timeout": "5s",
    "lock_timeout": "10s",
}

# Classes of https://www.postgresql.org/docs/current/errcodes-appendix.html
_AGAIN = ("08", "40", "53", "57", "58")
"""No connection, rolled back, no resources, shut down, system error: nothing was done, another try may succeed."""

_ENOUGH = ("25P03", "55P03")
"""Idle too long in a transaction, waited too long for a lock: the patience is used up already."""

_log = structlog.get_logger(__name__)


class _CommitUnknown(Exception):
    """The connection broke while the commit was under way."""


def is_away(error: BaseException) -> bool:
    """Return whether the server or the moment, not the statement, is at fault."""
    return _state(error).startswith(_ENOUGH) or may_succeed(error)


def may_succeed(error: BaseException) -> bool:
    """Return whether nothing was done and another try at once is worth it."""
    if not isinstance(error, exc.DBAPIError):
        return False
    if state := _state(error):
        return state.startswith(_AGAIN)
    return error.connection_invalidated or isinstance(error, exc.OperationalError | exc.InterfaceError)


def _state(error: BaseException) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "") if isinstance(error, exc.DBAPIError) else ""


class PostgresStore:
    """A pool of connections to one database."""

    dialect = "postgresql"
    exclusive = False

    def __init__(self, url: sa.URL, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        settings = " ".join(f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in SETTINGS.items())
        given = url.query.get("options", "")
        self._engine = sa.create_engine(
            url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            json_serializer=canonical,
            hide_parameters=True,
            connect_args={
                "prepare_threshold": 1,
                "connect_timeout": 3,
                "options": f"{given} {settings}".strip(),
            },
        )
        # One committed state for all statements of a reader, as on SQLite.
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._sleep = sleep
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="store")
        self._free = asyncio.Semaphore(CONNECTIONS)

    async def write(self, work: Callable[[sa.Connection], T], *, durable: bool = True, brief: bool = False) -> T:
        """Run the work in a transaction of its own; return after the commit, which is always durable.

        What can't have had an effect (no connection, a deadlock, a serialisation failure) is tried again a few times.
        """
        return await self._tried(self._engine, work, (work,))

    async def read(self, work: Callable[[sa.Connection], T], *, brief: bool = False) -> T:
        """Run the work read-only, against one committed state."""
        return await self._tried(self._reading, work, ())

    async def close(self) -> None:
        """End what is under way."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._engine.dispose()

    async def _run(self, engine: sa.Engine, work: Callable[[sa.Connection], T], written: tuple[Work, ...]) -> T:
        """Run the work in a thread, where the caller's crash points hold. Raises StoreUnavailable if none gets free."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._free.acquire()
        except TimeoutError as error:
            raise StoreUnavailable("all connections to the database are in use") from error
        running = self._threads.submit(contextvars.copy_context().run, _once, engine, work, written)
        waiting = asyncio.wrap_future(running)
        waiting.add_done_callback(lambda _: self._free.release())
        return await waiting

    async def _tried(self, engine: sa.Engine, work: Callable[[sa.Connection], T], written: tuple[Work, ...]) -> T:
        for pause in (*PAUSES, None):
            try:
                return await self._run(engine, work, written)
            except _CommitUnknown as error:
                _log.error("commit_unknown", alarm=True)
                raise StoreUnavailable("the connection broke during the commit") from error.__cause__
            except exc.SQLAlchemyError as error:
                if not is_away(error):
                    raise
                if pause is None or not may_succeed(error):
                    _log.error("store_away", alarm=True, error=type(error).__name__)
                    raise StoreUnavailable("the database can't be reached") from error
            await self._sleep(pause)
        raise AssertionError("the last round returns or raises")


def _once(engine: sa.Engine, work: Callable[[sa.Connection], T], written: tuple[Work, ...]) -> T:
    with engine.connect() as connection:
        transaction = connection.begin()
        try:
            value = work(connection)
        except BaseException:
            transaction.rollback()
            raise
        try:
            commit_point("before", written)
            transaction.commit()
            commit_point("after", written)
        except exc.DBAPIError as error:
            # Class 40 is the server's word that it rolled back, 23 that a rule was broken; the rest leaves it open.
            if _state(error).startswith(("40", "23")):
                raise
            raise _CommitUnknown from error
        return value
