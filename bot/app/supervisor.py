"""`okienko run --workers N`: several processes at one socket, started, watched and ended by this one.

What is done once is done here: the schema, the place at the database, the listening socket, and the sandbox, which is a
process of its own then. A worker that dies is replaced; its customers' conversations go on in the others meanwhile. If
this process dies, those it started notice and end by themselves (`lifeline`).
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from msgspec import Struct, field

from bot.app.outside_settings import SandboxMode
from bot.app.ready import NotReady, base_url_of, listen, prepare, present, profile_of, say_where, stop_asked
from bot.app.settings import Settings
from bot.app.supervisor_pipe import LIFELINE, LISTENING, LONGEST_WORD
from services import tasks
from services.jobs.backoff import cancel
from services.store.database import parse_url

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
    """One process under its `name`: started, started again when it dies, and ended.

    `command` is asked anew for each life: it gets what the one before had said.
    """

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


WORKER_PATIENCE_S = 15.0
SANDBOX_PATIENCE_S = 5.0
BIND_ROUNDS = 20
BIND_PAUSE_S = 0.1
"""The workers of a supervisor that was killed a moment ago may hold the port for as long as they take to notice."""


async def supervise(settings: Settings, workers: int) -> None:
    """Serve until SIGTERM or SIGINT. Raises NotReady, ProfileErrors, StoreError."""
    if parse_url(settings.database).drivername == "sqlite":
        raise NotReady(
            "several workers need PostgreSQL: set OKIENKO_DATABASE_URL=postgresql://…, or run one without --workers"
        )
    stopping = stop_asked()
    profile = profile_of(settings)
    await prepare(settings, profile.seller.id)
    async with present(settings):
        with await _bound(settings) as listening:
            base_url = base_url_of(settings, listening)
            team = _Team(settings, workers, listening, base_url)
            try:
                if await _unless(stopping, team.start()):
                    say_where(profile, base_url)
                    await stopping.wait()
                _log.info("desk_stopping")
            finally:
                await team.end()


class _Team:
    """The workers, and before them the sandbox that they share, unless it is elsewhere or off."""

    def __init__(self, settings: Settings, workers: int, listening: socket.socket, base_url: str) -> None:
        self._settings = settings
        self._listening = listening
        self._base_url = base_url
        own = settings.sandboxed and settings.sandbox_url is None
        self._sandbox = ChildProcess("sandbox", self._sandbox_command) if own else None
        self._workers = [ChildProcess(f"worker-{n}", self._worker_command) for n in range(1, workers + 1)]

    async def start(self) -> None:
        """Return when all are ready. Raises NotReady if one of them can't."""
        try:
            if self._sandbox is not None:
                await self._sandbox.fill()
                self._sandbox.keep()
            await _filled(self._workers)
        except Died as died:
            raise NotReady(f"{died} couldn't start") from None
        for worker in self._workers:
            worker.keep()

    async def end(self) -> None:
        """Stop the workers first: while they end, their jobs still reach the sandbox."""
        await asyncio.gather(*(worker.clear(WORKER_PATIENCE_S) for worker in self._workers))
        if self._sandbox is not None:
            await self._sandbox.clear(SANDBOX_PATIENCE_S)

    def _sandbox_command(self, before: str) -> ChildCommand:
        # Workers keep the address they began with: the next sandbox takes the place of the one before.
        arguments = ["sandbox", "--port", before.rpartition(":")[2] or "0"]
        if self._settings.sandbox is SandboxMode.PUBLIC:
            arguments += ["--public-url", self._base_url]
        return ChildCommand(arguments, {"OKIENKO_DATA_DIR": str(self._settings.data_dir)})

    def _worker_command(self, _before: str) -> ChildCommand:
        settings = self._settings
        given = {"OKIENKO_PROFILE": str(settings.profile), "OKIENKO_PORT": str(settings.port)}
        if self._sandbox is not None:
            given["OKIENKO_SANDBOX_URL"] = self._sandbox.word
        return ChildCommand(["run"], given, self._listening)


async def _filled(posts: Sequence[ChildProcess]) -> None:
    """All at once; with the first that can't be filled it is over. Raises Died."""
    try:
        async with asyncio.TaskGroup() as group:
            for post in posts:
                group.create_task(post.fill())
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


async def _unless(stopping: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Do the work unless it is to stop before; return whether it was done."""
    done = tasks.spawn("work", work, awaited=True)
    told = tasks.spawn("stop-asked", stopping.wait(), awaited=True)
    try:
        await asyncio.wait([done, told], return_when=asyncio.FIRST_COMPLETED)
        if done.done():
            done.result()
        return done.done()
    finally:
        await cancel(done, told)


async def _bound(settings: Settings) -> socket.socket:
    for _ in range(BIND_ROUNDS):
        try:
            return listen(settings.host, settings.port)
        except NotReady:
            await asyncio.sleep(BIND_PAUSE_S)
    return listen(settings.host, settings.port)
