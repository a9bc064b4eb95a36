"""Building blocks of statements: built once, per database where the two differ; pages of lists by keyset."""

from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa
import structlog
from msgspec import Struct
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from services.store.errors import NameTaken

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

Insert: TypeAlias = "postgresql.Insert | sqlite.Insert"


class PerDialect:
    """An INSERT … ON CONFLICT, built once per database, when it is first asked for.

    Whether a row was inserted is told by RETURNING a row, never by `rowcount`: psycopg gives none for an INSERT.
    """

    def __init__(self, table: sa.Table, build: Callable[[Insert], sa.Executable]) -> None:
        self._table, self._build = table, build
        self._built: dict[str, Any] = {}

    def of(self, connection: sa.Connection) -> Any:
        """Return the statement for this connection's database."""
        name = connection.dialect.name
        if (built := self._built.get(name)) is None:
            # By name: a desk on SQLite does without PostgreSQL's dialect, which takes 24 ms.
            dialect: Any = import_module(f"sqlalchemy.dialects.{name}")
            built = self._built[name] = self._build(dialect.insert(self._table))
        return built


def columns(table: sa.Table, shape: type[Any], *, but: str | None = None) -> tuple[sa.Column[Any], ...]:
    """Return the columns that a struct names, in their order: so a row becomes one by `shape(*row)`.

    `but`: a field of it that is no column.
    """
    return tuple(table.c[name] for name in shape.__match_args__ if name != but)


class stands_in(FunctionElement[bool]):
    """A condition: the first text contains the second one, character by character, without wildcards."""

    type = sa.Boolean()
    inherit_cache = True
    name = "stands_in"


class member(FunctionElement[str]):
    """The text under a name (a literal) in a JSON column; NULL where there is none."""

    type = sa.Text()
    inherit_cache = True
    name = "member"


@compiles(stands_in, "sqlite")
def _instr(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    return f"instr({compiler.process(element.clauses, **kw)}) > 0"


@compiles(stands_in, "postgresql")
def _strpos(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **kw)}) > 0"


@compiles(member, "sqlite")
def _extract(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    column, name = element.clauses
    return f"json_extract({compiler.process(column, **kw)}, '$.' || {compiler.process(name, **kw)})"


@compiles(member, "postgresql")
def _arrow(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    column, name = element.clauses
    return f"({compiler.process(column, **kw)} ->> {compiler.process(name, **kw)})"


class KeysetPlace(Struct, frozen=True):
    """The end of a page: the moment and the id of its last row."""

    at: datetime
    id: str


class Window(Struct, frozen=True):
    """The page of a list that is asked for: up to `most` rows behind a place."""

    most: int
    after: KeysetPlace | None = None


def page_after(query: Any, at: sa.Column[Any], id: sa.ColumnElement[Any], asked: Window) -> Any:
    """Return the query of the page, the oldest rows first."""
    if (after := asked.after) is not None:
        # The moment alone first: so an index is begun at it, also where a filter stands before it in the index.
        query = query.where(at >= after.at, sa.or_(at > after.at, id > after.id))
    return query.order_by(at, id).limit(asked.most)


_log = structlog.get_logger(__name__)


def demand_same_row(what: str, standing: Mapping[Any, Any], **wanted: object) -> None:
    """Return if the row that stands has the wanted values. Otherwise raise an alarm and NameTaken.

    The belt under every "on conflict do nothing": a repeat finds its own row and changes nothing. A row of anybody else
    under that name would have an act answered by what was done for another, so it is refused.
    The alarm names the columns that differ, never their values.
    """
    if differing := [name for name, value in wanted.items() if standing[name] != value]:
        _log.error("name_taken", alarm=True, what=what, differing=differing)
        raise NameTaken(what)


def demand_same_stored(connection: sa.Connection, key: sa.Column[Any], value: str, **wanted: object) -> None:
    """Demand the same row as `demand_same_row`, of the row whose `key` has this value. Raises NameTaken."""
    found = sa.select(*(key.table.c[name] for name in wanted)).where(key == value)
    row = connection.execute(found).mappings().first()
    demand_same_row(key.table.description, dict.fromkeys(wanted) if row is None else row, **wanted)
