"""Wrong discount codes are counted, so that a seller's codes can't be found by trying them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from services import limits

# Different wrong codes of one conversation, and of one network address, whatever number of conversations it begins.
WRONG = (
    limits.Rule("discount codes, an hour", 10, timedelta(hours=1)),
    limits.Rule("discount codes, a day", 30, timedelta(days=1)),
)
PER_ADDRESS = limits.Rule("discount codes, an address", 60, timedelta(hours=1))
SAME_CODE = limits.Rule("discount code again", 1, timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class DiscountTries:
    """Counts wrong codes in the turn's transaction; `quotas`: rate limits are enforced."""

    known: frozenset[str]
    server_key: bytes
    quotas: bool

    def count(
        self, connection: sa.Connection, codes: Sequence[str], *, chat: str, network: str | None, now: datetime
    ) -> int | None:
        """Count the wrong ones of a message that tries `codes`.

        Return the seconds for which none is to be tried, not even a right one; None if these may be.
        """
        if not codes or not self.quotas:
            return None
        counted = [(rule, chat) for rule in WRONG] + ([(PER_ADDRESS, network)] if network is not None else [])
        for rule, of in counted:
            limits.hold(connection, rule, of, server_key=self.server_key)
        free = [limits.free_at(connection, rule, of, server_key=self.server_key, now=now) for rule, of in counted]
        if waits := [moment for moment in free if moment is not None]:
            return max(1, round((max(waits) - now).total_seconds()))
        for code in codes:
            if code not in self.known and self._is_new(connection, f"{chat} {code}", now):
                for rule, of in counted:
                    limits.hit(connection, rule, of, server_key=self.server_key, now=now)
        return None

    def _is_new(self, connection: sa.Connection, of: str, now: datetime) -> bool:
        return limits.allow(connection, SAME_CODE, of, server_key=self.server_key, now=now)
