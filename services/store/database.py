"""The port to the database, the same for a SQLite file and for PostgreSQL, and a look into one as it is."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import exc

from services.store.errors import ExtraMissing, StoreUnavailable
from services.store.sqlite_store import SqliteStore

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
