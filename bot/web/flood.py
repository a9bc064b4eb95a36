"""Floods: how often one visitor may knock. Kept in memory; limits that guard money or codes are rows elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


@dataclass(frozen=True, slots=True)
class FloodRules:
    """How many messages a session and a network address may send, in the words of the `limits` library."""

    session: str = "20/10 second; 300/hour"
    address: str = "120/minute; 3000/hour"


_LONGEST_WAIT = 60  # seconds: with a moving window it pays to try again long before an hour has passed


class Flood:
    """Counts knocks; without rules it lets everybody in."""

    def __init__(self, rules: FloodRules | None) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._session = parse_many(rules.session) if rules else []
        self._address = parse_many(rules.address) if rules else []

    def wait(self, session: str, address: str | None) -> int:
        """0 if this knock is let in (and counted), else the whole seconds after which to try again."""
        waits = [self._knock(self._session, "session", session)]
        if address is not None:
            waits.append(self._knock(self._address, "address", address))
        return max(waits)

    def _knock(self, rules: Sequence[RateLimitItem], kind: str, who: str) -> int:
        for rule in rules:
            if not self._limiter.hit(rule, kind, who):
                return min(rule.get_expiry(), _LONGEST_WAIT)
        return 0
