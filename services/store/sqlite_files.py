"""SQLite files: opened durably, with foreign keys, and by one engine only."""

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import exc

from services.store.errors import StoreInUse, StoreUnavailable
from services.store.restored import skip_in_copied_file
from services.store.tables.base import canonical

BUSY_MS = 5000
"""How long a transaction waits for another program's (an administrative command) to end."""

_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}


def is_away(error: BaseException) -> bool:
    """Return whether the file, not the statement, is at fault (disk full, locked, read-only …)."""
    if not isinstance(error, exc.DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _AWAY


def cause(error: BaseException) -> str:
    """Return what a database's driver says went wrong, in a word or two of its own: `SQLITE_FULL`, else the kind.

    No message: it may quote what was written.
    """
    origin = getattr(error, "orig", None) or error
    return str(getattr(origin, "sqlite_errorname", "") or type(origin).__name__)


def prepare(path: Path) -> None:
    """Make the folder and the file, readable by their owner only: what lies there is personal data."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreUnavailable(f"the database file can't be opened: {error.strerror}") from error


def writer(path: Path) -> sa.Engine:
    """Return an engine whose transactions take the file's write lock at their begin and are on the disk at their end.

    What is deleted is overwritten, whatever the library was built with.
    """
    return _engine(
        path, "rw", "BEGIN IMMEDIATE", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"
    )


def reader(path: Path, size: int) -> sa.Engine:
    """Return an engine of read-only connections; each transaction sees one committed state."""
    return _engine(path, "ro", "BEGIN", "query_only=ON", pool_size=size, max_overflow=0)


def _engine(path: Path, mode: str, begin: str, *pragmas: str, **pool: Any) -> sa.Engine:
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"

    def connect() -> sqlite3.Connection:
        # No transactions of the driver's own: SQLAlchemy's "begin" below opens them, so that DDL is in them too.
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        # One at a time: two that set WAL for a new file don't wait for each other, one is refused.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            if mode == "rw":
                skip_in_copied_file(connection)
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}").fetchall()
        finally:
            os.close(folder)
        return connection

    # Parameters are hidden: an error's text would carry what a customer wrote into the log.
    engine = sa.create_engine(
        "sqlite://",
        creator=connect,
        poolclass=sa.pool.QueuePool,
        hide_parameters=True,
        json_serializer=canonical,
        **pool,
    )
    # Not by a listener for "begin": with any listener on it, an engine looks for more of them at every statement.
    engine.dialect.do_begin = lambda dbapi_connection: dbapi_connection.execute(begin)
    return engine


class EngineLock:
    """The mark that an engine works on a file: a locked file beside it, freed by the system when the process dies."""

    def __init__(self, database: Path) -> None:
        """Raise StoreInUse if another engine holds the lock, in this process or another."""
        path = database.with_name(database.name + ".lock")
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self._file, 32).decode("ascii", "replace").strip()
            os.close(self._file)
            raise StoreInUse(
                f"another desk (process {holder or 'unknown'}) works on {database.name}, and SQLite takes one: "
                "stop that one, give this one a file of its own, or use PostgreSQL for several processes"
            ) from error
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{os.getpid()}\n".encode())

    def free(self) -> None:
        """Lets another engine in. The file stays: removing it would let two engines lock two files of one name."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def flush_commits(driver: sqlite3.Connection, *, flush: bool) -> None:
    """Set whether the next transactions are on the disk at their end, or only safe from the end of the process."""
    driver.execute(f"PRAGMA synchronous={'FULL' if flush else 'NORMAL'}")


def wait_for_others(driver: sqlite3.Connection, *, wait: bool) -> None:
    """Set whether the next transactions wait for another program's to end, or are refused at once."""
    driver.execute(f"PRAGMA busy_timeout={BUSY_MS if wait else 0}")


_PURGE = "deleted_for_good"


def mark_for_purge(connection: sa.Connection) -> None:
    """Mark that no copy of what this transaction deletes may stay in the log. PostgreSQL's is no file of the desk's."""
    connection.info[_PURGE] = True


def marked_for_purge(connection: sa.Connection) -> bool:
    """Return whether the transaction was marked, and remove the mark."""
    return bool(connection.info.pop(_PURGE, False))


def empty_log(driver: sqlite3.Connection) -> bool:
    """Write the log back and cut it to nothing, waiting for nobody; False while somebody reads.

    Raises sqlite3.Error, as for a full disk.
    """
    wait_for_others(driver, wait=False)
    try:
        busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        wait_for_others(driver, wait=True)
    return not busy
