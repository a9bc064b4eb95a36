"""Requests under way at once, where each takes much: a password's hash, a recording that is kept until it is heard.

Counted in each process: hashes compete for its threads alone, recordings for its memory, and nothing outlives the
requests.
"""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from bot.web.guard import RequestTurnedAway

HASHES, SOON_S = 3, 2
"""So many passwords of one network are hashed or wait for it; a process hashes four at once. One takes a fraction."""
RECORDINGS, HEARD_S = 4, 10
"""So many recordings of one customer are heard or wait for it, each for seconds."""


class Places:
    """The requests under way, by whose they are: at most `most`; who comes too many is told to wait `wait_s`."""

    def __init__(self, most: int, wait_s: int) -> None:
        self._most = most
        self._wait_s = wait_s
        self._under_way: Counter[str] = Counter()

    @classmethod
    def for_hashes(cls) -> "Places":
        return cls(HASHES, SOON_S)

    @classmethod
    def for_recordings(cls) -> "Places":
        return cls(RECORDINGS, HEARD_S)

    @contextmanager
    def place(self, whose: str | None) -> Generator[None]:
        """Take a place for as long as the block lasts. A request that counts in no limit needs none. Errors: 429."""
        if whose is None:
            yield
            return
        if self._under_way[whose] >= self._most:
            raise RequestTurnedAway(429, "too_many", self._wait_s)
        self._under_way[whose] += 1
        try:
            yield
        finally:
            self._under_way[whose] -= 1
            if not self._under_way[whose]:
                del self._under_way[whose]
