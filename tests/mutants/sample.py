"""Which mistakes are tried, and by which tests."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from hashlib import sha256

from coverage import CoverageData

from tests.mutants.core import ROOT, TRACED, core_files
from tests.mutants.operators import Mutant, mutants

Contexts = Mapping[int, list[str]]


def sample(seed: str, of_each_part: int) -> list[Mutant]:
    """So many mistakes of each part, spread over its files by their size: those whose hashes with the seed are least.

    So two commits are tried with the same mistakes, but for those in places that changed.
    """
    places: dict[str, list[Mutant]] = defaultdict(list)
    for part, path in core_files():
        places[part] += mutants(part, path, ROOT)

    def drawn(mutant: Mutant) -> str:
        return sha256(f"{seed}:{mutant.id}".encode()).hexdigest()

    return [mutant for found in places.values() for mutant in sorted(found, key=drawn)[:of_each_part]]


class Tests:
    """The tests of a traced run by the lines they run."""

    def __init__(self) -> None:
        self._took: dict[str, float] = {}
        for path in TRACED.glob("tests.*.json"):
            self._took |= json.loads(path.read_text())
        self._data = CoverageData(str(TRACED / "coverage"))
        self._data.read()
        self._lines: dict[str, Contexts] = {}

    def of(self, mutant: Mutant, budget: float) -> list[str]:
        """Those that run the mutant's lines, the quickest first, while their times come to less than `budget`.

        A file's second test counts twice its time, its third three times: several files see more than one does. What
        runs when the file is imported belongs to all that run anything in it.
        """
        contexts = self._of_file(mutant.path)
        first, last = mutant.lines
        own = {test for line in range(first, last + 1) for test in contexts.get(line, ())}
        if "" in own or not mutant.scope:
            own = {test for tests in contexts.values() for test in tests}
        chosen: list[str] = []
        for test in self._ordered([test for test in own if test in self._took]):
            if chosen and self.took([*chosen, test]) > budget:
                break
            chosen.append(test)
        return chosen

    def took(self, tests: list[str]) -> float:
        """So long these took (in seconds) when they were traced."""
        return sum(self._took[test] for test in tests)

    def _ordered(self, tests: list[str]) -> list[str]:
        seen, cost = Counter[str](), dict[str, float]()
        for test in sorted(tests, key=lambda test: (self._took[test], test)):
            file = test.partition("::")[0]
            seen[file] += 1
            cost[test] = self._took[test] * seen[file]
        return sorted(cost, key=lambda test: (cost[test], test))

    def _of_file(self, path: str) -> Contexts:
        if path not in self._lines:
            self._lines[path] = self._data.contexts_by_lineno(str(ROOT / path))
        return self._lines[path]
