"""Takes all that a desk has stored from one database to another: from a SQLite file to PostgreSQL, or back.

The target gets it in one transaction, whole or not at all; a copy that was broken off is begun again. No desk may be at
work on either side meanwhile, which is looked at and made sure of.
"""

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc

from services.store import migrate, table_copy
from services.store.database import parse_url
from services.store.errors import NotCopied, StoreInUse, StoreUnavailable
from services.store.sqlite_files import EngineLock, prepare, reader, writer
from services.store.tables.accounts import account_revision
from services.store.tables.base import canonical
from services.store.tables.core import call, lease
from services.store.tables.schema import metadata

AT_ONCE = 1000
"""Rows that are in memory at a time."""

LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's code of a lock that was waited for in vain."""

LEFT = frozenset({lease.name, account_revision.name})
"""Tables that stay behind: of running processes, or written by the target's own triggers."""

Told = Callable[[str, int], None]


def copy(source: str, target: str, told: Told = lambda _table, _rows: None) -> int:
    """Copy every row to the empty `target`, whose schema is brought up to this release first; return their number.

    `told` hears each table's name and number of rows. Raises NotCopied, StoreInUse, StoreUnavailable, StoreTooNew;
    ValueError for an address of another kind.
    """
    here, there = parse_url(source), parse_url(target)
    if _same(here, there):
        raise NotCopied("that is one database, not two")
    with ExitStack() as open_until_done:
        open_until_done.enter_context(keep_desks_away(here, made=False))
        _require_current(source)
        migrate.upgrade(target)
        open_until_done.enter_context(keep_desks_away(there, made=True))
        reading = open_until_done.enter_context(_begun(_reading(here)))
        writing = open_until_done.enter_context(_begun(_writing(there)))
        for connection in (reading, writing):
            _take_time(connection)
        _require_empty(writing)
        return sum(_copy_table(reading, writing, table, told) for table in tables())


def tables() -> list[sa.Table]:
    """Return the tables to copy, each after those that it refers to."""
    return [table for table in metadata.sorted_tables if table.name not in LEFT]


def _copy_table(reading: sa.Connection, writing: sa.Connection, table: sa.Table, told: Told) -> int:
    try:
        read = table_copy.RowSum()
        for rows in _rows(reading, table):
            table_copy.write_rows(writing, table, rows)
            read.add(rows)
        written = table_copy.RowSum()
        for rows in _rows(writing, table):
            written.add(rows)
        table_copy.continue_numbering(writing, table, behind=table_copy.highest_number(reading, table))
    except (exc.DBAPIError, writing.dialect.loaded_dbapi.Error) as error:
        # Neither the error nor its cause is shown: PostgreSQL's text holds the row.
        raise NotCopied(f"the rows of {table.name} can't be copied: {_name(error)}") from None
    if read != written:
        raise NotCopied(f"{table.name}: {read.rows} rows were read, and what was written isn't the same")
    told(table.name, read.rows)
    return read.rows


def _rows(connection: sa.Connection, table: sa.Table) -> Generator[list[table_copy.Values]]:
    """All rows, as the other database will hold them: nobody there is at work on a call yet."""
    free = sa.null().label("lease_until")
    columns = [free if column is call.c.lease_until else column for column in table.columns]
    with connection.execute(sa.select(*columns).execution_options(yield_per=AT_ONCE)) as result:
        for rows in result.partitions():
            yield [table_copy.as_written(row) for row in rows]


def _require_current(source: str) -> None:
    here, wanted = migrate.current(source), migrate.find_newest()
    if here != wanted:
        raise NotCopied(
            f"the database to be copied has the schema {here or 'of nothing'}, this release {wanted}: "
            "bring it up first (okienko db upgrade)"
        )


def _require_empty(writing: sa.Connection) -> None:
    filled = [table.name for table in tables() if writing.scalar(sa.select(sa.select(table).exists()))]
    if filled:
        raise NotCopied(
            f"the target isn't empty (there are rows in {', '.join(filled)}): take another one or, if nothing of it is "
            "wanted, empty it first (okienko db downgrade base)"
        )


def _take_time(connection: sa.Connection) -> None:
    """One side waits while the other works: a server's own limits on that would end a long copy."""
    if connection.dialect.name == "postgresql":
        for limit in ("idle_in_transaction_session_timeout", "statement_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {limit} = 0")


def _same(one: sa.URL, other: sa.URL) -> bool:
    if one.drivername == other.drivername == "sqlite":
        return Path(str(one.database)).resolve() == Path(str(other.database)).resolve()
    return one == other


@contextmanager
def keep_desks_away(url: sa.URL, *, made: bool) -> Generator[None]:
    """Keep desks away from the database. Raises StoreInUse if one works on it, NotCopied without a file.

    `made`: a file that isn't there is made.
    """
    if url.drivername != "sqlite":
        with _begun(_engine(url), isolation_level="AUTOCOMMIT") as connection:
            _take_place(connection)
            yield
        return
    path = Path(str(url.database))
    if made:
        prepare(path)
    elif not path.is_file():
        raise NotCopied(f"there is no file {path.name}")
    lock = EngineLock(path)
    try:
        yield
    finally:
        lock.free()


def _take_place(connection: sa.Connection) -> None:
    """Lock desks out; one that has just ended is waited for. Raises StoreInUse."""
    presence = import_module("services.store.presence")
    connection.execute(sa.text(f"SET lock_timeout = {int(presence.ROUNDS * presence.PAUSE_S * 1000)}"))
    try:
        connection.execute(sa.select(sa.func.pg_advisory_lock(presence.DESKS)))
    except exc.OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise StoreInUse("a desk works on the PostgreSQL database: stop it first") from None
    connection.execute(sa.text("RESET lock_timeout"))


def _reading(url: sa.URL) -> sa.Engine:
    """Sees one committed state, and can't write."""
    if url.drivername == "sqlite":
        return reader(Path(str(url.database)), 1)
    return _engine(url).execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _writing(url: sa.URL) -> sa.Engine:
    return writer(Path(str(url.database))) if url.drivername == "sqlite" else _engine(url)


def _engine(url: sa.URL) -> sa.Engine:
    return sa.create_engine(url, poolclass=sa.pool.NullPool, json_serializer=canonical, hide_parameters=True)


@contextmanager
def _begun(engine: sa.Engine, **options: str) -> Generator[sa.Connection]:
    try:
        connection = engine.connect()
    except exc.DBAPIError as error:
        engine.dispose()
        raise StoreUnavailable("the database can't be reached") from error
    try:
        with connection.execution_options(**options) as opened, opened.begin():
            yield opened
    finally:
        engine.dispose()


def _name(error: Exception) -> str:
    """Return the kind of error, with PostgreSQL's code."""
    code = getattr(getattr(error, "orig", error), "sqlstate", None)
    return f"{type(error).__name__} {code or ''}".strip()
