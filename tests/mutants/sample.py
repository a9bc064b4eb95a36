"""Which mistakes are tried, and by which tests."""

from collections import Counter, defaultdict
from hashlib import sha256

from tests.mutants.core import ROOT, product_files
from tests.mutants.operators import Mutant, mutants
from tests.worth.record import is_left_to_the_night
from tests.worth.seen import read_known


def sample(seed: str, of_each_part: int) -> list[Mutant]:
    """So many mistakes of each part, spread over its files by their size: those whose hashes with the seed are least.

    So two commits are tried with the same mistakes, but for those in places that changed.
    """
    places: dict[str, list[Mutant]] = defaultdict(list)
    for part, path in product_files():
        places[part] += mutants(part, path, ROOT)

    def drawn(mutant: Mutant) -> str:
        return sha256(f"{seed}:{mutant.id}".encode()).hexdigest()

    return [mutant for found in places.values() for mutant in sorted(found, key=drawn)[:of_each_part]]


class Tests:
    """The daily tests that `python -m tests.worth see` has seen, by the lines they run."""

    def __init__(self) -> None:
        self._known = read_known()
        rows = self._known.rows.values()
        self._took = {row.test: row.own for row in rows if not row.failed and not is_left_to_the_night(row.test)}

    def of(self, mutant: Mutant, budget: float) -> list[str]:
        """Those that run the mutant's lines, the quickest first, while their times come to less than `budget`.

        A file's second test counts twice its time, its third three times: several files see more than one does. What
        runs when the file is imported belongs to all that run anything in it.
        """
        first, last = (None, None) if not mutant.scope else mutant.lines
        own = self._known.tests_at(ROOT / mutant.path, first, last)
        chosen: list[str] = []
        for test in self._ordered([test for test in own if test in self._took]):
            if chosen and self.took([*chosen, test]) > budget:
                break
            chosen.append(test)
        return chosen

    def took(self, tests: list[str]) -> float:
        """So long these took (in seconds) when they were seen."""
        return sum(self._took[test] for test in tests)

    def _ordered(self, tests: list[str]) -> list[str]:
        seen, cost = Counter[str](), dict[str, float]()
        for test in sorted(tests, key=lambda test: (self._took[test], test)):
            file = test.partition("::")[0]
            seen[file] += 1
            cost[test] = self._took[test] * seen[file]
        return sorted(cost, key=lambda test: (cost[test], test))
