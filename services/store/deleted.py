"""What a transaction has deleted for good: on SQLite, copies of it are still in the write-ahead log."""

import sqlite3

import sqlalchemy as sa

from services.store.sqlite_files import BUSY_MS

_MARK = "deleted_for_good"


def for_good(connection: sa.Connection) -> None:
    """Mark that no copy of what this transaction deletes may stay in the log. PostgreSQL's is no file of the desk's."""
    connection.info[_MARK] = True


def was_for_good(connection: sa.Connection) -> bool:
    """Whether the transaction was marked; takes the mark away."""
    return bool(connection.info.pop(_MARK, False))


def empty_log(driver: sqlite3.Connection) -> bool:
    """Write the log back and cut it to nothing, waiting for nobody; False while somebody reads.

    Raises sqlite3.Error, as for a full disk.
    """
    driver.execute("PRAGMA busy_timeout=0")
    try:
        busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    return not busy
