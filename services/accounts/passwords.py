"""Passwords are hashed with Argon2id, outside of any transaction and off the event loop.

Figures: m = 19 MiB, t = 2, p = 1 (OWASP Password Storage Cheat Sheet). The text is brought to NFKC first, so that the
same password typed on another keyboard is the same password.
"""

import unicodedata
from typing import Protocol

import anyio
import anyio.to_thread
from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError

_MEMORY_KIB = 19 * 1024
_TIME_COST = 2
_PARALLELISM = 1
_AT_ONCE = 4  # hashings under way; each takes its 19 MiB


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
        ...

    def outdated(self, password_hash: str) -> bool:
        """Return whether the hash was made with other figures than today's and should be made anew at this log-in."""
        ...


class Argon2Hasher:
    """The hasher in use."""

    def __init__(self) -> None:
        self._argon2 = Argon2(time_cost=_TIME_COST, memory_cost=_MEMORY_KIB, parallelism=_PARALLELISM)
        self._nobody = self._argon2.hash("the password of nobody")
        self._room = anyio.CapacityLimiter(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """Return a salted hash that carries its own figures."""
        return await anyio.to_thread.run_sync(self._argon2.hash, _normal(password), limiter=self._room)

    async def verify(self, password_hash: str, password: str) -> bool:
        """Return whether the hash is of this password; False for a hash that can't be read, too."""
        return await anyio.to_thread.run_sync(self._verify, password_hash, _normal(password), limiter=self._room)

    async def burn(self, password: str) -> None:
        """Take the time of a `verify`."""
        await self.verify(self._nobody, password)

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
