"""Prepared statements: compiled once for each database, then run on the driver's own connection.

For the statements of every turn. Between a statement and the driver SQLAlchemy takes about five times as long as SQLite
does for a row; here its compiler, types and errors are used, and nothing is done twice. All other statements, and those
with lists of values (`expanding`), are for `Connection.execute`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine.interfaces import DBAPICursor, DBAPIModule
from sqlalchemy.sql.compiler import SQLCompiler

from services.store.statements import PerDialect

_Process = Callable[[Any], Any] | None


class Prepared:
    """A statement whose parameters are given by name, in a transaction that has begun."""

    def __init__(self, statement: sa.Executable | PerDialect, *columns: sa.Column[Any]) -> None:
        """`columns` are those that an INSERT is given; all others' parameters stand in the statement."""
        self.statement = statement
        self._columns = [column.name for column in columns] or None
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: sa.Connection, values: Mapping[str, Any]) -> int:
        """Execute the statement; return how many rows it changed. Errors: SQLAlchemy's."""
        compiled = self._on(connection)
        return compiled.count(connection, compiled.execute(connection, values))

    def send(self, connection: sa.Connection, values: Mapping[str, Any]) -> None:
        """Execute the statement, before the next answer is read or with the commit. Errors are raised there."""
        self._on(connection).execute(connection, values)

    def ask(self, connection: sa.Connection, values: Mapping[str, Any]) -> "AskedStatement":
        """Execute the statement as `send` does; its answer can be read."""
        compiled = self._on(connection)
        return AskedStatement(compiled, connection, compiled.execute(connection, values))

    def row(self, connection: sa.Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Return the first row, None if there is none. Errors: SQLAlchemy's."""
        found = self.rows(connection, values)
        return found[0] if found else None

    def one(self, connection: sa.Connection, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the only row. Errors: LookupError without one, and SQLAlchemy's."""
        if (row := self.row(connection, values)) is None:
            raise LookupError("a statement returned no row")
        return row

    def rows(self, connection: sa.Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
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
        self._sql, self._dialect, self._order = compiled.string, dialect, compiled.positiontup
        self._constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._binds: list[tuple[str, _Process]] = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in self._order or [name for name in compiled.binds if f"%({name})s" in self._sql]
        ]
        self.at_once = bool(self._order)
        # As a connection wants it that sends statements together.
        numbers = {name: f"${number}" for number, (name, _) in enumerate(self._binds, 1)}
        self._numbered = "" if self._order else self._sql % numbers
        self._results: list[_Process] = [
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in getattr(statement, "exported_columns", ())
        ]

    def execute(self, connection: sa.Connection, values: Mapping[str, Any]) -> DBAPICursor:
        values = {**self._constants, **values} if self._constants else values
        bound = [values[name] if process is None else process(values[name]) for name, process in self._binds]
        driver = connection.connection.dbapi_connection
        assert driver is not None  # the transaction has begun on it
        if (ask := getattr(driver, "ask", None)) is not None:
            return ask(self._numbered, bound)
        names = () if self._order else (name for name, _ in self._binds)
        cursor = driver.cursor()
        try:
            cursor.execute(self._sql, bound if self._order else dict(zip(names, bound, strict=True)))
        except self._dialect.loaded_dbapi.Error as error:
            raise self._as_sqlalchemy(connection, error, cursor) from error
        return cursor

    def count(self, connection: sa.Connection, cursor: DBAPICursor) -> int:
        try:
            return cursor.rowcount
        except self._dialect.loaded_dbapi.Error as error:
            raise self._as_sqlalchemy(connection, error, cursor) from error

    def fetched(self, connection: sa.Connection, cursor: DBAPICursor) -> list[tuple[Any, ...]]:
        try:
            found = cursor.fetchall()
        except self._dialect.loaded_dbapi.Error as error:
            raise self._as_sqlalchemy(connection, error, cursor) from error
        return [self._read(row) for row in found]

    def _read(self, row: Any) -> tuple[Any, ...]:
        pairs = zip(row, self._results, strict=True)
        return tuple([value if process is None else process(value) for value, process in pairs])

    def _as_sqlalchemy(self, connection: sa.Connection, error: DBAPIModule.Error, cursor: DBAPICursor) -> BaseException:
        """Return the error as `Connection.execute` raises it, without parameters; a dead connection is given up."""
        lost = self._dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
        if lost:
            connection.invalidate(error)
        base = self._dialect.loaded_dbapi.Error
        return exc.DBAPIError.instance(
            self._sql, None, error, base, hide_parameters=True, connection_invalidated=lost, dialect=self._dialect
        )
