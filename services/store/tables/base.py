"""The one schema's ground: its metadata, and column types and indexes that mean the same on SQLite and PostgreSQL."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from importlib import import_module
from typing import Any, TypeAlias

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.compiler import DDLCompiler

from services.store.tables.privacy import Info

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name of its own, so that a migration can drop it on either database."""

metadata = sa.MetaData(naming_convention=NAMES)

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A number given by the database; SQLite numbers rows by itself only in a column spelled INTEGER."""


def deleted_with(
    parent: str, privacy: Info, *, primary_key: bool = False, index: bool | None = None, unique: bool | None = None
) -> sa.Column[str]:
    """Return the column `PARENT_id`, whose row is deleted with what it names."""
    key = sa.ForeignKey(f"{parent}.id", ondelete="CASCADE")
    more: dict[str, Any] = {"primary_key": primary_key, "index": index, "unique": unique}
    return sa.Column(f"{parent}_id", sa.Text, key, nullable=False, info=privacy, **more)


def columns(of: Any, *names: str, info: Info, **options: Any) -> Iterator[sa.Column[Any]]:
    """Return columns that are alike but for their names."""
    return (sa.Column(name, of, info=info, **options) for name in names)


_encode = msgspec.json.Encoder(order="deterministic").encode
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return the text with U+FFFD for what PostgreSQL (NUL) or UTF-8 (a lone surrogate) can't hold."""
    return _UNSTORABLE.sub("\ufffd", text)


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): _scrubbed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed(item) for item in value]
    return value


def canonical(value: Any) -> str:
    """Return the value's one JSON text: keys sorted, no blanks, unstorable characters replaced, NaN and infinity null.

    Raises TypeError for what has no form in JSON (a `Secret`, say).
    """
    # A NUL is always written as an escape, so both are found without walking the value.
    try:
        text = _encode(value)
    except UnicodeEncodeError:  # a lone surrogate
        text = _encode(_scrubbed(value))
    return (_encode(_scrubbed(value)) if b"\\u0000" in text else text).decode()


Process: TypeAlias = Callable[..., Any] | None
"""A type's change of a value on its way; None where it stays. The types below return it themselves, not by
`process_bind_param`: around that SQLAlchemy puts a function of its own, which costs as much again."""


class AnyText(sa.types.TypeDecorator[str]):
    """Text that may come from anybody: whatever a channel names a chat or a message, it can be stored."""

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Process:
        """Return what replaces all that the databases can't hold."""
        return _stored_text


class Json(sa.types.TypeDecorator[Any]):
    """A JSON value: JSONB on PostgreSQL, canonical JSON text on SQLite; None is SQL's NULL."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return the database's own type."""
        if dialect.name == "postgresql":
            # By name: a desk on SQLite does without PostgreSQL's dialect, which takes 24 ms.
            postgresql: Any = import_module("sqlalchemy.dialects.postgresql")
            return dialect.type_descriptor(postgresql.JSONB(none_as_null=True))
        return dialect.type_descriptor(sa.Text())

    def bind_processor(self, dialect: sa.Dialect) -> Process:
        """Return what writes the text; PostgreSQL's driver does (`json_serializer=canonical` of the engine)."""
        return super().bind_processor(dialect) if dialect.name == "postgresql" else stored_json

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Process:
        """Return what reads the text; PostgreSQL's driver has read it already."""
        return None if dialect.name == "postgresql" else _read_json


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware in, aware and in UTC out, to the microsecond.

    On SQLite a text of fixed width ("2026-11-20T08:55:29.000000Z"), so that the order of the texts is that of time.
    A moment without a zone is refused with ValueError: nobody could say which it is.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return the database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(sa.Text())

    def bind_processor(self, dialect: sa.Dialect) -> Process:
        """Return what makes a moment the driver's."""
        return _in_utc if dialect.name == "postgresql" else _stored_moment

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Process:
        """Return what makes an aware moment in UTC of the driver's."""
        return _read_moment


def _stored_text(value: str | None) -> str | None:
    return None if value is None else _UNSTORABLE.sub("\ufffd", value)


def stored_json(value: Any) -> str | None:
    """Return a value as its column keeps it where that is text."""
    return None if value is None else canonical(value)


def _read_json(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)


def _in_utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError("a stored moment needs a time zone")
    return moment.astimezone(UTC)


@lru_cache(maxsize=64)  # a turn stores one moment in half a dozen places
def _stored_moment(moment: datetime | None) -> str | None:
    if (moment := _in_utc(moment)) is None:
        return None
    return moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _read_moment(value: datetime | str | None) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(UTC)


class PartialIndex(sa.Index):
    """An index of the rows that fulfil a condition.

    PostgreSQL is given it when it creates the index: as an option of the index it would load PostgreSQL's dialect on
    every desk, twenty modules.
    """

    def __init__(self, name: str, *columns: str, where: sa.TextClause, unique: bool = False) -> None:
        super().__init__(name, *columns, unique=unique, sqlite_where=where)
        self.where = where


@compiles(CreateIndex, "postgresql")
def _create_index(create: CreateIndex, compiler: DDLCompiler, **kw: Any) -> str:
    if isinstance(create.element, PartialIndex):
        create.element.dialect_options["postgresql"]["where"] = create.element.where
    return compiler.visit_create_index(create, **kw)
