"""How well the tests hold the core: `python -m tests.mutants trace | coverage | run | show | record`.

What is measured and why: docs/decisions/tests.md. Mistakes that make no difference to anybody are in `equivalent.toml`,
with a reason; faults of the past in `historical.toml`. What was tried is kept in `.mutants/`, so a run that was stopped
goes on. To measure an earlier commit, copy this folder into a checkout of it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from math import sqrt
from pathlib import Path

from coverage import Coverage

from tests.mutants.core import PARTS, ROOT, TRACED, core_files, suite
from tests.mutants.historical import historical
from tests.mutants.operators import Mutant, mutants
from tests.mutants.past import gone_blind, past_table, recorded, tried
from tests.mutants.sample import Tests, sample
from tests.mutants.trial import KILLED, SURVIVED, TIMEOUT, UNSEEN, Result, Results, Trial, ended

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
#: 95 of 100 samples.
Z = 1.96


def main() -> None:
    """Do what is asked for; what is there already isn't done again."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    asked.add_argument("what", choices=("trace", "coverage", "run", "show", "record"))
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
    traces = given.what in ("trace", "coverage") or (given.what == "run" and chosen)
    if given.what == "trace" or (traces and not (TRACED / "coverage").exists()):
        trace(given.jobs)
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


def trace(jobs: int) -> None:
    """Run the suite once, noting which test runs which line; each share is a pytest of its own."""
    shutil.rmtree(TRACED, ignore_errors=True)
    TRACED.mkdir(parents=True)
    order = [sys.executable, "-m", "pytest", "-q", "-k", "not postgres"]
    seen = os.environ | {"PYTEST_PLUGINS": "tests.mutants.traced"}
    shares = [subprocess.Popen([*order, *share], cwd=ROOT, env=seen) for share in suite(jobs)]
    if any(share.wait() > 1 for share in shares):  # 1: some test failed; it kills nothing
        sys.exit("the tests couldn't be run: what pytest says is above")
    _coverage().combine([str(TRACED)])


def _coverage() -> Coverage:
    return Coverage(data_file=str(TRACED / "coverage"), branch=True, config_file=False)


def covered() -> Iterator[str]:
    """Lines and branches of each part that the suite runs."""
    coverage = _coverage()
    coverage.load()
    yield f"{'':14}{'lines':>14}{'branches':>16}"
    for part in PARTS:
        numbers = [coverage._analyze(str(path)).numbers for of, path in core_files() if of == part]
        total = sum(numbers[1:], numbers[0])
        lines = f"{total.n_executed} of {total.n_statements}"
        ways = f"{total.n_executed_branches} of {total.n_branches}"
        yield f"{part:14}{lines:>14}{ways:>16}  {100 * total.n_executed_branches / total.n_branches:.1f} %"


def run(wanted: list[Mutant], jobs: int, budget: float, again: list[str]) -> None:
    """Try those that weren't tried yet, so many at a time, after one that is no mistake."""
    results, tests = Results(), Tests()
    same = replace(wanted[0], operator="", id=f"none-{wanted[0].id}", before="", after="")
    left = [one for one in [same, *wanted] if one.id not in results.all or one.id in again]
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
    everywhere = {part: [one for of, p in core_files() if of == part for one in mutants(of, p, ROOT)] for part in PARTS}
    rows = [*((part, [one for one in wanted if one.part == part]) for part in PARTS), ("all", wanted)]
    yield f"{'':14}{'places':>8}{'tried':>7}{'noticed':>9}{'(late)':>8}{'missed':>8}{'same':>6}   noticed (95 %)"
    for part, chosen in rows:
        same = sum(one.id in equivalent for one in chosen)
        tried = [results[one.id].result for one in chosen if one.id in results and one.id not in equivalent]
        killed, late = sum(one in (KILLED, TIMEOUT) for one in tried), tried.count(TIMEOUT)
        places = sum(map(len, everywhere.values())) if part == "all" else len(everywhere[part])
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
