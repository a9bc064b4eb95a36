"""One desk in as many lives as it takes, and journeys on it until one meets no point at which no life has ended yet.

A point counts once for each thing its customer may be about. The last journey, in which nothing dies, passes only
points at which the desk has died before: so none is skipped, whatever the machine's pace made of the order of things.
"""

import asyncio
import contextlib
import gc
import sqlite3
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import sqlalchemy as sa
from sqlalchemy import make_url

from bot.app.sandboxed import FILE
from services.store.tables.support import recording
from tests.crash.process import free_port
from tests.desk.mortal import MortalDesk
from tests.desk.stubborn import Insistent
from tests.nightly import each_by_day

#: More journeys than this before one is undisturbed means that deaths make new points for ever.
MOST_JOURNEYS = 40
#: After a question that wasn't answered; nobody asks while there is no desk.
PAUSE_S = 0.005
BREATH_S = 0.015
SILENCE_S = 0.25
ANY_STEP = "at any step"
#: What a desk does when it begins, some of it after it is ready; the same at every step.
AT_THE_START = ("release_all", "Installation.", "Container.start", "Housekeeping", "getMe", "Webhook", "setMyCommands")
#: How it takes up what a dead one left; at every step, too.
TAKEN_UP = ("Delivery._adopt", "Worker._take_due", "QueueEngine._bring", "ProcessLease.take")
#: What comes from time to time, whatever the customer does.
NOW_AND_THEN = ("job sweep", "job reap", "ProcessLease._keep", "Worker._renew_loop", "Dispatcher.fire")
#: What the seller's system is told, while the customer goes on.
MEANWHILE = ("call SendEvent", "POST events", "EventSender.", "Dispatcher._settle")
OF_NO_STEP = (*AT_THE_START, *TAKEN_UP, *NOW_AND_THEN, *MEANWHILE)
SENDS, NOTED = "before sendMessage", "after commit of Delivery._settle"


@dataclass
class Fate:
    """Lets each life end at a point where none has ended yet, of those whose names contain one of `only`.

    By day at each fourth of them only, and at all whose names contain one of `always`.
    """

    only: tuple[str, ...] = ("",)
    always: tuple[str, ...] = ()
    doing: str = ANY_STEP
    met: dict[str, None] = field(default_factory=dict[str, None])
    died: list[str] = field(default_factory=list[str])
    passed: set[str] = field(default_factory=set[str])
    begins: bool = True
    sending: bool = False
    cut: int = 0
    under_way: int = 0
    reached_at: float = 0.0
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def deadly(self, point: str) -> bool:
        """Whether this is where it ends. `cut` counts the ends between sending a message and noting that."""
        with self._one_at_a_time:  # commits come from threads of their own
            self._feel(point)
            self.sending = self.sending and not point.startswith(NOTED)
            dies = self._is_new(point)
            self.cut += dies and self.sending
            self.sending = self.sending or point == SENDS
            return dies

    def _is_new(self, point: str) -> bool:
        if not any(part in point for part in self.only):
            return False
        of_no_step = self.begins or any(name in point for name in OF_NO_STEP)
        where = f"{ANY_STEP if of_no_step else self.doing}: {point}"
        self.passed.add(where)
        if where in self.met:
            return False
        self.met[where] = None
        if len(self.met) % each_by_day(4) and not any(part in point for part in self.always):
            return False
        self.died.append(where)
        return True

    def _feel(self, point: str) -> None:
        self.reached_at = time.monotonic()
        if "getUpdates" not in point:  # it waits for news most of the time
            self.under_way += point.startswith("before") - point.startswith("after")

    async def quiet(self) -> None:
        """Returns when the desk has done what it had to do: nothing is under way, and nothing has followed.

        What failed is under way for ever by this count: then a longer silence is taken for the end.
        """
        while True:
            silence = time.monotonic() - self.reached_at
            if not self.begins and silence > (SILENCE_S if self.under_way > 0 else BREATH_S):
                return
            await asyncio.sleep(BREATH_S / 2)

    def acting(self, what: str) -> None:
        """What the customer is about from now on."""
        self.doing = what

    def begin(self, begins: bool) -> None:
        """A life begins, or has begun (and may be sending already what an earlier one left)."""
        self.begins, self.under_way = begins, 0
        self.sending = self.sending and not begins

    def deaths_at(self, *points: str) -> int:
        """How many lives ended at points whose names contain one of these."""
        return sum(any(point in where for point in points) for where in self.died)


@dataclass
class Lives:
    """The desk at `http`, dying as `deadly` says and built anew at once. `begins` is told when a life does, and is."""

    folder: Path
    http: Insistent
    deadly: Callable[[str], bool]
    begins: Callable[[bool], None] = lambda _begins: None
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    deaths: list[str] = field(default_factory=list[str])
    seen: list[int] = field(default_factory=list[int])

    @property
    def url(self) -> str | None:
        """The address of a database that isn't a file of this desk's."""
        return self.settings.get("database_url")

    async def run(self) -> None:
        """One life after the other, for as long as this isn't cancelled."""
        port = int(str(self.http.base_url.port))
        while True:
            self.begins(True)
            desk = MortalDesk(self.folder, port, self.deadly, **self.settings)
            try:
                if await desk.live():
                    self.begins(False)
                    self.http.desk_up.set()
                    await desk.death()
            finally:
                self.http.desk_up.clear()
                await desk.bury()
            self.deaths.append(desk.points.died_at)
            self.seen.append(newest_message(self.folder))
            if self.url is not None:
                await asyncio.to_thread(time_passes, self.url)

    async def during(self, journey: Awaitable[Any]) -> Any:
        """What the journey gives."""
        living, going = asyncio.create_task(self.run()), asyncio.ensure_future(journey)
        try:
            await asyncio.wait({living, going}, return_when=asyncio.FIRST_COMPLETED)
            if not going.done():
                living.result()
            return going.result()
        finally:
            for task in (going, living):
                task.cancel()
            await asyncio.gather(going, living, return_exceptions=True)


def newest_message(folder: Path) -> int:
    """The number of the newest SMS or letter in the ledger of the sandbox with a desk on `folder`."""
    if not (folder / FILE).exists():
        return 0  # it died before there was a sandbox
    with closing(sqlite3.connect(folder / FILE)) as ledger:
        return ledger.execute("SELECT coalesce(max(id), 0) FROM messages").fetchone()[0]


def time_passes(url: str) -> None:
    """What a dead process held on this database runs out, as it would by itself some seconds later."""
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(False)) as database:
        database.execute("UPDATE lease SET until = now() - interval '1 second'")
        database.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")


def recordings_left(folder: Path, url: str | None) -> int:
    """How many recordings the desk still keeps."""
    server = url is not None and make_url(url).set(drivername="postgresql+psycopg")
    with sa.create_engine(server or f"sqlite:///{folder / 'okienko.sqlite'}").connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(recording)).scalar_one()


@contextlib.asynccontextmanager
async def insistent() -> AsyncGenerator[Insistent]:
    """A client for a desk of many lives, none of which has begun."""
    async with Insistent(f"http://127.0.0.1:{free_port()}", PAUSE_S) as http:
        http.desk_up.clear()
        yield http


async def until_undisturbed(lives: Lives, fate: Fate, journey: Callable[[int], Awaitable[None]]) -> int:
    """Journeys, numbered, each judged by itself; returns how many points the last one passed, all met before."""

    async def journeys() -> int:
        for number in range(MOST_JOURNEYS):
            died = len(lives.deaths)
            fate.passed.clear()
            await journey(number)
            await settled(lives.http)
            if len(lives.deaths) == died:
                assert fate.passed <= fate.met.keys()
                return len(fate.passed)
        raise AssertionError(f"dies on and on: {list(fate.met)[-5:]}")

    gc.freeze()
    return await lives.during(journeys())


async def settled(http: httpx.AsyncClient) -> None:
    """Returns when the desk has done all there is to do."""
    answer = await http.request("POST", "/sandbox/api/clock", json={"advance_s": 1})
    assert answer.status_code == 200, answer.text
