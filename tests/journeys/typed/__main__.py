"""Goes the typed journeys and prints what came of each: `python -m tests.journeys.typed [NAME …] [--trail]`."""

import argparse
import asyncio

from tests.journeys.typed.going import gone
from tests.journeys.typed.table import table
from tests.journeys.typed.told import journeys, keep_gaps, known_gaps


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.journeys.typed", description=__doc__)
    asked.add_argument("names", nargs="*", help="journeys whose names begin so; all of them without")
    asked.add_argument("--trail", action="store_true", help="show the talks as well")
    asked.add_argument("--keep-gaps", action="store_true", help="make what goes wrong now the known gaps")
    given = asked.parse_args()
    told = {name: one for name, one in journeys().items() if name.startswith(tuple(given.names) or "")}
    found = asyncio.run(gone(told))
    for one in found if given.trail else ():
        print(f"\n##### {one.name}", *one.trail, sep="\n")
    if given.keep_gaps:
        gaps = known_gaps() | {one.name: one.kinds for one in found}
        keep_gaps({name: kinds for name, kinds in gaps.items() if kinds})
    print(table(found))


main()
