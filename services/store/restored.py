"""Numbers after a restore: a copy can't know which ones were given since it was made, so each series leaves a gap.

A copy is known by itself. The desk's SQLite file is in WAL mode, and one that `VACUUM INTO` made isn't; what
`pg_restore` makes has other object numbers than what was dumped.
"""

import sqlite3

import sqlalchemy as sa
import structlog

from services.store import installation_rows

_log = structlog.get_logger(__name__)
OBJECTS = "database's own numbers"

# More than a day's orders, and more than those of a tenth of the year; the next one is seen to be another thousand's.
_SKIP = "UPDATE counter SET value = (value + value / 10) / 1000 * 1000 + 2000"
# The year may have begun since: of its series the copy holds nothing.
_BEGIN = """INSERT INTO counter (series, value)
SELECT substr(series, 1, length(series) - 4) || CAST({year} AS TEXT), 2000 FROM counter
WHERE series LIKE '%/' || CAST({year} - 1 AS TEXT) ON CONFLICT (series) DO NOTHING"""
_SQLITE_YEAR, _POSTGRES_YEAR = "CAST(strftime('%Y', 'now') AS INTEGER)", "CAST(extract(year FROM now()) AS INTEGER)"
_OBJECTS = sa.text(
    "SELECT oid || '/' || CAST(CAST('counter' AS regclass) AS oid) FROM pg_database WHERE datname = current_database()"
)


def skip_in_copied_file(connection: sqlite3.Connection) -> None:
    """Leave the gaps in a file that is a copy; the caller puts it into WAL mode next, which makes it the desk's own."""
    counts = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'counter'").fetchone() is not None
    given = counts and connection.execute("SELECT 1 FROM counter").fetchone() is not None
    if not given or connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        return
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(_SKIP)
    connection.execute(_BEGIN.format(year=_SQLITE_YEAR))
    connection.execute("COMMIT")
    _log.warning("database_restored")


def skip_in_restored_database(connection: sa.Connection) -> None:
    """Leave the gaps where PostgreSQL's database isn't the one that it was at the last start."""
    if connection.dialect.name != "postgresql":
        return
    here = connection.execute(_OBJECTS).scalar_one()
    if installation_rows.agree(connection, OBJECTS, here) == here:
        return
    installation_rows.replace_value(connection, OBJECTS, here)
    connection.execute(sa.text(_SKIP))
    connection.execute(sa.text(_BEGIN.format(year=_POSTGRES_YEAR)))
    _log.warning("database_restored")
