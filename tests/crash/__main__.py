"""The command line: `python -m tests.crash --help`."""

import argparse
import asyncio
import contextlib
import logging
import sys
import tempfile
from pathlib import Path
from typing import Any

import structlog

from tests.crash.house import postgresql
from tests.crash.plan import PROTECTIONS, Plan
from tests.crash.points import crash_at_every_point, crash_at_every_point_on_telegram
from tests.crash.run import run
from tests.crash.table import commit, faults, slowest, table

#: Of each process's log, where a promise was broken.
LAST_LINES = 20


def main() -> int:
    """Runs; prints the table. 1 if a promise was broken."""
    asked = parser().parse_args()
    logging.disable()  # the stand-in Bot API is left in the middle of long questions, and says so
    values = vars(asked)
    if values.pop("every_point"):
        return at_every_point(asked.database)
    without = tuple(filter(None, values.pop("unprotected").split(",")))
    if asked.database == "sqlite":
        values["replicas"] = 1
    plan = Plan(without=without, **values)
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgresql()) if plan.database == "postgresql" else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="okienko-crash-")))
        result = asyncio.run(run(plan, folder, url))
        for log in sorted(folder.glob("*.log")):
            sys.stderr.write(f"--- {log.name}\n{_telling(log)}\n" if result.broken else "")
    sys.stderr.write(f"longest without an answer:\n{slowest(result)}\n")
    print(table(result, " ".join(["python -m tests.crash", *sys.argv[1:]])))
    if result.broken:
        print(f"\nBroken:\n\n{faults(result)}")
    return 1 if result.broken else 0


def _telling(log: Path) -> str:
    """The log's alarms and its last lines."""
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join([*(line for line in lines[:-LAST_LINES] if "alarm" in line), *lines[-LAST_LINES:]])


def at_every_point(database: str) -> int:
    """A journey for each crash point, on REST and on Telegram; prints how many there were. 1 if a judge found fault."""

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

    def told(n: int, point: str) -> None:
        print(f"{n}: {point}", file=sys.stderr, flush=True)

    print("| a journey, dropped at its 1st, 2nd, 3rd … crash point | points | database | commit |\n|---|---|---|---|")
    for channel, crash in (("REST", crash_at_every_point), ("Telegram", crash_at_every_point_on_telegram)):
        with contextlib.ExitStack() as stack:
            url = stack.enter_context(postgresql()) if database == "postgresql" else None
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="okienko-crash-")))
            settings: dict[str, Any] = {} if url is None else {"database_url": url.replace("+psycopg", "")}
            try:
                points = asyncio.run(crash(folder, told=told, **settings))
            except AssertionError as error:
                print(f"{channel}: {error}")
                return 1
        print(f"| on {channel} | {len(points)} | {database} | {commit()} |", flush=True)
    return 0


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    plan = Plan()
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default=plan.database)
    for name in """
        kills journeys replicas seed freezes telegram helped money_back withdrawn late_kills sandbox_kills lost
        at_once telegram_ms
    """.split():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(plan, name))
    parser.add_argument("--twice", type=float, default=plan.twice, help="share of messages sent to two at once")
    parser.add_argument("--frozen-s", type=float, default=plan.frozen_s, help="how long a freeze lasts")
    parser.add_argument("--start", choices=["fork", "exec"], default=plan.start, help="how a life begins")
    parser.add_argument("--every-point", action="store_true", help="die at the 1st, 2nd, 3rd … crash point instead")
    parser.add_argument("--unprotected", default="", help=f"without these: {','.join(PROTECTIONS)}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
