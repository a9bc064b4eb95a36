"""The store of a desk that runs in several processes: PostgreSQL by psycopg, one transaction per piece of work.

Brief work is done in the event loop's own thread, which goes on while the server is at work (`round_trips.py`): threads
would wait for each other's lock at each round trip. What may take long has a thread of its own.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Literal, TypeVar

import msgspec
import sqlalchemy as sa
import structlog
from sqlalchemy import exc

from services.crash import commit_point
from services.store.commit_watch import WatchedCommits
from services.store.errors import StoreReadOnly, StoreUnavailable
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
_AGAIN = ("40", "53", "57", "58")
"""Rolled back, no resources, cancelled, system error: nothing was done, another try may succeed."""

_GONE = ("08", "57P")
"""No connection, shut down: as above, and the other connections are likely to have gone as well."""

_READ_ONLY = "25006"
"""Raised to a writer: the server was demoted since, or the session isn't the primary's; a new one may be."""

_ENOUGH = ("25P03", "25P04", "55P03")
"""Idle or at work too long in a transaction, waited too long for a lock: the patience is used up already."""

Fate = Literal["fault", "enough", "again", "renew"]
"""A piece of work's own mistake; to be tried later, by its caller; at once; at once on a new connection."""

_log = structlog.get_logger(__name__)


class _CommitUnknown(Exception):
    """The connection broke while the commit was under way."""


def judge_error(error: BaseException, *, writing: bool) -> Fate:
    """Return whether the work, the moment, or the connection with all that were made before it is at fault."""
    if not isinstance(error, exc.DBAPIError):  # a pending rollback: the work went on after its connection broke
        return "renew" if isinstance(error, exc.PendingRollbackError) else "fault"
    if not (state := _state(error)):
        lost = error.connection_invalidated or isinstance(error, exc.OperationalError | exc.InterfaceError)
        return "renew" if lost else "fault"
    if state.startswith(_GONE) or (writing and state == _READ_ONLY):
        return "renew"
    if state.startswith(_ENOUGH):
        return "enough"
    return "again" if state.startswith(_AGAIN) else "fault"


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
        self._dropped = 0  # how often all connections were given up

    async def write(
        self, work: Callable[[sa.Connection], T], *, durable: bool = True, brief: bool = False, along: bool = False
    ) -> T:
        """Run the work in a transaction of its own; return after the commit, which is always durable.

        What can't have had an effect (no connection, a deadlock, a serialisation failure, a session that takes no
        writes) is tried again a few times.
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
                fate = judge_error(error, writing=begin == _WRITING)
                if fate == "fault":
                    raise
                if pause is None or fate == "enough":
                    _log.error("store_away", alarm=True, error=_state(error) or type(error).__name__)
                    if _state(error) == _READ_ONLY:
                        raise StoreReadOnly("the database takes no writes") from error
                    raise StoreUnavailable("the database can't be reached") from error
            await self._sleep(pause)
        raise AssertionError("the last round returns or raises")

    def _once(
        self, idle: sa.Connection | None, begin: str, work: Callable[[sa.Connection], T], written: tuple[Work, ...]
    ) -> T:
        connection, dropped, gone = idle or self._engine.connect(), self._dropped, False
        try:
            return _transact(connection, begin, work, written)
        except exc.DBAPIError as error:
            gone = judge_error(error, writing=begin == _WRITING) == "renew"
            raise
        finally:
            if gone or connection.invalidated or _driver(connection).closed:
                connection.close()
                self._drop_idle()
            elif dropped != self._dropped:
                connection.close()
            else:
                self._idle.append(connection)

    def _drop_idle(self) -> None:
        """Close the connections that wait for work, later those at work: where one broke, the others may have, too."""
        self._dropped += 1
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
