"""A real process ends at five points of one journey, each time started again; on both databases."""

import asyncio
import multiprocessing
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

import pytest

from tests.bot.handlers.telegram.bot_api import TOKEN, BotApi
from tests.desk import crashing
from tests.desk.lives import insistent, newest_message, time_passes
from tests.desk.running import Running
from tests.desk.stubborn import judged_letters
from tests.desk.telegram_chat import bot_api
from tests.desk.traced_chat import TracedChat, judged_chat, walked

POINTS = (
    "before commit of MessagePipeline",
    "after commit of MessagePipeline",
    "between a reply and the note of it",
    "after POST sms.do",
    "after POST register",
)
#: A message was sent and not yet noted at the third of them, and at the others one may be under way.
DOUBLED_AT_MOST = len(POINTS)


class Life(Protocol):
    """A process under way."""

    def wait(self) -> int | None:
        """Its exit code, when it has ended."""
        ...

    def kill(self) -> None:
        """Ends it."""


def begun(settings: dict[str, str], log: Path) -> Life:
    """As from a shell."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("OKIENKO_")}
    with log.open("ab") as out:
        command = [sys.executable, "-m", "tests.desk.crashing", "run"]
        return subprocess.Popen(command, cwd=Path(__file__).parents[2], env=env | settings, stdout=out, stderr=out)


@dataclass
class Forked:
    """From a process that has loaded the program: it takes a tenth of the time."""

    settings: dict[str, str]
    log: Path
    _process: BaseProcess = field(init=False)

    def __post_init__(self) -> None:
        forks = multiprocessing.get_context("forkserver")
        forks.set_forkserver_preload(["tests.desk.crashing", "bot.app.serve"])
        given = (["run"], self.settings, str(self.log))
        self._process = forks.Process(target=crashing.become, args=given, daemon=True)
        self._process.start()

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()


@dataclass
class Deaths:
    """One process after the other, each with the next point to end at; the last one has none.

    The first is begun as from a shell, the others are forked from one that has loaded the program.
    """

    folder: Path
    settings: dict[str, str]
    codes: list[int | None] = field(default_factory=list[int | None])
    seen: list[int] = field(default_factory=list[int])

    async def run(self) -> None:
        """Until it is cancelled."""
        for point in (*POINTS, ""):
            begin = Forked if self.codes else begun
            life = begin(self.settings | ({crashing.AT: point} if point else {}), self.folder / "desk.log")
            try:
                self.codes.append(await asyncio.to_thread(life.wait))
            finally:
                life.kill()
            self.seen.append(newest_message(self.folder))
            if (url := self.settings.get("OKIENKO_DATABASE_URL")) is not None:
                await asyncio.to_thread(time_passes, url)


def settings_of(folder: Path, port: int, api: BotApi) -> dict[str, str]:
    return {
        "OKIENKO_DATA_DIR": str(folder),
        "OKIENKO_PORT": str(port),
        "OKIENKO_RATE_LIMITS": "off",
        "OKIENKO_LOG_LEVEL": "error",
        "OKIENKO_TELEGRAM_TOKEN": TOKEN,
        "OKIENKO_TELEGRAM_BASE_URL": api.base_url,
    }


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_process_that_ends_at_five_points(tmp_path: Path, request: pytest.FixtureRequest, database: str) -> None:
    async with bot_api() as api, insistent() as http:
        settings = settings_of(tmp_path, int(str(http.base_url.port)), api)
        if database == "postgresql":
            settings["OKIENKO_DATABASE_URL"] = request.getfixturevalue("postgres")
        deaths = Deaths(tmp_path, settings)
        chat = TracedChat(api, Running(None, http), 700)  # type: ignore[arg-type]
        living = asyncio.create_task(deaths.run())
        http.desk_up.set()
        try:
            await walked(chat)
            await judged_chat(chat, lambda: DOUBLED_AT_MOST)
            judged_letters(await chat.letters(), deaths.seen)
        finally:
            living.cancel()
            with suppress(asyncio.CancelledError):
                await living
            print((tmp_path / "desk.log").read_text()[-3000:])
    assert deaths.codes == [crashing.CRASHED] * len(POINTS)
