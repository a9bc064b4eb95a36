"""A password typed on a page: the try is counted first, then compared. Every try takes as long, whoever it is for.

Wrong ones are limited for each login and each network address; a right one takes its own count back. Nobody is locked
out for good.
"""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from services import account_search, limits
from services.account_search import LoginCandidate
from services.clock import Clock
from services.limits import Counted, Held
from services.passwords import PasswordHasher
from services.store.database import Store
from values import customer_number
from values import email as emails
from values.parsed import Ok
from values.secret import Secret

PER_LOGIN = limits.Rule("login wrong", 10, timedelta(minutes=15))
PER_ADDRESS = limits.Rule("login address", 30, timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class Right:
    """It is this account's password. `counted` is taken back where the log-in is stored."""

    account_id: str
    counted: Counted


@dataclass(frozen=True, slots=True)
class Wrong:
    """Nobody has that login, or another password."""


@dataclass(frozen=True)
class LogIns:
    """Tries passwords. `by_number`: customers may log in by their number; `quotas`: addresses are counted, too."""

    store: Store
    clock: Clock
    hasher: PasswordHasher
    server_key: bytes
    by_number: bool
    quotas: bool

    async def attempt(
        self, login: str, password: Secret, address: str | None, *, shadows: bool = False
    ) -> Right | Wrong | Held:
        """Whose password it is. `shadows`: unfinished sign-ups with a taken e-mail count, too."""
        key = self._key(login)
        counted = self._subjects(key, address)
        # Counted before anything is compared, or a hundred tries at once would all find room.
        now = self.clock.now()
        held = await self.store.write(lambda c: limits.count_try(c, counted, server_key=self.server_key, now=now))
        if held is not None:
            return held
        account_id = await self._matching(key, password, shadows=shadows)
        return Wrong() if account_id is None else Right(account_id, counted)

    def take_back(self, connection: sa.Connection, right: Right) -> None:
        """A right one counts for nothing."""
        limits.take_back_try(connection, right.counted, server_key=self.server_key)

    def _key(self, login: str) -> str:
        """The form in which a login is compared; a customer number may be typed in groups."""
        number = customer_number.parse(login) if self.by_number else None
        return number.value if isinstance(number, Ok) else emails.key(login.strip())

    def _subjects(self, key: str, address: str | None) -> Counted:
        by_address = ((PER_ADDRESS, address),) if address is not None and self.quotas else ()
        return ((PER_LOGIN, key), *by_address)

    async def _matching(self, key: str, password: Secret, *, shadows: bool) -> str | None:
        candidates: list[LoginCandidate] = await self.store.read(
            lambda c: account_search.login_candidates(c, key, shadows=shadows)
        )
        right = [c.account_id for c in candidates if await self.hasher.verify(c.password_hash, password.reveal())]
        for _ in range(account_search.MOST_CANDIDATES - len(candidates)):
            await self.hasher.burn(password.reveal())
        return next(iter(right), None)
