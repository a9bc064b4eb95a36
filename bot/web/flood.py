"""Rate limits per visitor, in memory; limits that guard money or codes are rows elsewhere.

Where several processes serve one database their counters are one: `FloodPeers` tells each other of frequent visitors.
A process admits a visitor on its own only what would keep the rule if all processes had admitted as much since they
last told each other; visitors who use a good part of that are told of twice a second. Ordinary visitors are never told
of, and nothing is stored (docs/decisions/limits.md).
"""

import json
import math
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Protocol, Self

from msgspec import Struct
from msgspec.json import decode

from bot.web.guard import RequestTurnedAway

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


class FloodRules(Struct, frozen=True):
    """The limits of a session and of a network address: requests per seconds, minutes or hours; none: ""."""

    session: str = "20/10 second; 300/hour"
    address: str = "120/minute; 3000/hour"


_UNITS = {"second": 1, "minute": 60, "hour": 3600}
_LONGEST_WAIT = 60  # seconds: it pays to try again long before an hour has passed
_GOOD_PART = 4  # a visitor is told of at a fourth of what one process may admit alone
_MOST_VISITORS = 50_000  # beyond them those who were quiet for longest are forgotten


class _Rule(Struct, frozen=True):
    """`n` requests at once, then one whenever an n-th of the time has passed (the generic cell rate algorithm)."""

    scope: str
    n: int
    per: float  # seconds


class Flood:
    """Request counter; without rules it admits everything. `now` gives seconds that never go back."""

    def __init__(self, rules: FloodRules | None, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._session = _read("session", rules.session) if rules else ()
        self._address = _read("address", rules.address) if rules else ()
        # When a visitor's requests will be paid off, by rule and visitor; the latest visitor stands last.
        self._paid_off: OrderedDict[tuple[_Rule, str], float] = OrderedDict()
        self._peers: FloodPeers | None = None
        # What the other processes haven't been told of.
        self._untold: dict[tuple[_Rule, str], int] = {}
        # What they were told last, which they may not have heard yet.
        self._just_told: dict[tuple[_Rule, str], int] = {}

    def shared(self, name: str, peers: FloodPeers | None) -> Self:
        """Count together with the counters of this name in other processes; without peers alone."""
        if peers is not None and self._rules:
            self._peers = peers
            peers.join(name, self)
        return self

    @property
    def _rules(self) -> tuple[_Rule, ...]:
        return (*self._session, *self._address)

    def wait(self, session: str | None, address: str | None) -> int:
        """Return 0 if this request is admitted (and counted), else the whole seconds after which to try again.

        None stands for a visitor who isn't known yet, or was counted already.
        """
        if self._peers is not None:
            session = None if session is None else self._peers.digest(session)
            address = None if address is None else self._peers.digest(address)
        subjects = [(rule, session) for rule in self._session] if session is not None else []
        if address is not None:
            subjects += [(rule, address) for rule in self._address]
        for rule, who in subjects:
            if seconds := self._count(rule, who):
                return min(math.ceil(seconds), _LONGEST_WAIT)
        return 0

    def untold(self, most: int) -> list[Hits]:
        """Return what other processes should know: of visitors who use a good part of what one may admit alone."""
        now, told = self._now(), list[Hits]()
        self._just_told = {}
        for number, rule in enumerate(self._rules):
            for key, hits in list(self._untold.items()):
                if key[0] is not rule or len(told) >= most:
                    continue
                if self._paid_off.get(key, 0) <= now:
                    del self._untold[key]
                elif hits * self._processes * _GOOD_PART >= rule.n:
                    self._just_told[key] = self._untold.pop(key)
                    told.append((number, key[1], hits))
        return told

    def add(self, hits: list[Hits]) -> None:
        """Count what another process has admitted."""
        now, rules = self._now(), self._rules
        for number, who, times in hits:
            if number < len(rules):  # a process of another release may have more
                rule = rules[number]
                paid_off = max(self._paid_off.get((rule, who), now), now) + times * rule.per / rule.n
                self._pay_off(rule, who, min(paid_off, now + 2 * rule.per))

    @property
    def _processes(self) -> int:
        return 1 if self._peers is None else self._peers.processes

    def _count(self, rule: _Rule, who: str) -> float:
        now, step = self._now(), rule.per / rule.n
        paid_off, others = max(self._paid_off.get((rule, who), now), now), self._processes - 1
        untold = self._untold.get((rule, who), 0) if others and paid_off > now else 0
        unheard = untold + self._just_told.get((rule, who), 0)
        # As if the others had admitted as many; where a rule has less than one for each, the first is free.
        beside = others * (unheard + 1) if unheard or rule.n > others else 0
        early = paid_off + step * (1 + beside) - now - rule.per
        if early > 1e-9:  # sums of steps are not exact
            return early
        if others:
            self._untold[rule, who] = untold + 1
        self._pay_off(rule, who, paid_off + step)
        return 0

    def _pay_off(self, rule: _Rule, who: str, at: float) -> None:
        self._paid_off[rule, who] = at
        self._paid_off.move_to_end((rule, who))
        self._forget(self._now())

    def _forget(self, now: float) -> None:
        """Two go for each that comes: those at the head who have paid off, or are too many."""
        for _ in range(2):
            head = next(iter(self._paid_off))
            if self._paid_off[head] > now and len(self._paid_off) <= _MOST_VISITORS:
                return
            del self._paid_off[head]
            self._untold.pop(head, None)


def _read(scope: str, rules: str) -> tuple[_Rule, ...]:
    return tuple(_rule(scope, *rule.split("/")) for rule in rules.split(";")) if rules else ()


def _rule(scope: str, n: str, per: str) -> _Rule:
    times, _, unit = per.rpartition(" ")
    return _Rule(scope, int(n), int(times or 1) * _UNITS[unit])


HASHES, SOON_S = 3, 2
"""So many passwords of one network are hashed or wait for it; a process hashes four at once. One takes a fraction."""
RECORDINGS, HEARD_S = 4, 10
"""So many recordings of one customer are heard or wait for it, each for seconds."""


class Places:
    """The requests under way, by whose they are: at most `most`; who comes too many is told to wait `wait_s`.

    Counted in each process: hashes compete for its threads alone, recordings for its memory, and nothing outlives them.
    """

    def __init__(self, most: int, wait_s: int) -> None:
        self._most = most
        self._wait_s = wait_s
        self._under_way = defaultdict[str, int](int)

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
