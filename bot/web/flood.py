"""Rate limits per visitor, in memory; limits that guard money or codes are rows elsewhere."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct


class FloodRules(Struct, frozen=True):
    """The limits of a session and of a network address: requests per seconds, minutes or hours; none: ""."""

    session: str = "20/10 second; 300/hour"
    address: str = "120/minute; 3000/hour"


_UNITS = {"second": 1, "minute": 60, "hour": 3600}
_LONGEST_WAIT = 60  # seconds: it pays to try again long before an hour has passed
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

    def wait(self, session: str | None, address: str | None) -> int:
        """Return 0 if this request is admitted (and counted), else the whole seconds after which to try again.

        None stands for a visitor who isn't known yet, or was counted already.
        """
        subjects = [(rule, session) for rule in self._session] if session is not None else []
        if address is not None:
            subjects += [(rule, address) for rule in self._address]
        for rule, who in subjects:
            if seconds := self._count(rule, who):
                return min(math.ceil(seconds), _LONGEST_WAIT)
        return 0

    def _count(self, rule: _Rule, who: str) -> float:
        now, step = self._now(), rule.per / rule.n
        paid_off = max(self._paid_off.get((rule, who), now), now)
        early = paid_off + step - now - rule.per
        if early > 1e-9:  # sums of steps are not exact
            return early
        self._paid_off[rule, who] = paid_off + step
        self._paid_off.move_to_end((rule, who))
        self._forget(now)
        return 0

    def _forget(self, now: float) -> None:
        """Two go for each that comes: those at the head who have paid off, or are too many."""
        for _ in range(2):
            head = next(iter(self._paid_off))
            if self._paid_off[head] > now and len(self._paid_off) <= _MOST_VISITORS:
                return
            del self._paid_off[head]


def _read(scope: str, rules: str) -> tuple[_Rule, ...]:
    return tuple(_rule(scope, *rule.split("/")) for rule in rules.split(";")) if rules else ()


def _rule(scope: str, n: str, per: str) -> _Rule:
    times, _, unit = per.rpartition(" ")
    return _Rule(scope, int(n), int(times or 1) * _UNITS[unit])
