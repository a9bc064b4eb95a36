"""`okienko run --workers N`: several processes at one socket, started, watched and ended by this one.

What is done once is done here: the schema, the place at the database, the listening socket, and the sandbox, which is a
process of its own then. A worker that dies is replaced; its customers' conversations go on in the others meanwhile. If
this process dies, those it started notice and end by themselves (`lifeline`).
"""

import asyncio
import socket
from collections.abc import Coroutine, Sequence
from typing import Any

import structlog

from bot.app.child_process import ChildCommand, ChildProcess, Died
from bot.app.ready import NotReady, base_url_of, listen, prepare, present, profile_of, say_where, stop_asked
from bot.app.settings import SandboxMode, Settings
from services import tasks
from services.jobs.backoff import cancel
from services.store.database import parse_url

_log = structlog.get_logger(__name__)
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
