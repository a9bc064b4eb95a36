"""Leases and locks: which of several processes does what only one may do at a time.

Time is the database's own, so that neither the processes' clocks nor the sandbox's matter. A process that dies or is
frozen loses its leases when they run out. Only PostgreSQL has several processes; on SQLite nobody else can hold one.
"""

import hashlib
from collections.abc import Callable, Collection
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from services.store.prepared import Prepared
from services.store.statements import Insert, PerDialect
from services.store.tables.core import lease as table

REPLIES = "replies:"
"""What a conversation's replies are delivered under, followed by its id."""

_NOW = sa.func.clock_timestamp(type_=table.c.until.type)
_END = sa.type_coerce(
    sa.func.clock_timestamp(type_=sa.DateTime(timezone=True)) + given("lasting", type_=sa.Interval), table.c.until.type
)


def _take_over(insert: Insert) -> sa.Executable:
    new = insert.values(name=given("wanted"), holder=given("by"), until=_END)
    # Whoever is refused has locked the row all the same until its transaction ends: see `ask_lock`.
    return new.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": new.excluded.holder, "until": new.excluded.until},
        where=sa.or_(table.c.until <= _NOW, table.c.holder == new.excluded.holder),
    ).returning(table.c.name)


_take = Prepared(PerDialect(table, _take_over))
_these = sa.any_(given("names", type_=sa.ARRAY(sa.Text)))
_mine = sa.and_(table.c.name == _these, table.c.holder == given("by"))
_renew = sa.update(table).where(_mine, table.c.until > _NOW).values(until=_END).returning(table.c.name)
_free = Prepared(sa.delete(table).where(_mine))
_held = Prepared(sa.select(table.c.name).where(_mine, table.c.until > _NOW))
_this = sa.and_(table.c.name == given("wanted"), table.c.holder == given("by"))
_lock = Prepared(sa.select(table.c.until > _NOW).where(_this).with_for_update())


def _shared(connection: sa.Connection) -> bool:
    return connection.dialect.name == "postgresql"


def take(connection: sa.Connection, name: str, holder: str, lasting: timedelta) -> bool:
    """Take a lease that is free or run out, or prolong one's own; False if another process holds it."""
    return ask_take(connection, name, holder, lasting)()


def ask_take(connection: sa.Connection, name: str, holder: str, lasting: timedelta) -> Callable[[], bool]:
    """Take as `take` does; the returned tells whether it was taken."""
    if not _shared(connection):
        return lambda: True
    asked = _take.ask(connection, {"wanted": name, "by": holder, "lasting": lasting})
    return lambda: asked.row() is not None


def renew(connection: sa.Connection, names: Collection[str], holder: str, lasting: timedelta) -> frozenset[str]:
    """Prolongs leases; gives those that were still the holder's. One that has run out isn't: it must be taken."""
    if not _shared(connection):
        return frozenset(names)
    values = {"names": list(names), "by": holder, "lasting": lasting}
    return frozenset(connection.execute(_renew, values).scalars())


def holds_lease(connection: sa.Connection, name: str, holder: str) -> bool:
    if not _shared(connection):
        return True
    return _held.row(connection, {"names": [name], "by": holder}) is not None


def ask_lock(connection: sa.Connection, name: str, holder: str) -> Callable[[], bool]:
    """Wait for transactions that were refused this lease: what they leave to its holder can be read afterwards.

    The returned tells whether the holder still has it.
    """
    if not _shared(connection):
        return lambda: True
    asked = _lock.ask(connection, {"wanted": name, "by": holder})
    return lambda: asked.row() == (True,)


def free(connection: sa.Connection, names: Collection[str], holder: str) -> None:
    """Give leases back."""
    if _shared(connection) and names:
        _free.run(connection, {"names": list(names), "by": holder})


_SERIALIZE = sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("name", type_=sa.BigInteger)))


def serialize(connection: sa.Connection, *name: str) -> None:
    """Wait until no other transaction holds this name, then holds it until the end of this one.

    Whoever takes several takes them in one order everywhere, else PostgreSQL ends one of two that wait for each other.
    """
    if connection.dialect.name == "postgresql":
        digest = hashlib.sha256("\0".join(name).encode()).digest()
        connection.execute(_SERIALIZE, {"name": int.from_bytes(digest[:8], "big", signed=True)})
