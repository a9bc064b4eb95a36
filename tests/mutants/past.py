"""Tries the faults that people met once, and keeps which are noticed."""

import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.mutants.core import ROOT
from tests.mutants.historical import HistoricalMutant, Outdated, Unchanged
from tests.mutants.trial import KILLED, SURVIVED, TIMEOUT, Result, Results, Trial, ended

RECORD = Path(__file__).with_name("record.toml")
#: How long the tests of one fault take at most where nothing is wrong, of all rows and of a whole room (in seconds).
OWN_S, ALL_S, ROOM_S = 60.0, 900.0, 3600.0
BY_TEST, BY_ROOM, BY_NONE = "test", "room", "none"


def tried(rows: list[HistoricalMutant], jobs: int, again: list[str]) -> None:
    """Try each row that wasn't tried yet by its tests, then by their rooms those that these don't notice.

    Before the first one all the tests must pass on the code as it is.
    """
    sound = Outdated()
    if found := [wrong for row in rows for wrong in sound.of(row)]:
        sys.exit("\n".join(["historical.toml has to follow the code:", *found]))
    every = list(dict.fromkeys(test for row in rows for test in row.tests))
    results, same = Results(), Unchanged.by(every)
    if same.id not in results.all:
        _keep(ended([Trial.begin(same, every, ALL_S, waits=2 * ALL_S)], 1), results)
    if results.all[same.id].result != SURVIVED:
        sys.exit(f"tests fail on the code as it is: {results.all[same.id].by}")
    left = [row for row in rows if row.id not in results.all or row.name in again]
    _keep(ended((Trial.begin(row, list(row.tests), OWN_S) for row in left), jobs), results)
    beyond = [row for row in rows if not _is_noticed(results.all[row.id])]
    beyond = [row for row in beyond if _in_room(row) not in results.all or row.name in again]
    trials = (Trial.begin(row, list(row.rooms), ROOM_S, id=_in_room(row), waits=ROOM_S) for row in beyond)
    _keep(ended(trials, jobs), results)


def _keep(found: Iterable[Result], results: Results) -> None:
    for result in found:
        results.add(result)
        print(f"{result.result:9}{result.seconds:6} s  {result.id}", flush=True)


def _in_room(row: HistoricalMutant) -> str:
    return f"{row.id}@room"


def _is_noticed(result: Result | None) -> bool:
    """Tell whether a test fell or never ended; a process that couldn't run any has noticed nothing."""
    return result is not None and (result.result == TIMEOUT or (result.result == KILLED and "tests/" in result.by))


def noticed_by(row: HistoricalMutant, results: Mapping[str, Result]) -> str | None:
    """Whether a row's own tests, its room's or none notice it; None while that isn't known."""
    if _is_noticed(results.get(row.id)):
        return BY_TEST
    if _in_room(row) in results:
        return BY_ROOM if _is_noticed(results[_in_room(row)]) else BY_NONE
    return None


def past_table(rows: list[HistoricalMutant]) -> Iterator[str]:
    """Who noticed the faults of each release, then those that nobody did."""
    results = Results().all
    by = {row.name: noticed_by(row, results) for row in rows}
    yield f"{'':14}{'faults':>8}{'tried':>7}{'by its test':>13}{'by its room':>13}{'by none':>9}"
    for release in [*dict.fromkeys(row.release for row in rows), "all"]:
        of = Counter(by[row.name] for row in rows if release in (row.release, "all"))
        tried = of.total() - of[None]
        yield f"{release:14}{of.total():>8}{tried:>7}{of[BY_TEST]:>13}{of[BY_ROOM]:>13}{of[BY_NONE]:>9}"
    yield from (f"\n{row.name}  {row.function}\n  {row.line}" for row in rows if by[row.name] == BY_NONE)


def recorded(rows: list[HistoricalMutant], seeded: Mapping[str, bool]) -> None:
    """Keep who noticed what today, in the repository; what isn't known today stays as it was."""
    results, before = Results().all, known_record()
    past = {row.name: noticed_by(row, results) or before["historical"].get(row.name) for row in rows}
    known = {id: BY_TEST if noticed else BY_NONE for id, noticed in seeded.items()} or before["seeded"]
    release = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    lines = ["# Who noticed each mistake: its test, its room or none. Written by `python -m tests.mutants record`."]
    lines += [f'release = "{release}"', "", "[historical]"]
    lines += [f'{name} = "{by}"' for name, by in past.items() if by is not None]
    lines += ["", "[seeded]", *(f'{id} = "{by}"' for id, by in sorted(known.items()))]
    RECORD.write_text("\n".join(lines) + "\n")


def gone_blind(
    rows: list[HistoricalMutant], seeded: Mapping[str, bool], results: Mapping[str, Result]
) -> Iterator[str]:
    """Tell what was noticed when that was recorded and isn't any more."""
    before = known_record()
    past = [row.name for row in rows if noticed_by(row, results) == BY_NONE]
    lost = [name for name in past if before["historical"].get(name, BY_NONE) != BY_NONE]
    lost += [id for id, noticed in seeded.items() if not noticed and before["seeded"].get(id) == BY_TEST]
    yield from (f"{name} was noticed in {before['release']}" for name in lost)


def known_record() -> dict[str, Any]:
    """Read what is kept in the repository: the release, and by whom the mistakes of each kind were noticed."""
    empty: dict[str, Any] = {"release": "", "historical": {}, "seeded": {}}
    return empty | (tomllib.loads(RECORD.read_text()) if RECORD.exists() else {})
