"""One at a time: keeps two transactions from counting the same rows at once.

A limit that counts rows and then adds one needs this on PostgreSQL, where two transactions don't see each other's
rows. SQLite has one writer anyway. The lock goes with the transaction.
"""

import hashlib

import sqlalchemy as sa

_HOLD = sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("name", type_=sa.BigInteger)))


def hold(connection: sa.Connection, *name: str) -> None:
    """Waits until no other transaction holds this name, then holds it until the end of this one.

    Whoever takes several takes them in one order everywhere, else PostgreSQL ends one of two that wait for each other.
    """
    if connection.dialect.name == "postgresql":
        digest = hashlib.sha256("\0".join(name).encode()).digest()
        connection.execute(_HOLD, {"name": int.from_bytes(digest[:8], "big", signed=True)})
