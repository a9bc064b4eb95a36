"""The port to the database, the same for a SQLite file, which is here, and for PostgreSQL; a look into one as it is."""

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import exc

from services.store.commit_watch import WatchedCommits
from services.store.errors import ExtraMissing, StoreUnavailable
from services.store.group_commit import GroupCommit
from services.store.sqlite_files import EngineLock, is_away, prepare, reader, writer

T = TypeVar("T")


class Store(Protocol):
    """Transactions. What is handed in must touch nothing outside the database: it may be run twice."""

    @property
    def dialect(self) -> str:
        """Which database: sqlite or postgresql."""
        ...

    @property
    def exclusive(self) -> bool:
        """Return whether no other engine can be at work on this database."""
        ...

    @property
    def read_only(self) -> bool:
        """Return whether the server answered the last write that it takes none."""
        ...

    async def commits_hold(self) -> bool:
        """Return whether what is written can be committed, as far as this process knows."""
        ...

    async def write(
        self, work: Callable[[sa.Connection], T], *, durable: bool = True, brief: bool = False, along: bool = False
    ) -> T:
        """Run the work in one durable transaction and return its value after the commit.

        `durable=False`: what is written may be lost with the power, though not with the process; it is done at once.
        `brief`: it takes a millisecond or so at most, and may be done between two steps of the event loop.
        `along`: brief and not durable, and nobody waits for it: it goes along with other brief work, or alone within
        milliseconds.
        If the work raises, all it wrote is undone and its exception is raised here. Raises StoreUnavailable while
        nothing can be committed.
        """
        ...

    async def read(self, work: Callable[[sa.Connection], T], *, brief: bool = False) -> T:
        """Run the work against one committed state; it can't write. Raises StoreUnavailable. `brief` as in `write`."""
        ...

    async def close(self) -> None:
        """End what is under way and lets go of the database."""


READERS = 4


class SqliteStore(WatchedCommits):
    """One file with one writer, and readers on connections of their own.

    As an engine it has the file to itself; administrative commands open it without (`engine=False`).
    """

    dialect = "sqlite"

    def __init__(self, path: Path, *, engine: bool) -> None:
        prepare(path)
        self.exclusive = engine
        self._lock = EngineLock(path) if engine else None
        self._write_engine = writer(path)
        self._make_wal()
        self._readers = reader(path, READERS + 1)
        self._reader: sa.Connection | None = None  # the event loop's
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._writer = GroupCommit(self._write_engine)

    def _make_wal(self) -> None:
        """Put the file into WAL mode before there are readers: with one looking it can't be done."""
        try:
            self._write_engine.connect().close()
        except exc.DBAPIError as error:
            if self._lock is not None:
                self._lock.free()
            raise StoreUnavailable("the database file can't be opened") from error

    async def write(
        self, work: Callable[[sa.Connection], T], *, durable: bool = True, brief: bool = False, along: bool = False
    ) -> T:
        """Run the work in the writer's next transaction; return once that is on the disk, or with the system."""
        return await self._watched(self._writer.submit(work, durable=durable, brief=brief, along=along))

    async def read(self, work: Callable[[sa.Connection], T], *, brief: bool = False) -> T:
        """Run the work on a read-only connection, against the state last committed."""
        try:
            if brief:
                # In the event loop's thread: handing a look at one row to another costs more than the look.
                self._reader = self._reader or self._readers.connect()
                with self._reader.begin():
                    return work(self._reader)
            return await asyncio.wrap_future(self._threads.submit(self._read, work))
        except exc.DBAPIError as error:
            # A write in a reader is a mistake in the program and is shown as such.
            if is_away(error) and "readonly" not in str(error.orig):
                raise StoreUnavailable("the database file can't be read") from error
            raise

    def _read(self, work: Callable[[sa.Connection], T]) -> T:
        with self._readers.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        """Commit what is queued, then lets go of the file."""
        await self._writer.drain()
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.close()
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._reader is not None:
            self._reader.close()
        self._readers.dispose()
        self._write_engine.dispose()
        if self._lock is not None:
            self._lock.free()


def parse_url(url: str) -> sa.URL:
    """Return the setting's form (`sqlite:///path`, `postgresql://…`) as SQLAlchemy's, with the desk's drivers.

    Raises ValueError, without repeating the address (it may hold a password), for anything else, and ExtraMissing where
    PostgreSQL's driver isn't installed.
    """
    try:
        parsed = sa.make_url(url)
    except (exc.ArgumentError, ValueError):  # the latter for a port
        raise ValueError("the database's address must look like sqlite:///path or postgresql://…") from None
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        if find_spec("psycopg") is None:
            raise ExtraMissing("PostgreSQL needs the extra `postgres` (docs/how-to/from-sqlite-to-postgresql.md)")
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError("SQLite needs a file: sqlite:///path (a store in memory would lose what it acknowledged)")
        return parsed
    raise ValueError(f"the desk keeps its data in SQLite or PostgreSQL, not in {parsed.drivername!r}")


def open_store(url: str, *, engine: bool = True) -> Store:
    """Open the database; the schema must be there (`migrate.upgrade`).

    `engine=False`: for a short administrative command beside a running desk. Raises StoreInUse if another engine works
    on the SQLite file, StoreUnavailable if the file can't be opened, else as `parse_url`.
    """
    parsed = parse_url(url)
    if parsed.drivername == "sqlite":
        return SqliteStore(Path(str(parsed.database)), engine=engine)
    # By name, since the drivers behind it are an extra that a desk on SQLite does without.
    return import_module("services.store.postgres_store").PostgresStore(parsed)


WITHIN_S = 5
"""So long PostgreSQL may take to answer."""


@contextmanager
def inspect_database(url: str) -> Generator[sa.Connection]:
    """Return a connection that can only read. Raises StoreUnavailable, ExtraMissing; ValueError for other addresses.

    Nothing is made, migrated or written, not even the files beside a SQLite one.
    """
    parsed = parse_url(url)
    if parsed.drivername == "sqlite":
        engine = sa.create_engine(
            "sqlite://", creator=lambda: _file(Path(str(parsed.database))), poolclass=sa.pool.NullPool
        )
    else:
        waiting = {"connect_timeout": WITHIN_S}
        engine = sa.create_engine(parsed, poolclass=sa.pool.NullPool, hide_parameters=True, connect_args=waiting)
    try:
        with engine.connect() as connection:
            if parsed.drivername != "sqlite":
                connection.execute(sa.text("SET TRANSACTION READ ONLY"))
            yield connection
    except exc.DBAPIError as error:
        raise StoreUnavailable(str(error.orig).partition("\n")[0]) from error
    finally:
        engine.dispose()


def server_time(connection: sa.Connection) -> datetime | None:
    """Return the database server's time; None where the database is a file."""
    if connection.dialect.name == "sqlite":
        return None
    return connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()


def _file(path: Path) -> sqlite3.Connection:
    # While a desk is at work its log lies beside the file. Without one, opening the file as usual would make it.
    beside = path.with_name(f"{path.name}-wal").exists()
    mode = "mode=ro" if beside else "mode=ro&immutable=1"
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?{mode}", uri=True)
