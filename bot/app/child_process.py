"""A post: one process that is to be there. It is filled, filled again when its process dies, and cleared in the end."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import structlog
from msgspec import Struct, field

from bot.app.supervisor_pipe import LIFELINE, LISTENING, LONGEST_WORD
from services import tasks
from services.jobs.backoff import cancel

_log = structlog.get_logger(__name__)
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
SETTLED_S = 30.0
"""Whoever lived so long didn't die of its start: the next one comes at once again."""


class Died(Exception):
    """The process ended before it was ready; what it had to say is on stderr."""


class ChildCommand(Struct, frozen=True):
    """`okienko` with these arguments and settings, and the listening socket, if it is to have one."""

    arguments: Sequence[str]
    settings: dict[str, str] = field(default_factory=dict[str, str])
    listening: socket.socket | None = None


class ChildProcess:
    """One process under its `name`. `command` is asked anew for each life: it gets what the one before had said."""

    def __init__(self, name: str, command: Callable[[str], ChildCommand]) -> None:
        self._name = name
        self._command = command
        self._line: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None
        self.word = ""

    async def fill(self) -> None:
        """Start the process and wait for its word. Raises Died."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        self._line = ours
        with theirs:
            self._process = await _begun(self._command(self.word), theirs)
        word = await _word(ours)
        if not word:
            await self._process.wait()
            raise Died(self._name)
        self.word = word

    def keep(self) -> None:
        """From now on whoever dies is replaced."""
        self._keeping = tasks.keep(f"post-{self._name}", self._keep)

    async def clear(self, patience_s: float) -> None:
        """End the process: SIGTERM, and after so many seconds SIGKILL."""
        await cancel(self._keeping)
        process = self._process
        if process is not None and process.returncode is None:
            _send(process, signal.SIGTERM)
            try:
                async with asyncio.timeout(patience_s):
                    await process.wait()
            except TimeoutError:
                _log.error("process_killed", alarm=True, post=self._name)
                _send(process, signal.SIGKILL)
                await process.wait()
        self._hang_up()

    async def _keep(self) -> None:
        pause = FIRST_PAUSE_S
        while True:
            if await self._lived_long():
                pause = FIRST_PAUSE_S
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)
            with suppress(Died, OSError):  # no memory for a process, say: later again
                await self.fill()
                _log.warning("process_replaced", post=self._name)

    async def _lived_long(self) -> bool:
        """Wait for the end of the process; return whether it had lived long enough."""
        assert self._process is not None
        settled = False
        try:
            async with asyncio.timeout(SETTLED_S):
                await self._process.wait()
        except TimeoutError:
            settled = True
            await self._process.wait()
        self._hang_up()
        _log.error("process_died", alarm=True, post=self._name, exit_code=self._process.returncode)
        return settled

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


async def _begun(command: ChildCommand, theirs: socket.socket) -> asyncio.subprocess.Process:
    given = {LIFELINE: str(theirs.fileno())}
    passed = [theirs.fileno()]
    if command.listening is not None:
        given[LISTENING] = str(command.listening.fileno())
        passed.append(command.listening.fileno())
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", *command.arguments),
        env=_environment() | command.settings | given,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        pass_fds=passed,
        process_group=0,  # Ctrl-C in the terminal is for the supervisor, which ends all in their order
    )


def _environment() -> dict[str, str]:
    """As ours; the rooms are found from any working folder."""
    rooms = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(part for part in (rooms, os.environ.get("PYTHONPATH", "")) if part)
    return dict(os.environ) | {"PYTHONPATH": path}


async def _word(line: socket.socket) -> str:
    """Return what the process says first; nothing, if it ends without a word."""
    try:
        return (await asyncio.get_running_loop().sock_recv(line, LONGEST_WORD)).decode()
    except OSError:
        return ""


def _send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(number)
