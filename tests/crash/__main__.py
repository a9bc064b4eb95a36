"""The command line: `python -m tests.crash --help`."""

import argparse
import asyncio
import contextlib
import logging
import sys
import tempfile
from pathlib import Path

from tests.crash.house import postgresql
from tests.crash.plan import PROTECTIONS, Plan
from tests.crash.run import run
from tests.crash.table import faults, slowest, table


def main() -> int:
    """Runs; prints the table. 1 if a promise was broken."""
    asked = _parser().parse_args()
    logging.disable()  # the stand-in Bot API is left in the middle of long questions, and says so
    values = vars(asked)
    without = tuple(filter(None, values.pop("unprotected").split(",")))
    if asked.database == "sqlite":
        values["replicas"] = 1
    plan = Plan(without=without, **values)
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgresql()) if plan.database == "postgresql" else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="okienko-crash-")))
        result = asyncio.run(run(plan, folder, url))
        for log in sorted(folder.glob("*.log")):
            sys.stderr.write(f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}\n" if result.broken else "")
    sys.stderr.write(f"longest without an answer:\n{slowest(result)}\n")
    print(table(result, " ".join(["python -m tests.crash", *sys.argv[1:]])))
    if result.broken:
        print(f"\nBroken:\n\n{faults(result)}")
    return 1 if result.broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    plan = Plan()
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default=plan.database)
    for name in (
        "kills",
        "journeys",
        "replicas",
        "seed",
        "freezes",
        "telegram",
        "sandbox_kills",
        "lost",
        "at_once",
        "telegram_ms",
    ):
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(plan, name))
    parser.add_argument("--twice", type=float, default=plan.twice, help="share of messages sent to two at once")
    parser.add_argument("--frozen-s", type=float, default=plan.frozen_s, help="how long a freeze lasts")
    parser.add_argument("--start", choices=["fork", "exec"], default=plan.start, help="how a life begins")
    parser.add_argument("--unprotected", default="", help=f"without these: {','.join(PROTECTIONS)}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
