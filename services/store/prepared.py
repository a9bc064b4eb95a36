"""Prepared statements: compiled once for each database, then run on the driver's own connection.

For the statements of every turn. Between a statement and the driver SQLAlchemy takes about five times as long as SQLite
does for a row; here its compiler, types and errors are used, and nothing is done twice. All other statements, and those
with lists of values (`expanding`), are for `Connection.execute`.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine.interfaces import DBAPICursor, DBAPIModule
from sqlalchemy.sql.compiler import SQLCompiler

from services.store.statements import PerDialect
from services.store.tables.base import Process

_Values = Mapping[str, Any] | Sequence[Any]


class Prepared:
    """A statement, run in a transaction that has begun: with its parameters by name, or an INSERT's in their order."""

    def __init__(self, statement: sa.Executable | PerDialect, *columns: sa.Column[Any]) -> None:
        """`columns` are those that an INSERT is given, in this order; all others' parameters stand in the statement."""
        self.statement = statement
        self._columns = [column.name for column in columns] or None
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: sa.Connection, values: _Values) -> int:
        """Execute the statement; return how many rows it changed. Errors: SQLAlchemy's."""
        compiled = self._on(connection)
        return compiled.count(connection, compiled.execute(connection, values))

    def send(self, connection: sa.Connection, values: _Values) -> None:
        """Execute the statement, before the next answer is read or with the commit. Errors are raised there."""
        self._on(connection).execute(connection, values)

    def ask(self, connection: sa.Connection, values: _Values) -> "AskedStatement":
        """Execute the statement as `send` does; its answer can be read."""
        compiled = self._on(connection)
        return AskedStatement(compiled, connection, compiled.execute(connection, values))

    def row(self, connection: sa.Connection, values: _Values) -> tuple[Any, ...] | None:
        """Return the first row, None if there is none. Errors: SQLAlchemy's."""
        found = self.rows(connection, values)
        return found[0] if found else None

    def one(self, connection: sa.Connection, values: _Values) -> tuple[Any, ...]:
        """Return the only row. Errors: LookupError without one, and SQLAlchemy's."""
        if (row := self.row(connection, values)) is None:
            raise LookupError("a statement returned no row")
        return row

    def rows(self, connection: sa.Connection, values: _Values) -> list[tuple[Any, ...]]:
        """Return all rows. Errors: SQLAlchemy's."""
        compiled = self._on(connection)
        return compiled.fetched(connection, compiled.execute(connection, values))

    def _on(self, connection: sa.Connection) -> "_Compiled":
        name = connection.dialect.name
        if (known := self._compiled.get(name)) is None:
            known = self._compiled[name] = _Compiled(self._text(connection), self._columns, connection.dialect)
        return known

    def _text(self, connection: sa.Connection) -> sa.Executable:
        return self.statement.of(connection) if isinstance(self.statement, PerDialect) else self.statement


class AskedStatement:
    """A statement under way. Where statements are sent together, they all are when the first answer is read."""

    __slots__ = ("_compiled", "_connection", "_cursor", "_found")

    def __init__(self, compiled: "_Compiled", connection: sa.Connection, cursor: DBAPICursor) -> None:
        self._compiled, self._connection, self._cursor = compiled, connection, cursor
        # SQLite's statement is under way until its rows are read.
        self._found = compiled.fetched(connection, cursor) if compiled.at_once else None

    def count(self) -> int:
        """Return how many rows it changed. Errors: SQLAlchemy's, also those of what was sent before."""
        return self._compiled.count(self._connection, self._cursor)

    def row(self) -> tuple[Any, ...] | None:
        """Return the first row, None if there is none. Errors: as `count`."""
        found = self.rows()
        return found[0] if found else None

    def rows(self) -> list[tuple[Any, ...]]:
        """Return all rows. Errors: as `count`."""
        if self._found is None:
            self._found = self._compiled.fetched(self._connection, self._cursor)
        return self._found


class _Compiled:
    """A statement in one database's SQL, with what makes the driver's values of ours and ours of the driver's."""

    def __init__(self, statement: Any, columns: list[str] | None, dialect: sa.Dialect) -> None:
        compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=columns)
        self._sql, self._dialect = compiled.string, dialect
        order = compiled.positiontup
        self.at_once = bool(order)
        names = order or [name for name in compiled.binds if f"%({name})s" in self._sql]
        self._constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._names, self._picked = names, _picker(names, columns)
        binds = [compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
        self._binds = _changing(binds)
        exported = getattr(statement, "exported_columns", ())
        results = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in exported]
        self._results = _changing(results)
        # As a connection wants it that sends statements together.
        self._numbered = "" if order else self._sql % {name: f"${number}" for number, name in enumerate(names, 1)}

    def execute(self, connection: sa.Connection, values: Any) -> DBAPICursor:
        driver: Any = connection.connection.dbapi_connection
        bound = list(self._picked({**self._constants, **values} if self._constants else values))
        for place, process in self._binds:
            bound[place] = process(bound[place])
        if not self.at_once and (ask := getattr(driver, "ask", None)) is not None:
            return ask(self._numbered, bound)
        given = bound if self.at_once else dict(zip(self._names, bound, strict=True))
        try:
            return driver.execute(self._sql, given)
        except self._dialect.loaded_dbapi.Error as error:
            raise self._as_sqlalchemy(connection, error) from error

    def count(self, connection: sa.Connection, cursor: DBAPICursor) -> int:
        try:
            return cursor.rowcount
        except self._dialect.loaded_dbapi.Error as error:
            raise self._as_sqlalchemy(connection, error) from error

    def fetched(self, connection: sa.Connection, cursor: DBAPICursor) -> list[tuple[Any, ...]]:
        try:
            found = cursor.fetchall()
        except self._dialect.loaded_dbapi.Error as error:
            raise self._as_sqlalchemy(connection, error) from error
        return [self._read(row) for row in found] if self._results else list(found)

    def _read(self, row: Any) -> tuple[Any, ...]:
        read = list(row)
        for place, process in self._results:
            read[place] = process(read[place])
        return tuple(read)

    def _as_sqlalchemy(self, connection: sa.Connection, error: DBAPIModule.Error) -> BaseException:
        """Return the error as `Connection.execute` raises it, without parameters; a dead connection is given up."""
        lost = self._dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
        if lost:
            connection.invalidate(error)
        base = self._dialect.loaded_dbapi.Error
        return exc.DBAPIError.instance(
            self._sql, None, error, base, hide_parameters=True, connection_invalidated=lost, dialect=self._dialect
        )


def _changing(processes: Sequence[Process]) -> list[tuple[int, Callable[[Any], Any]]]:
    """Return those that change a value, with their places: most values are the driver's as they are."""
    return [(place, process) for place, process in enumerate(processes) if process is not None]


def _picker(names: Sequence[str], given: list[str] | None) -> Callable[[Any], Sequence[Any]]:
    """Return what picks the values of these names, in their order, where they are found by name or as `given`."""
    keys: Sequence[Any] = names if given is None else [given.index(name) for name in names]
    if len(keys) < 2:  # of one key `itemgetter` returns the value itself, of none it can't be made
        return lambda values: [values[key] for key in keys]
    return itemgetter(*keys)
