"""Small expressions that SQLite and PostgreSQL spell differently."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class stands_in(FunctionElement[bool]):
    """Whether the second text stands in the first one, sign by sign: nothing in it is a wildcard."""

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
