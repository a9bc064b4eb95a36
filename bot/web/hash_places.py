"""Requests of one network under way at once, where each costs a password's hash.

Counted in each process: hashes compete for its threads alone, and nothing outlives the requests.
"""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from bot.web.guard import RequestTurnedAway

MOST = 3
"""So many passwords of one network are hashed or wait for it; a process hashes four at once."""
SOON_S = 2
"""A hash takes a fraction of it."""


class HashPlaces:
    """The requests under way, by network."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._under_way: Counter[str] = Counter()

    @contextmanager
    def place(self, network: str | None) -> Generator[None]:
        """Take a place for as long as the block lasts. A request that counts in no limit needs none. Errors: 429."""
        if network is None:
            yield
            return
        if self._under_way[network] >= self._most:
            raise RequestTurnedAway(429, "too_many", SOON_S)
        self._under_way[network] += 1
        try:
            yield
        finally:
            self._under_way[network] -= 1
            if not self._under_way[network]:
                del self._under_way[network]
