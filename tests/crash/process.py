"""One process of an installation, in as many lives as it takes."""

import asyncio
import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.crash import launch
from tests.crash.plan import Start

ROOT = Path(__file__).parents[2]
#: How long a start may take on a busy machine.
PATIENCE_S = 240.0
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.crash.loaded", "tests.crash.launch"])


#: Below those from which the system gives connections theirs: nobody else takes one while a process is between lives.
PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A port that nobody listens on; a process keeps it in all its lives."""
    for port in random.SystemRandom().sample(PORTS, 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("no port is free")


class Forked:
    """A life forked from a process that has loaded the program."""

    def __init__(self, process: "Process", command: tuple[str, ...]) -> None:
        given = (command, dict(process.settings), str(process.log), process.without)
        self._process = _forks.Process(target=launch.become, args=given, name=process.name, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def is_over(self) -> bool:
        return self._process.exitcode is not None

    def end(self) -> None:
        self._process.join()


class Begun:
    """A life begun as from a shell."""

    def __init__(self, process: "Process", command: tuple[str, ...]) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith("OKIENKO_")}
        module = "tests.crash.launch" if process.without else "bot.cli"
        more = {launch.WITHOUT: ",".join(process.without)} if process.without else {}
        with process.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *command],
                cwd=ROOT,
                env={**env, **process.settings, **more},
                stdout=log,
                stderr=log,
            )

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def is_over(self) -> bool:
        return self._process.poll() is not None

    def end(self) -> None:
        self._process.wait()


@dataclass
class Process:
    """`okienko …` at an address it keeps. `life` counts its lives; `up`: it is there, by what the harness did to it."""

    name: str
    command: tuple[str, ...]
    port: int
    settings: Mapping[str, str]
    log: Path
    start_by: Start
    without: tuple[str, ...] = ()
    ready_path: str = "/readyz"
    life: int = 0
    up: bool = False
    starts_s: list[float] = field(default_factory=list[float])
    _now: Forked | Begun | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, http: httpx.AsyncClient) -> None:
        """Returns when it takes messages."""
        begun = time.monotonic()
        self.life += 1
        self._now = await asyncio.to_thread(Forked if self.start_by == "fork" else Begun, self, self.command)
        async with asyncio.timeout(PATIENCE_S):
            while not await self._ready(http):
                if self._now.is_over:
                    raise RuntimeError(f"{self.name} didn't start:\n{self.said()[-2000:]}")
                await asyncio.sleep(0.02)
        self.up = True
        self.starts_s.append(time.monotonic() - begun)

    async def _ready(self, http: httpx.AsyncClient) -> bool:
        try:
            return (await http.get(f"{self.url}{self.ready_path}")).status_code == 200
        except httpx.HTTPError:
            return False

    async def kill(self) -> None:
        """As the system does when memory runs out."""
        self.up = False
        self.signal(signal.SIGKILL)
        if self._now is not None:
            await asyncio.to_thread(self._now.end)

    def signal(self, number: signal.Signals) -> None:
        """To the life under way; nothing if it is over."""
        if self._now is not None and not self._now.is_over and self._now.pid is not None:
            os.kill(self._now.pid, number)

    def said(self) -> str:
        """What it wrote to its log, in all lives."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""
