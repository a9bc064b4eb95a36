"""The store of a desk that runs in several processes: PostgreSQL by psycopg, one transaction per piece of work.

Brief work is done in the event loop's own thread, which goes on while the server is at work (`round_trips.py`): threads
would wait for each other's lock at each round trip. What may take long has a thread of its own.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
import structlog
from sqlalchemy import exc

from services.crash import commit_point
from services.store.commit_watch import WatchedCommits
from services.store.errors import StoreUnavailable
from services.store.round_trips import TripConnection
from services.store.tables.base import canonical

T = TypeVar("T")
Work = Callable[[sa.Connection], object]

CONNECTIONS = 8
"""More make the desk's threads wait for each other: with 16 it does a tenth less."""
PATIENCE_S = 8.0
"""How long a piece of work waits for one of them."""

PAUSES = (0.1, 0.5)
"""Seconds before the second and third try; few, since a channel waits for its answer."""

_WRITING = "BEGIN"
# One committed state for all statements of a reader, as on SQLite.
_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

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


class PostgresStore(WatchedCommits):
    """A pool of connections to one database."""

    dialect = "postgresql"
    exclusive = False

    def __init__(self, url: sa.URL, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        settings = " ".join(f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in SETTINGS.items())
        given = url.query.get("options", "")
        self._engine = sa.create_engine(
            url,
            poolclass=sa.pool.NullPool,
            json_serializer=canonical,
            json_deserializer=msgspec.json.decode,
            hide_parameters=True,
            connect_args={
                "autocommit": True,
                "prepare_threshold": 1,
                "connect_timeout": 3,
                "options": f"{given} {settings}".strip(),
            },
        )
        # As with SQLite, not by a listener, which would be looked for at every statement.
        connect: Any = TripConnection.connect
        self._engine.dialect.connect = connect
        self._sleep = sleep
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="store")
        self._free = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[sa.Connection] = []

    async def write(
        self, work: Callable[[sa.Connection], T], *, durable: bool = True, brief: bool = False, along: bool = False
    ) -> T:
        """Run the work in a transaction of its own; return after the commit, which is always durable.

        What can't have had an effect (no connection, a deadlock, a serialisation failure) is tried again a few times.
        """
        return await self._watched(self._tried(_WRITING, work, (work,), brief or along))

    async def read(self, work: Callable[[sa.Connection], T], *, brief: bool = False) -> T:
        """Run the work read-only, against one committed state."""
        return await self._tried(_READING, work, (), brief)

    async def close(self) -> None:
        """End what is under way."""
        for _ in range(CONNECTIONS):
            await self._free.acquire()
        await asyncio.to_thread(self._close)
        for _ in range(CONNECTIONS):
            self._free.release()

    def _close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._drop_idle()
        self._engine.dispose()

    async def _run(self, begin: str, work: Callable[[sa.Connection], T], written: tuple[Work, ...], brief: bool) -> T:
        """Run the work where the caller's crash points hold: brief work in the event loop, else in a thread.

        Raises StoreUnavailable if no connection gets free.
        """
        try:
            async with asyncio.timeout(PATIENCE_S if self._free.locked() else None):
                await self._free.acquire()
        except TimeoutError as error:
            raise StoreUnavailable("all connections to the database are in use") from error
        connection = self._taken()
        once = partial(self._once, connection, begin, work, written)
        if brief and connection is not None:
            return await _driver(connection).run_in_loop(once, self._free.release)
        # A thread also makes a new connection: that may take long.
        waiting = asyncio.wrap_future(self._threads.submit(contextvars.copy_context().run, once))
        waiting.add_done_callback(lambda _: self._free.release())
        return await waiting

    async def _tried(self, begin: str, work: Callable[[sa.Connection], T], written: tuple[Work, ...], brief: bool) -> T:
        for pause in (*PAUSES, None):
            try:
                return await self._run(begin, work, written, brief)
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

    def _once(
        self, idle: sa.Connection | None, begin: str, work: Callable[[sa.Connection], T], written: tuple[Work, ...]
    ) -> T:
        connection = idle or self._engine.connect()
        try:
            return _transact(connection, begin, work, written)
        finally:
            if connection.invalidated or _driver(connection).closed:
                connection.close()
                self._drop_idle()
            else:
                self._idle.append(connection)

    def _drop_idle(self) -> None:
        """Close the connections that wait for work: where one broke, the others may have, too."""
        while (connection := self._taken()) is not None:
            connection.close()

    def _taken(self) -> sa.Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None


def _transact(
    connection: sa.Connection, begin: str, work: Callable[[sa.Connection], T], written: tuple[Work, ...]
) -> T:
    transaction = connection.begin()
    _driver(connection).ask(begin)
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
        # With the connection alive it is the server's word that it rolled back; a broken one leaves it open.
        if error.connection_invalidated:
            raise _CommitUnknown from error
        _driver(connection).rollback()  # for SQLAlchemy the transaction has ended
        raise
    finally:
        transaction.close()
    return value


def _driver(connection: sa.Connection) -> TripConnection:
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, TripConnection)
    return driver
