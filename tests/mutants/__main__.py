"""How well the daily tests hold the product: `python -m tests.mutants coverage | run | show | record`.

What is measured and why: docs/decisions/tests.md. Mistakes that make no difference to anybody are in `equivalent.toml`,
with a reason; faults of the past in `historical.toml`. `python -m tests.worth see` has seen which test runs which line.
Results are kept in `.mutants/`, so a run that was stopped goes on; a mistake whose test has since been left to the
night is tried again.
"""

import argparse
import os
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from math import sqrt
from pathlib import Path

from coverage import Coverage

from tests.mutants.core import PARTS, REST, ROOT, product_files
from tests.mutants.historical import historical
from tests.mutants.operators import Mutant, mutants
from tests.mutants.past import gone_blind, past_table, recorded, tried
from tests.mutants.sample import Tests, sample
from tests.mutants.trial import KILLED, SURVIVED, TIMEOUT, UNSEEN, Result, Results, Trial, ended
from tests.worth.record import is_left_to_the_night
from tests.worth.seen import FOLDER

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
#: 95 of 100 samples.
Z = 1.96


def main() -> None:
    """Do what is asked for; what is there already isn't done again."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    asked.add_argument("what", choices=("coverage", "run", "show", "record"))
    asked.add_argument("--kind", choices=("seeded", "historical", "both"), default="both", help="which mistakes")
    asked.add_argument("--sample", type=int, default=40, help="mistakes of each part (default: 40)")
    asked.add_argument("--seed", default="20261124")
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    asked.add_argument(
        "--budget", type=float, default=20, help="seconds of a processor's time for each mistake (default: 20)"
    )
    asked.add_argument("--again", nargs="*", default=[], metavar="ID", help="try these anew")
    given = asked.parse_args()
    past = historical() if given.kind != "seeded" or given.what == "record" else []
    chosen = sample(given.seed, given.sample) if given.kind != "historical" else []
    if (given.what == "coverage" or (given.what == "run" and chosen)) and not (FOLDER / "lines").exists():
        sys.exit("nobody has seen yet which test runs which line: python -m tests.worth see")
    if given.what == "coverage":
        print("\n".join(covered()))
    if given.what == "run" and past:
        tried(past, given.jobs, given.again)
    if given.what == "run" and chosen:
        run(chosen, given.jobs, given.budget, given.again)
    if given.what in ("run", "show"):
        print("\n".join([*(past_table(past) if past else ()), "", *(table(chosen) if chosen else ())]))
        if blind := list(gone_blind(past, noticed(chosen), Results().all)):
            sys.exit("\n".join(["", *blind]))
    if given.what == "record":
        recorded(past, noticed(chosen))


def covered() -> Iterator[str]:
    """Yield the lines of each part that the daily tests run."""
    coverage = Coverage(data_file=str(FOLDER / "lines"), config_file=False)
    coverage.load()
    for part in (*PARTS, REST):
        numbers = [coverage._analyze(str(path)).numbers for of, path in product_files() if of == part]
        total = sum(numbers[1:], numbers[0])
        share = 100 * total.n_executed / total.n_statements
        yield f"{part:14}{total.n_executed:>7} of {total.n_statements} lines  {share:.1f} %"


def run(wanted: list[Mutant], jobs: int, budget: float, again: list[str]) -> None:
    """Try those that weren't tried yet, so many at a time, after one that is no mistake."""
    results, tests = Results(), Tests()
    same = replace(wanted[0], operator="", id=f"none-{wanted[0].id}", before="", after="")
    known = {id for id, result in results.all.items() if not is_left_to_the_night(result.by)}
    left = [one for one in [same, *wanted] if one.id not in known or one.id in again]
    seen = {one.id: chosen for one in left if (chosen := tests.of(one, budget))}
    for one in left:
        if one.id not in seen:
            results.add(Result(one.id, UNSEEN, 0, 0))
    trials = (Trial.begin(one, seen[one.id], tests.took(seen[one.id])) for one in left if one.id in seen)
    paths = {one.id: one.path for one in left}
    for number, result in enumerate(ended(trials, jobs), 1):
        results.add(result)
        print(f"{len(seen) - number:4} left  {result.result:9}{result.seconds:6} s  {paths[result.id]}")
        if result.id == same.id and result.result != SURVIVED:
            sys.exit(f"tests fail on the file as it is: {result.by}")


def noticed(chosen: list[Mutant]) -> dict[str, bool]:
    """Tell of each mistake that was tried whether a test noticed it."""
    results = Results().all
    return {one.id: results[one.id].result in (KILLED, TIMEOUT) for one in chosen if one.id in results}


def table(wanted: list[Mutant]) -> Iterator[str]:
    """The score of each part, then each mistake that no test noticed."""
    results, equivalent = Results().all, tomllib.loads(EQUIVALENT.read_text())
    everywhere = Counter(one.part for of, path in product_files() for one in mutants(of, path, ROOT))
    rows = [*((part, [one for one in wanted if one.part == part]) for part in (*PARTS, REST)), ("all", wanted)]
    yield f"{'':14}{'places':>8}{'tried':>7}{'noticed':>9}{'(late)':>8}{'missed':>8}{'same':>6}   noticed (95 %)"
    for part, chosen in rows:
        same = sum(one.id in equivalent for one in chosen)
        tried = [results[one.id].result for one in chosen if one.id in results and one.id not in equivalent]
        killed, late = sum(one in (KILLED, TIMEOUT) for one in tried), tried.count(TIMEOUT)
        places = everywhere.total() if part == "all" else everywhere[part]
        yield (
            f"{part:14}{places:>8}{len(tried):>7}{killed:>9}{late:>8}{len(tried) - killed:>8}{same:>6}   "
            f"{_interval(killed, len(tried))}"
        )
    for one in wanted:
        result = results.get(one.id)
        if result and result.result in (SURVIVED, UNSEEN) and one.id not in equivalent:
            yield f"\n{one.id}  {one.path}:{one.lines[0]}  {one.scope}  ({one.operator}, {result.tests} tests)"
            yield from (f"  - {line}" for line in one.before.splitlines()[:3])
            yield from (f"  + {line}" for line in one.after.splitlines()[:3])


def _interval(good: int, of: int) -> str:
    """Wilson's."""
    if not of:
        return "–"
    share, spread = good / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    width = Z * sqrt(share * (1 - share) / of + spread / of / 4) / (1 + spread)
    return f"{100 * share:.0f} % ({100 * (middle - width):.0f} to {100 * (middle + width):.0f})"


if __name__ == "__main__":
    main()
