"""Looks into a database as it is: nothing is made, migrated or written, not even the files beside a SQLite one."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import exc

from services.store.database import parse_url
from services.store.errors import StoreUnavailable

WITHIN_S = 5
"""So long PostgreSQL may take to answer."""


@contextmanager
def inspected(url: str) -> Generator[sa.Connection]:
    """Return a connection that can only read. Raises StoreUnavailable, ExtraMissing; ValueError for other addresses."""
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
