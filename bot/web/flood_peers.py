"""Flood counters of several processes on one database, kept together by telling each other of frequent visitors.

A process admits a visitor on its own only what would keep the rule if all processes had admitted as much since they
last told each other; visitors who use a good part of that are told of twice a second. Ordinary visitors are never told
of, and nothing is stored (docs/decisions/limits.md).
"""

import json
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Protocol

from msgspec import Struct
from msgspec.json import decode

Hits = tuple[int, str, int]
"""The number of a rule, the visitor's digest, and how often they came."""

TELL_S = 0.5
ALIVE_S = 10.0
"""So often a process that has nothing to tell says that it is there; one silent for three times as long is gone."""
_A_TIME = 100
_MOST = 1000


class Counter(Protocol):
    """A flood counter that several processes keep together (`bot/web/flood.py`)."""

    def untold(self, most: int) -> list[Hits]:
        """Return what others should know, and take it for told."""
        ...

    def add(self, hits: list[Hits]) -> None:
        """Count what another process has admitted."""
        ...


class _News(Struct, frozen=True, array_like=True):
    counter: str
    hits: list[Hits]


class FloodPeers:
    """The processes that count together. `key` makes digests of visitors: no address is told of in clear."""

    def __init__(self, key: bytes, now: Callable[[], float] = time.monotonic) -> None:
        self._key, self._now = key[:64], now
        self._counters: dict[str, Counter] = {}
        self._heard_of: dict[str, float] = {}
        self._said_at: float | None = None
        self.processes = 1

    def join(self, name: str, counter: Counter) -> None:
        """Keep the counter together with those of this name in other processes."""
        self._counters[name] = counter

    def digest(self, visitor: str) -> str:
        """Return what stands for a visitor."""
        return blake2b(visitor.encode("utf-8", "surrogatepass"), key=self._key, digest_size=12).hexdigest()

    def news(self) -> Iterator[str]:
        """Yield what is to be announced now; an empty list of hits says that this process is there."""
        now = self._now()
        self._heard_of = {who: at for who, at in self._heard_of.items() if now - at < 3 * ALIVE_S}
        self.processes = 1 + len(self._heard_of)
        told = False
        for name, counter in self._counters.items():
            hits = counter.untold(_MOST) if self.processes > 1 else []
            for first in range(0, len(hits), _A_TIME):
                told = True
                yield json.dumps([name, hits[first : first + _A_TIME]])
        if told or self._said_at is None or now - self._said_at >= ALIVE_S:
            self._said_at = now
            if not told:
                yield json.dumps(["", []])

    def heard(self, sender: str, news: str) -> None:
        """Take what another process has announced."""
        if sender not in self._heard_of:
            self._said_at = None  # it is to hear of this one, too
        self._heard_of[sender] = self._now()
        self.processes = 1 + len(self._heard_of)
        said = decode(news, type=_News)
        if (counter := self._counters.get(said.counter)) is not None:
            counter.add(said.hits)
