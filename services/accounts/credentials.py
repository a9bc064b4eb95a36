"""Password hashes, made with Argon2id outside of any transaction, and stored apart from the accounts.

The page stores a hash before the conversation's turn knows whose it is. Figures: m = 19 MiB, t = 2, p = 1 (OWASP
Password Storage Cheat Sheet). The text is brought to NFKC first, so that the same password typed on another keyboard is
the same password.
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import anyio
import anyio.to_thread
import sqlalchemy as sa
from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError

from services.store.statements import PerDialect, demand_same_stored
from services.store.tables.accounts import account, credential

_MEMORY_KIB = 19 * 1024
_TIME_COST = 2
_PARALLELISM = 1
_AT_ONCE = 4  # hashings under way; each takes its 19 MiB
#: A hash of these figures, of no password: its salt and its result are zeros.
_NOBODY = f"$argon2id$v=19$m={_MEMORY_KIB},t={_TIME_COST},p={_PARALLELISM}${'A' * 22}${'A' * 43}"
_STORE = PerDialect(
    credential, lambda insert: insert.on_conflict_do_nothing(index_elements=["id"]).returning(credential.c.id)
)


class PasswordHasher(Protocol):
    """Makes and checks password hashes. A port, because it is slow on purpose."""

    async def hash(self, password: str) -> str:
        """Return a salted hash that carries its own figures."""
        ...

    async def verify(self, password_hash: str, password: str) -> bool:
        """Return whether the hash is of this password; False for a hash that can't be read, too."""
        ...

    async def burn(self, password: str) -> None:
        """Take the time of a `verify` for a log-in that nobody has, so that time doesn't tell who is known."""

    def outdated(self, password_hash: str) -> bool:
        """Return whether the hash was made with other figures than today's and should be made anew at this log-in."""
        ...


class Argon2Hasher:
    """The hasher in use."""

    def __init__(self, memory_kib: int = _MEMORY_KIB) -> None:
        self._argon2 = Argon2(time_cost=_TIME_COST, memory_cost=memory_kib, parallelism=_PARALLELISM)
        self._room = anyio.CapacityLimiter(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """Return a salted hash that carries its own figures."""
        return await anyio.to_thread.run_sync(self._argon2.hash, _normal(password), limiter=self._room)

    async def verify(self, password_hash: str, password: str) -> bool:
        """Return whether the hash is of this password; False for a hash that can't be read, too."""
        return await anyio.to_thread.run_sync(self._verify, password_hash, _normal(password), limiter=self._room)

    async def burn(self, password: str) -> None:
        """Take the time of a `verify`."""
        await self.verify(_NOBODY, password)

    def outdated(self, password_hash: str) -> bool:
        """Return whether the hash was made with other figures than today's and should be made anew at this log-in."""
        return self._argon2.check_needs_rehash(password_hash)

    def _verify(self, password_hash: str, password: bytes) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def _normal(password: str) -> bytes:
    """NFKC as UTF-8. Half a surrogate pair, which no keyboard makes, must not raise here."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def store(connection: sa.Connection, credential_id: str, password_hash: str, now: datetime) -> None:
    """Keep a hash under an id the caller made. A second call with the same changes nothing. Errors: NameTaken."""
    row = {"id": credential_id, "password_hash": password_hash, "created_at": now}
    if connection.execute(_STORE.of(connection), row).first() is None:
        demand_same_stored(connection, credential.c.id, credential_id, password_hash=password_hash)


def is_kept(connection: sa.Connection, credential_id: str) -> bool:
    """Return whether the hash is still there."""
    found = sa.select(credential.c.id).where(credential.c.id == credential_id)
    return connection.execute(found).first() is not None


def rehash(connection: sa.Connection, credential_id: str, before: str, password_hash: str) -> None:
    """Put a hash of the same password in place of one made with weaker figures."""
    same = sa.update(credential).where(credential.c.id == credential_id, credential.c.password_hash == before)
    connection.execute(same.values(password_hash=password_hash))


def select_unused(before: datetime) -> sa.Select[Any]:
    """Return the query of the hashes of sign-ups that never became an account, by their ids."""
    used = sa.select(account.c.id).where(account.c.credential_id == credential.c.id)
    return sa.select(credential.c.id).where(credential.c.created_at < before, ~used.exists())


def forget(connection: sa.Connection, ids: Sequence[str]) -> None:
    """Drop these hashes."""
    connection.execute(sa.delete(credential).where(credential.c.id.in_(ids)))
