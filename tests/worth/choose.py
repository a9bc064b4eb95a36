"""Chooses the daily tests: those that hold the most of what all of today's hold, for the least of a processor's time.

A test holds lines of the product, what it uses (routes, settings, commands, screens), faults of the past that it was
written for, and its own rule: one case of each test function. Everything held keeps a daily test where the budget has
room, the dearest last; then the cheapest of the others come, until the budget is spent.
"""

import heapq
from dataclasses import dataclass

from tests.worth.seen import Known

#: What one of these weighs beside a line of the product: a rule that is tested by no other name, a route, a fault that
#: people have met.
RULE, USE, MISTAKE, FAULT = 10, 500, 500, 2000


@dataclass(frozen=True)
class Budget:
    """What the chosen tests may take: processor seconds, desks started, browser pages opened."""

    cpu: float
    desks: int
    pages: int


def chosen(all_: Known, budget: Budget) -> list[str]:
    """Return the tests to run by day, the most telling first."""
    left = Left(all_, budget)
    heap = [(-left.gain(test) / all_.price(test), test) for test in all_.rows if not all_.rows[test].failed]
    heapq.heapify(heap)
    taken = list[str]()
    while heap:
        worth, test = heapq.heappop(heap)
        now = -left.gain(test) / all_.price(test)
        if now > worth + 1e-9 and now < 0:
            heapq.heappush(heap, (now, test))
        elif now < 0 and left.has_room(test):
            left.take(test)
            taken.append(test)
    have = set(taken)
    for test in sorted(all_.rows.keys() - have, key=lambda test: (all_.price(test), test)):
        if not all_.rows[test].failed and left.has_room(test):
            left.take(test)
            taken.append(test)
    return taken


class Left:
    """Lines and names that no chosen test holds yet, and the rest of the budget."""

    def __init__(self, all_: Known, budget: Budget) -> None:
        self._all = all_
        self.lines = 0
        for bits in all_.lines.values():
            self.lines |= bits
        self.names = {name for held in all_.held.values() for name in held}
        self.cpu, self.desks, self.pages = budget.cpu, budget.desks, budget.pages

    def gain(self, test: str) -> float:
        """Return what the test would add to what is held."""
        new = self._all.held[test] & self.names
        return (self._all.lines.get(test, 0) & self.lines).bit_count() + sum(map(_weight, new))

    def has_room(self, test: str) -> bool:
        """Tell whether the budget has room for it."""
        row = self._all.rows[test]
        return row.cpu <= self.cpu and row.desks <= self.desks and row.pages <= self.pages

    def take(self, test: str) -> None:
        """Count it as chosen."""
        row = self._all.rows[test]
        self.cpu, self.desks, self.pages = self.cpu - row.cpu, self.desks - row.desks, self.pages - row.pages
        self.lines &= ~self._all.lines.get(test, 0)
        self.names -= self._all.held[test]


def _weight(name: str) -> int:
    kind = name.partition(" ")[0]
    return {"rule": RULE, "fault": FAULT, "mistake": MISTAKE}.get(kind, USE)
