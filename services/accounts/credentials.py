"""Password hashes, apart from the accounts: the page stores one before the conversation's turn knows whose it is."""

from datetime import datetime

import sqlalchemy as sa

from services.store.statements import PerDialect
from services.store.tables.accounts import account, credential

_STORE = PerDialect(credential, lambda insert: insert.on_conflict_do_nothing(index_elements=["id"]))


def store(connection: sa.Connection, credential_id: str, password_hash: str, now: datetime) -> None:
    """Keep a hash under an id the caller made. A second call with the same id changes nothing."""
    connection.execute(_STORE.of(connection), {"id": credential_id, "password_hash": password_hash, "created_at": now})


def is_kept(connection: sa.Connection, credential_id: str) -> bool:
    """Return whether the hash is still there."""
    found = sa.select(credential.c.id).where(credential.c.id == credential_id)
    return connection.execute(found).first() is not None


def rehash(connection: sa.Connection, credential_id: str, before: str, password_hash: str) -> None:
    """Put a hash of the same password in place of one made with weaker figures."""
    same = sa.update(credential).where(credential.c.id == credential_id, credential.c.password_hash == before)
    connection.execute(same.values(password_hash=password_hash))


def forget_unused(connection: sa.Connection, before: datetime) -> None:
    """Drop hashes of sign-ups that never became an account."""
    used = sa.select(account.c.credential_id).where(account.c.credential_id.is_not(None))
    connection.execute(sa.delete(credential).where(credential.c.created_at < before, credential.c.id.not_in(used)))
