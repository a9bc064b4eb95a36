"""What a process of the harness does: it becomes `okienko …`, as a shell would start it."""

import os
import sys
from collections.abc import Mapping, Sequence

from bot.cli import main
from tests.crash.unprotected import take_out

WITHOUT = "CRASH_WITHOUT"


def become(command: Sequence[str], settings: Mapping[str, str], log: str, without: Sequence[str]) -> None:
    """The command with these settings and no others; what it says goes to the file `log`."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    for name in [name for name in os.environ if name.startswith("OKIENKO_")]:
        del os.environ[name]
    os.environ.update(settings)
    run(command, without)


def run(command: Sequence[str], without: Sequence[str]) -> None:
    """The command, with some protections taken out."""
    take_out(without)
    sys.argv = ["okienko", *command]
    main()


if __name__ == "__main__":
    run(sys.argv[1:], tuple(filter(None, os.environ.get(WITHOUT, "").split(","))))
