"""Recovery codes: for the day on which the telephone is lost. Eight, each opens once; only their hashes are stored."""

import secrets

import sqlalchemy as sa

from services.keyed_hash import all_of, key_of, keyed_hex, marked
from services.store.tables.agents import agent_recovery_code as table

HOW_MANY = 8
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_GROUP = 5
_GROUPS = 3


def new_codes() -> tuple[str, ...]:
    """Eight codes of 15 characters (74 bits), to be shown once."""
    return tuple("-".join(_group() for _ in range(_GROUPS)) for _ in range(HOW_MANY))


def _group() -> str:
    return "".join(secrets.choice(_SIGNS) for _ in range(_GROUP))


def replace(connection: sa.Connection, *, agent_id: str, codes: tuple[str, ...], server_key: bytes) -> None:
    """These from now on; the ones before open nothing any more."""
    forget(connection, agent_id)
    rows = [
        {"agent_id": agent_id, "code_hash": marked(server_key, _hashed(server_key, agent_id, code))} for code in codes
    ]
    connection.execute(sa.insert(table), rows)


def use(connection: sa.Connection, *, agent_id: str, code: str, server_key: bytes) -> bool:
    """Whether it is one of them; it opens no second time."""
    hashes = [
        one
        for key in all_of(server_key)
        for hashed in (_hashed(key, agent_id, code[:100]),)
        for one in (marked(key, hashed), hashed)  # without the mark: of an earlier release
    ]
    used = sa.delete(table).where(table.c.agent_id == agent_id, table.c.code_hash.in_(hashes))
    return connection.execute(used.returning(table.c.code_hash)).first() is not None


def left(connection: sa.Connection, agent_id: str) -> int:
    """How many are left."""
    counted = sa.select(sa.func.count()).where(table.c.agent_id == agent_id)
    return int(connection.execute(counted).scalar_one())


def under_former(connection: sa.Connection, server_key: bytes) -> tuple[str, ...]:
    """Ids of agents who hold codes that go by a key that is being replaced: they can't be read, only made anew."""
    held = connection.execute(sa.select(table.c.agent_id, table.c.code_hash)).all()
    return tuple(sorted({row.agent_id for row in held if key_of(server_key, row.code_hash) != server_key}))


def forget(connection: sa.Connection, agent_id: str) -> None:
    """None is left."""
    connection.execute(sa.delete(table).where(table.c.agent_id == agent_id))


def _hashed(server_key: bytes, agent_id: str, code: str) -> str:
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return keyed_hex(server_key, "agent recovery code", agent_id, plain)
