"""`okienko …` whose process ends at a crash point, as if the system had ended it: no handler runs, nothing is flushed.

OKIENKO_CRASH_AT is a part of the point's name ("after POST sms.do"), or a number: the n-th point of all that are
reached. Without it nothing ends. Only this module reads it.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext

from bot.cli import main
from services.crash import watch_crash_points

AT = "OKIENKO_CRASH_AT"
#: What the process exits with there.
CRASHED = 86


def leaving(at: str) -> Callable[[str], None]:
    """A hook that leaves the process at this point."""
    left = int(at) if at.isdecimal() else 0

    def reach(point: str) -> None:
        nonlocal left
        left -= 1
        if left == 0 if at.isdecimal() else at in point:
            os._exit(CRASHED)

    return reach


def run() -> None:
    """`okienko` with the process's arguments."""
    at = os.environ.pop(AT, "")
    with watch_crash_points(leaving(at)) if at else nullcontext():
        main()


def become(command: Sequence[str], settings: Mapping[str, str], log: str) -> None:
    """For a process forked from one that has loaded the program: as if it had been started with these settings."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    for name in [name for name in os.environ if name.startswith("OKIENKO_")]:
        del os.environ[name]
    os.environ.update(settings)
    sys.argv = ["okienko", *command]
    run()


if __name__ == "__main__":
    run()
